"""Put the house together: content folders and settings in, a Talk out. Nothing here speaks to a network."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from bot.config import Config
from bot.contacts.model import Directory
from bot.contacts.read import read as read_contacts
from bot.counts.once import Once, OnceHere, Seen
from bot.counts.schema import BANDS, Schema
from bot.counts.tally import Counter, NullCounter
from bot.engine.engine import Engine
from bot.engine.proofs import broken_flows
from bot.errors import ContentError, Finding
from bot.flow.check import check_library
from bot.flow.digest import under_rule
from bot.flow.model import Library
from bot.flow.read import gather
from bot.seal.keyring import Keyring, memory_folder
from bot.seal.token import Seal
from bot.talk import Defaults, Talk, minutes_since_epoch
from bot.texts.catalogue import Catalogues
from bot.texts.languages import Languages, read_languages
from bot.texts.offer import Offers
from bot.texts.places import Places
from bot.texts.pseudo import catalogue_of, with_pseudo
from bot.texts.source import messages
from bot.texts.speak import Speaker

UNIX_EPOCH = date(1970, 1, 1)
VERSION_DIGITS = 8
COUNT_FILE = "counts.db"
DOOR = "core"  # the flow that every talk begins with


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Content:
    """Everything read from the content folders, with what is wrong in it. sound: flows without a finding."""

    library: Library
    languages: Languages
    catalogues: Catalogues
    directory: Directory
    found: tuple[Finding, ...] = ()
    sound: tuple[str, ...] = ()

    @property
    def withdrawn(self) -> tuple[str, ...]:
        """Addresses of the flows, files and rows that are left out."""
        flows = [id for id in self.library.flows if id not in self.sound]
        errors = [finding.address for finding in self.found if finding.level == "error"]
        return tuple(dict.fromkeys([*flows, *errors]))


def read_flows(config: Config) -> tuple[Library, list[Finding], tuple[str, ...]]:
    """All flows under the deployment's minor rule, what is wrong with them, and the ids of those that may be walked."""
    library, found = gather([config.root / "flows", *config.flows])
    found += check_library(library)
    library = under_rule(library, config.minor_rule)
    broken = broken_flows(found)
    errors = [finding.address.split(".") for finding in found if finding.level == "error"]
    # A flow scored by a faulty table could show the wrong card: it is withdrawn as if it were faulty itself.
    unscored = {parts[1] for parts in errors if parts[0] == "scoring" and len(parts) > 1}
    sound = tuple(id for id, flow in library.flows.items() if id not in broken and flow.scoring not in unscored)
    return library, found, sound


def refuse_shut_door(content: Content, tell: Callable[[str], None]) -> None:
    """Name what is withdrawn, by content address, before anybody is talked to.

    Raises ContentError where the door itself is not sound: such a bot would answer nobody.
    """
    for address in content.withdrawn:
        tell(address)
    if DOOR not in content.sound:
        errors = [finding for finding in content.found if finding.level == "error"]
        raise ContentError(errors or [Finding(DOOR, "is no flow.", "Restore its file.")])


def read_content(config: Config) -> Content:
    """Flows, words and contacts; a broken file is withdrawn and named, the rest works."""
    library, found, sound = read_flows(config)
    languages = read_languages(config.root / "locales" / "languages.toml")
    catalogues = Catalogues(config.root / "locales", messages(library), languages.by_tag, languages.by_tag)
    if config.pseudo:
        languages = with_pseudo(languages, config.pseudo)
        catalogues.add(catalogue_of(config.pseudo, catalogues.source))
    reading = read_contacts([config.root / "flows" / "contacts", *config.contacts])
    return Content(library, languages, catalogues, reading.directory, (*found, *reading.findings), sound)


def content_version(config: Config) -> str:
    """A short code that changes with any word, question or contact."""
    digest = hashlib.sha256()
    folders = [config.root / "flows", config.root / "locales", *config.flows, *config.contacts]
    for path in sorted(
        path for folder in folders for path in folder.rglob("*") if path.suffix in (".toml", ".po", ".csv")
    ):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:VERSION_DIGITS]


def keyring(folder: Path | None, now: Callable[[], datetime], complain: Callable[[str], None] | None = None) -> Keyring:
    """The day keys on a memory file system; in this process alone, with one line of warning, where there is none."""
    folder = folder or memory_folder("waymark")
    if folder is None:
        line = "keys: no memory file system found. Keys live in this process: open talks start anew after a restart."
        (complain or (lambda text: print(text, file=sys.stderr)))(line)
    return Keyring(folder, lambda: (now().date() - UNIX_EPOCH).days)


def build_talk(
    config: Config,
    content: Content,
    keys: Keyring,
    counter: Counter | None = None,
    now: Callable[[], datetime] = utc_now,
    version: str = "",
    once: Once | None = None,
) -> Talk:
    """The use case with all its rooms. once: how counts are shared; by default they are this process's own."""
    engine = Engine(content.library, config.minor_rule, content.sound, config.families)
    seal = Seal(
        keys,
        engine.count,
        lambda flow: content.library.flows[flow].digest,
        lambda digest: flow.id if (flow := content.library.by_digest.get(digest)) else None,
        lambda: minutes_since_epoch(now()),
    )
    offers = Offers(content.languages, content.catalogues, content.library)
    speaker = Speaker(offers, content.directory, lambda: now().date(), now)
    country, region = content.directory.numbers(config.country or None, config.region or None)
    locale = content.languages.by_tag[config.pseudo].number if config.pseudo else 0
    defaults = Defaults(country, region, version, locale)
    once = once or OnceHere(Seen(now()), counter or NullCounter())
    return Talk(engine, seal, speaker, Places(content.directory), once, now, defaults)


def count_schema(config: Config, content: Content, offers: Offers) -> Schema:
    """The closed list of what this deployment counts."""
    flows = [
        (flow.id, BANDS if flow.counts == "bands" else ()) for flow in content.library.flows.values() if flow.is_counted
    ]
    regions = sorted(content.directory.countries) if config.count_regions else []
    return Schema.build(flows=flows, locales=[language.tag for language in offers.offered()], regions=regions)
