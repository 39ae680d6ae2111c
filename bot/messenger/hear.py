"""Typed text, heard no further than this: one short line without case, marks and invisible signs, to be compared."""

from __future__ import annotations

import unicodedata

MAX_TYPED = 256
MARKS = " .,!?…;:'\"¡¿。、！？؟،۔।॥"
HIDDEN = ("Cc", "Cf", "Cs")  # controls, direction marks, halves of signs


def hear(text: str) -> str:
    """A text as the commands and leave words are compared: `Exit!` is `exit`, a lone full stop stays one."""
    shown = "".join(sign for sign in text[:MAX_TYPED] if sign.isspace() or unicodedata.category(sign) not in HIDDEN)
    words = " ".join(unicodedata.normalize("NFKC", shown).casefold().split())
    return words.strip(MARKS) or words
