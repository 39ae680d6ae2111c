"""Waymark: a Telegram bot that walks people at risk of trafficking to help, in their language."""

__version__ = "0.1.0"
