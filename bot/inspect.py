"""`waymark check`: everything that is wrong in flows, scoring, words and contacts, all at once."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from bot.config import Config, read_config
from bot.contacts.checks import examine
from bot.engine.engine import Engine
from bot.engine.proofs import can_walk, check_paths
from bot.errors import Finding, WaymarkError
from bot.flow.read import gather, parse
from bot.flow.shape import near
from bot.flow.trace import check_origins, read_origins, trace
from bot.house import read_flows, utc_now
from bot.screens import check_screens
from bot.texts.back import wanted
from bot.texts.catalogue import Catalogues
from bot.texts.checks import check_locales, checks
from bot.texts.languages import read_languages
from bot.texts.offer import Offers
from bot.texts.source import messages, ours
from bot.texts.speak import Speaker

OPEN_POINTS = "open.toml"


@dataclass(frozen=True, slots=True)
class Report:
    """counts: flows, steps, locales, contacts. findings: in the order flows, words, contacts.

    known: warnings that flows/open.toml lists with the reason why they stay open. notes: a line for each language in
    which something deserves a look.
    """

    counts: dict[str, int]
    findings: tuple[Finding, ...]
    known: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()

    @property
    def blocks(self) -> bool:
        return any(finding.level == "error" for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        listed = {"findings": self.findings, "known": self.known, "notes": self.notes}
        return self.counts | {name: [asdict(finding) for finding in found] for name, found in listed.items()}


def inspect(today: date | None = None, config: Config | None = None) -> Report:
    """Read and check all content; nothing is written."""
    config, today = config or read_config(), today or utc_now().date()
    library, found, sound = read_flows(config)
    origins, more = read_origins(config.root / "flows")
    found += [*more, *check_origins(library, origins)]
    languages = read_languages(config.root / "locales" / "languages.toml")
    catalogues = Catalogues(config.root / "locales", messages(library), languages.by_tag, languages.by_tag)
    directory, of_contacts = examine([config.root / "flows" / "contacts", *config.contacts], today)
    if can_walk(found):
        engine = Engine(library, config.minor_rule, sound)
        more, maps = check_paths(engine, found)
        found += more
        speaker = Speaker(Offers(languages, catalogues, library), directory, lambda: today)
        found += check_screens(engine, speaker, maps)
    owed = ours(library)
    catalogues = Catalogues(config.root / "locales", owed, languages.by_tag, languages.by_tag)
    of_words = check_locales(config.root / "locales", languages, catalogues, wanted(library, owed))
    notes = tuple(finding for finding in of_words if finding.level == "note")
    found += [finding for finding in of_words if finding.level != "note"]
    counts = {
        "flows": len(library.flows),
        "steps": sum(len(flow.steps) for flow in library.flows.values()),
        "locales": len(catalogues.tags) + 1,
        "contacts": len(directory),
    }
    found += of_contacts
    reasons, more = parse(config.root / "flows" / OPEN_POINTS)
    found += more
    known = tuple(finding for finding in found if finding.level == "warning" and finding.address in reasons)
    settled = reasons.keys() - {finding.address for finding in known}
    found += [Finding(f"open: {address}", "is settled.", f"Take it out of flows/{OPEN_POINTS}.") for address in settled]
    return Report(counts, tuple(finding for finding in found if finding not in known), known, notes)


def inspect_language(tag: str) -> tuple[list[Finding], list[tuple[str, Finding]]]:
    """Findings and remarks of one language, without a look at anything else. Raises WaymarkError for no such tag."""
    config = read_config()
    library, _, _ = read_flows(config)
    languages = read_languages(config.root / "locales" / "languages.toml")
    owed = ours(library)
    made, found = checks(config.root / "locales", languages, owed, wanted(library, owed))
    one = next((one for one in made if one.language.tag == tag), None)
    if one is None:
        raise WaymarkError("--locale", f'"{tag}" has no catalogue.', near(tag, [one.language.tag for one in made]))
    return [*found, *one.findings()], list(one.remarks())


def trace_lines(config: Config | None = None) -> list[str]:
    """Question -> construct -> source -> seed item, one line a step."""
    config = config or read_config()
    library, _ = gather([config.root / "flows", *config.flows])
    origins, _ = read_origins(config.root / "flows")
    return list(trace(library, origins))
