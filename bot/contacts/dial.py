"""A number in the form it is dialled in, without any sentence around it."""

from __future__ import annotations

from functools import lru_cache

NORTH_AMERICA = 1  # calling code; written 1-888-373-7888, as on posters


@lru_cache(maxsize=2048)
def dial(number: str, country: str, from_country: str) -> str:
    """How a number is dialled.

    number: as in the file, E.164 or a short code. country: whose number it is. from_country: where the person is, or ""
    for the international form. A short code stays as it is at home and is empty elsewhere: it does not work from there.
    A number that is not of the plan stays as its source prints it.
    """
    home = from_country == country
    if not number.startswith("+"):
        return number if home else ""
    import phonenumbers as library  # slow to import, so only when a number is shown

    parsed = library.parse(number)
    if not library.is_valid_number(parsed):
        return number
    if not home:
        return str(library.format_number(parsed, library.PhoneNumberFormat.INTERNATIONAL))
    if parsed.country_code == NORTH_AMERICA:
        digits = str(parsed.national_number)
        return f"1-{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    return str(library.format_number(parsed, library.PhoneNumberFormat.NATIONAL))


def e164(number: str) -> str:
    """The number with + and country code; empty for a short code, which has none."""
    return number if number.startswith("+") else ""
