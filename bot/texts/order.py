"""Make locales/order.toml anew: `python -m bot.texts.order > locales/order.toml`, where PyICU is installed.

Needed only after an update of Babel that renames a country (a test says so). The bot itself never needs PyICU.
"""

from __future__ import annotations

import hashlib
import importlib
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from bot.errors import WaymarkError
from bot.texts.territories import territories

NOT_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
HEAD = """\
# The order of country names in every language, as CLDR has it (stroke order for zh_Hant, pinyin for zh_Hans).
# Made with ICU {icu} by `python -m bot.texts.order`; not to be edited by hand. bot/texts/collate.py says why.
# [names]: a digest of the names the order was made for; a test fails when Babel has others.
"""


def codes(tag: str) -> list[str]:
    """The countries that have an order, by code."""
    return sorted(code for code in territories(tag) if re.fullmatch("[A-Z]{2}", code) and code not in NOT_COUNTRIES)


def digest(tag: str) -> str:
    """What the names of a language are, in short."""
    names = territories(tag)
    return hashlib.sha256("\n".join(f"{code} {names[code]}" for code in codes(tag)).encode()).hexdigest()[:16]


def write(tags: Iterable[str], version: str, sort_key: Callable[[str, str], Any]) -> Iterator[str]:
    """The lines of locales/order.toml. sort_key: of a language and a name."""
    orders = {}
    for tag in tags:
        ranks = {code: (sort_key(tag, name), code) for code, name in territories(tag).items()}
        orders[tag] = sorted(codes(tag), key=ranks.__getitem__)
    yield HEAD.format(icu=version)
    yield "[names]"
    yield from (f'{tag} = "{digest(tag)}"' for tag in orders)
    yield "\n[order]"
    yield from (f'{tag} = "{" ".join(order)}"' for tag, order in orders.items())


def main() -> None:
    from bot.config import ROOT
    from bot.texts.languages import read_languages

    try:
        icu: Any = importlib.import_module("icu")
    except ModuleNotFoundError:
        raise WaymarkError("bot.texts.order", "needs PyICU.", "Install it for this run: pip install PyICU") from None
    tags = read_languages(ROOT / "locales" / "languages.toml").by_tag
    collators = {tag: icu.Collator.createInstance(icu.Locale(tag)) for tag in tags}
    lines = write(tags, icu.ICU_VERSION, lambda tag, name: collators[tag].getSortKey(name))
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
