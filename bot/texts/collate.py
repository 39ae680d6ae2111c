"""The order of names in a person's language: CLDR's own, stroke order for traditional Chinese included.

What is put in order is a closed list, the names of countries. So the order itself is data (locales/order.toml: country
codes by language, from ICU 77 with CLDR's root collation and tailorings), and no collation library runs with the bot:

- PyICU (MIT) gives this order, but binds a C++ library with 33 MB of data, and its wheels come from a third party.
- icu4py (MIT) has wheels of its own, 16 MB, but no collator.
- pyuca (MIT) is pure Python, but old and without tailorings: Chinese would come by code point instead of by stroke.

A test fails when CLDR's names have changed since the order was made; locales/order.toml says how to make it anew.
Names outside the list are ordered without regard to case and accents.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from bot.texts.territories import territories

FILE = Path(__file__).resolve().parents[2] / "locales" / "order.toml"
Key = tuple[int, str]


def key(tag: str) -> Callable[[str], Key]:
    """A sorting key for names in a language of our table; a language without an order takes English's."""
    ranks = _ranks(tag)
    return lambda name: (ranks.get(name, len(ranks)), fold(name))


def fold(name: str) -> str:
    """A name without case and accents."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


@lru_cache(maxsize=64)
def _ranks(tag: str) -> Mapping[str, int]:
    orders = read_orders()
    names = territories(tag)
    return {names[code]: rank for rank, code in enumerate(orders.get(tag) or orders.get("en", ())) if code in names}


@lru_cache(maxsize=1)
def read_orders(path: Path = FILE) -> Mapping[str, tuple[str, ...]]:
    """Country codes in their order, by language; nothing where the file is missing or broken: then letters decide."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}
    return {tag: tuple(order.split()) for tag, order in data.get("order", {}).items()}
