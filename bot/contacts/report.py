"""Collecting what is wrong with a file, and words for what to do about it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from difflib import get_close_matches

from bot.errors import Finding


@dataclass(frozen=True, slots=True)
class Report:
    """Mistakes found at one address, such as `contacts/us: us-nhth`; call it with what is wrong and what to do."""

    address: str
    findings: list[Finding] = field(default_factory=list)

    def __call__(self, what: str, remedy: str, level: str = "error") -> None:
        self.findings.append(Finding(self.address, what, remedy, level))

    def at(self, contact_id: str) -> Report:
        """The same list of findings under the address of one row."""
        return Report(f"{self.address}: {contact_id}", self.findings)


def suggest(word: str, known: Collection[str]) -> str:
    """The remedy for a word that is not known."""
    close = get_close_matches(word, known, n=1)
    return f'Did you mean "{close[0]}"?' if close else f"Known: {', '.join(sorted(known)) or 'none'}."
