"""Take known keys of known types from a TOML table and say what is wrong with the rest."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from typing import Any

from bot.errors import Finding

WORDS = {
    str: "text in quotes",
    int: "a whole number",
    bool: "true or false",
    list: "a list [ ... ]",
    dict: "a table { ... }",
}


def near(word: str, known: Collection[str]) -> str:
    """A remedy that names the nearest known word."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f'Did you mean "{close[0]}"?' if close else f"Known: {', '.join(sorted(known))}."


class Shape:
    """Checks one table at one address; findings gather in the list given."""

    def __init__(self, address: str, found: list[Finding]) -> None:
        self.address, self.found = address, found

    def note(self, address: str, what: str, remedy: str) -> None:
        self.found.append(Finding(address, what, remedy))

    def take(
        self, table: Any, keys: Mapping[str, type], required: Collection[str] = (), may_be_empty: Collection[str] = ()
    ) -> dict[str, Any]:
        """The known keys whose values have the right type; everything else becomes a finding."""
        if not isinstance(table, dict):
            self.note(self.address, f"is {table!r}.", "Write a table { ... } here.")
            return {}
        values = {}
        for key, value in table.items():
            if key not in keys:
                self.note(self.address, f'has an unknown key "{key}".', near(key, keys))
            elif not isinstance(value, keys[key]) or (keys[key] is int and isinstance(value, bool)):
                self.note(self.address, f"{key} is {value!r}.", f"Write {WORDS[keys[key]]}.")
            elif value == "" and key in required and key not in may_be_empty:
                self.note(self.address, f"{key} is empty.", f"Write {WORDS[keys[key]]}.")
            else:
                values[key] = value
        for key in required:
            if key not in table:
                self.note(self.address, f'lacks "{key}".', f"Add {key} = {WORDS[keys[key]]}.")
        return values

    def choose(self, key: str, value: Any, known: Collection[str]) -> None:
        """A finding unless the value is one of a closed list."""
        if isinstance(value, str) and value not in known:
            self.note(self.address, f'{key} is "{value}".', near(value, known))

    def texts(self, key: str, values: Any) -> tuple[str, ...]:
        """A list of texts; entries of another kind become findings."""
        for value in values or ():
            if not isinstance(value, str) or not value:
                self.note(self.address, f"{key} holds {value!r}.", "Write texts in quotes, separated by commas.")
        return tuple(value for value in values or () if isinstance(value, str) and value)

    def words(self, table: Any) -> dict[str, str]:
        """A table whose every value is text; entries of another kind become findings."""
        return {key: value for key, value in (table or {}).items() if self.texts(key, [value])}

    def lists(self, table: Any) -> dict[str, tuple[str, ...]]:
        """A table whose every value is a list of texts."""
        found = self.take(table or {}, dict.fromkeys(table or {}, list))
        return {key: self.texts(key, values) for key, values in found.items()}
