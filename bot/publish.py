"""What `waymark counts` does: plan, publish, and say what is held."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from bot.config import Config
from bot.counts.archive import freeze, hand_out
from bot.counts.holdings import holdings
from bot.counts.ledger import read
from bot.counts.page import Names, page
from bot.counts.plan import Sight, plan
from bot.counts.release import as_csv, as_json, release
from bot.errors import WaymarkError
from bot.house import COUNT_FILE, Content, count_schema
from bot.texts.offer import Offers
from bot.texts.territories import territories


def store_of(config: Config) -> Path:
    """The folder of the counts. Raises WaymarkError where none was named."""
    if config.data is None:
        raise WaymarkError("WAYMARK_DATA", "is not set.", "Name the folder that holds counts.db.")
    return config.data


def publish(config: Config, content: Content, period: str, out: Path, now: datetime) -> list[Path]:
    """Publish a closed period: CSV, JSON and a page, the same bytes at every call. Raises WaymarkError."""
    folder = store_of(config)

    def write() -> Mapping[str, str]:
        found = release(period, read(folder / COUNT_FILE, period, now))
        stem = f"waymark-{period}"
        names = names_of(content)
        return {f"{stem}.csv": as_csv(found), f"{stem}.json": as_json(found), f"{stem}.html": page(found, names)}

    return hand_out(freeze(folder, period, write), out)


def names_of(content: Content) -> Names:
    """What ids are called in English."""
    return Names(
        {flow.id: flow.title for flow in content.library.flows.values()},
        {tag: language.english for tag, language in content.languages.by_tag.items()},
        territories("en"),
    )


def outlook(config: Config, content: Content, per_month: int) -> list[Sight]:
    """What so many talks a month would make visible here."""
    offers = Offers(content.languages, content.catalogues, content.library)
    cells = count_schema(config, content, offers).cells
    tables = {"languages": "B/", "started": "S/", "ended": "E/", "regions": "C/"}
    sizes = {name: sum(cell.startswith(letter) for cell in cells) for name, letter in tables.items()}
    return plan(per_month, {name: size for name, size in sizes.items() if size})


def held(config: Config, now: datetime, every_byte: bool) -> str:
    """Everything we hold."""
    return holdings(store_of(config) / COUNT_FILE, now, every_byte)
