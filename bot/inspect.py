"""`waymark check`: everything that is wrong in flows, scoring, words and contacts, all at once."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from bot.config import Config, read_config
from bot.contacts.checks import examine
from bot.errors import Finding
from bot.engine.proofs import check_paths
from bot.flow.check import check_library
from bot.flow.read import gather
from bot.house import utc_now
from bot.texts.catalogue import Catalogues
from bot.texts.checks import check_locales
from bot.texts.languages import read_languages
from bot.texts.source import messages


@dataclass(frozen=True, slots=True)
class Report:
    """counts: flows, steps, locales, contacts. findings: in the order flows, words, contacts."""

    counts: dict[str, int]
    findings: tuple[Finding, ...]

    @property
    def blocks(self) -> bool:
        return any(finding.level == "error" for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        return self.counts | {"findings": [asdict(finding) for finding in self.findings]}


def inspect(today: date | None = None, config: Config | None = None) -> Report:
    """Read and check all content; nothing is written."""
    config = config or read_config()
    library, found = gather([config.root / "flows", *config.flows])
    found += check_library(library)
    found += check_paths(library, config.minor_rule, found)
    languages = read_languages(config.root / "locales" / "languages.toml")
    catalogues = Catalogues(config.root / "locales", messages(library), list(languages.by_tag))
    found += check_locales(config.root / "locales", languages, catalogues)
    contact_folders = [config.root / "flows" / "contacts", *config.contacts]
    directory, more = examine(contact_folders, today or utc_now().date())
    counts = {
        "flows": len(library.flows),
        "steps": sum(len(flow.steps) for flow in library.flows.values()),
        "locales": len(catalogues.tags) + 1,
        "contacts": len(directory),
    }
    return Report(counts, (*found, *more))
