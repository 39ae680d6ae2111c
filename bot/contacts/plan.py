"""What the number library says about a number: is it one of this country's."""

from __future__ import annotations

import re
from functools import lru_cache

SHORT_DIGITS, LONGEST_SHORT = 6, 9  # never taken for a whole number; the longest that is kept without its code
# Kinds of number that countries with one calling code share, so that the library may name another of them.
SHARED = ("TOLL_FREE", "SHARED_COST", "UAN", "PREMIUM_RATE")


@lru_cache(maxsize=4096)
def is_known(number: str, country: str) -> bool:
    """Whether a number in E.164, or a short code, is in the country's numbering plan as the library knows it."""
    import phonenumbers as library  # slow to import; checks only

    if not number.startswith("+"):
        if not number.isdigit():
            return False
        short = library.parse(number, country)
        return bool(library.is_valid_short_number_for_region(short, country))
    parsed = library.parse(number)
    if not library.is_valid_number(parsed):
        return False
    if library.region_code_for_number(parsed) == country:
        return True
    shared = {getattr(library.PhoneNumberType, name) for name in SHARED}
    same_code = parsed.country_code == library.country_code_for_region(country)
    return same_code and library.number_type(parsed) in shared


def normal(text: str, country: str) -> str | None:
    """A number as somebody wrote it, in the form of the contact files; None where it cannot be told.

    With a plus it is taken as it stands. Without, a number of the country's plan gets its code; any other stays short.
    """
    import phonenumbers as library

    kept = re.sub(r"[\s\"'().\-/]", "", text)
    if re.fullmatch(r"\+[1-9][0-9]{4,14}", kept):
        return kept
    if not re.fullmatch(r"#?[0-9]{2,15}", kept):
        return None
    if len(kept) > SHORT_DIGITS and country:
        parsed = library.parse(kept, country) if library.country_code_for_region(country) else None
        if parsed is not None and library.is_valid_number(parsed):
            return str(library.format_number(parsed, library.PhoneNumberFormat.E164))
    return kept if len(kept) <= LONGEST_SHORT else None
