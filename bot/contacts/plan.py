"""What the number library says about a number: is it one of this country's."""

from __future__ import annotations

from functools import lru_cache

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
