"""The local stand-in for Telegram: a strict Bot API server, its people, and a page that looks like a phone."""
