"""The closed lists of the contact files: every word a row may use, in one place."""

from __future__ import annotations

KINDS = (
    "emergency",
    "hotline",
    "textline",
    "chat",
    "tipline",
    "youth",
    "labor",
    "legal",
    "health",
    "shelter_intake",
    "immigration",
    "training",
)
AUDIENCES = ("any", "adult", "minor", "survivor", "worker", "public", "professional")
ANSWERS = ("yes", "no", "unknown")
CONFIDENCES = ("high", "medium", "low")
TIERS = ("A", "B", "C", "D")
STATUSES = ("active", "temporarily closed", "defunct")
CHECKS = ("page", "call", "text")
PHONE_TYPES = ("voice", "video", "app")
APPS = ("whatsapp", "viber")

# What a row helps with, most important first in each row. The flows' routes are turned into these words in choose.py.
TOPICS = (
    "emergency",
    "trafficking",
    "victims",  # of any crime
    "abuse",  # violence at home, sexual violence
    "child",
    "runaway",
    "missing",
    "unaccompanied",
    "crisis",
    "labour",
    "legal",
    "immigration",
    "shelter",
    "health",
    "images",  # taking down pictures; no row yet
    "rights",
    "humanitarian",
    "notices",  # about an offender in custody
    "tips",
    "training",
)

# Whom a row is limited to. `origin`: people of the country or region of origin that `limits` names.
SERVES = (
    "women",
    "girls",
    "adults",
    "deaf",
    "lgbtq",
    "indigenous",
    "origin",
    "newcomers",
    "refugees",
    "farmworkers",
    "seafarers",
    "disaster",
)

# Why a row may frighten somebody without papers: its operator also deals with immigration enforcement.
CAUTIONS = ("immigration",)

INTERPRETERS = "interpreters"
