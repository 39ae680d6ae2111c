"""`waymark counts`: what a volume would show, what is published, what is held."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from bot.verbs import CONTEXT


@click.group(context_settings=CONTEXT)
def counts() -> None:
    """Counts with noise in them: plan what they can show, publish a closed period, say what is held."""


@counts.command(epilog="Example: WAYMARK_DATA=/var/lib/waymark waymark counts release 2026-Q4 --out public")
@click.argument("period")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder to publish in.")
def release(period: str, out: Path) -> None:
    """Publish a closed period (2026-Q4 or 2026-11) as CSV, JSON and a page; the same bytes at every call."""
    from bot.config import read_config
    from bot.house import read_content, utc_now
    from bot.publish import publish

    config = read_config()
    for path in publish(config, read_content(config), period, out, utc_now()):
        click.echo(path)


@counts.command(epilog="Example: waymark counts plan --per-month 500")
@click.option("--per-month", required=True, type=click.IntRange(1), metavar="N", help="Talks expected in a month.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
def plan(per_month: int, as_json: bool) -> None:
    """What so many talks would make visible, by quarter and by month, before you choose."""
    from bot.config import read_config
    from bot.counts.plan import ENOUGH_FOR_MONTHS
    from bot.house import read_content
    from bot.publish import outlook

    config = read_config()
    found = outlook(config, read_content(config), per_month)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found]))
        return
    click.echo(f"{'period':8} {'table':10} {'cells shown':>14}  talks in them")
    for one in found:
        click.echo(f"{one.length:8} {one.table:10} {one.cells:>7.1f} of {one.of:<4} {one.share:>8.0%}")
    if per_month < ENOUGH_FOR_MONTHS:
        click.echo(
            f"Under {ENOUGH_FOR_MONTHS} talks a month keep to quarters: WAYMARK_COUNT_PERIOD=quarter, as by default."
        )


@counts.command(epilog="Example: WAYMARK_DATA=/var/lib/waymark waymark counts holdings > holdings.txt")
@click.option("--every-byte", is_flag=True, help="Add the file itself in hex; for a lawful order alone.")
def holdings(every_byte: bool) -> None:
    """Print every class of data we hold and every row that may be read: the whole answer to who asks."""
    from bot.config import read_config
    from bot.house import utc_now
    from bot.publish import held

    click.echo(held(read_config(), utc_now(), every_byte), nl=False)
