"""Telegram, and nothing but Telegram: the only package that knows the library."""

import os

# The library warns at every "come back later" until told which type of waiting time is meant.
os.environ.setdefault("PTB_TIMEDELTA", "true")
