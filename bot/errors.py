"""Errors that tell an author, translator or operator where, what and what to do. People chatting never see one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake in content: where it is, what was found and what to do about it.

    address: `flow.step.option` for flows, `locales/<tag>: key` for words, `contacts/<country>: id` for contacts.
    level: `error` blocks, `warning` does not.
    """

    address: str
    what: str
    remedy: str
    level: str = "error"

    def __str__(self) -> str:
        return f"{self.address}: {self.what} {self.remedy}"


class WaymarkError(Exception):
    """A mistake a person can mend; printed as `where: what is wrong, with the value. What to do.`"""

    def __init__(self, where: str, what: str, fix: str) -> None:
        super().__init__(f"{where}: {what} {fix}")
        self.where, self.what, self.fix = where, what, fix


class ContentError(WaymarkError):
    """Several findings in content files, shown together so that an author mends all of them in one go."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        first = self.findings[0]
        super().__init__(first.address, first.what, first.remedy)

    def __str__(self) -> str:
        return "\n".join(str(finding) for finding in self.findings)
