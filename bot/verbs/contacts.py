"""`waymark contacts`: the directory listed, kept true, taken in and given out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from bot.verbs import CONTEXT, EXIT_FINDINGS


@click.group(context_settings=CONTEXT)
def contacts() -> None:
    """The directory of help lines: list it, keep it true, take rows in and give them out."""


DAY = click.DateTime(["%Y-%m-%d"])
AHEAD = click.option("--ahead", default=0, type=click.IntRange(0, 366), help="Also what runs out in so many days.")
ON = click.option("--on", "day", type=DAY, help="As of this day (today if left out).")
COUNTRY = click.option("--country", default="", metavar="CC", help="One country, such as US.")
FORMAT = click.option("--format", "named", type=click.Choice(["csv", "hsds"]), help="If its ending tells nothing.")


def day_of(day: Any) -> Any:
    from bot.house import utc_now

    return (day or utc_now()).date()


@contacts.command("list", epilog="Example: waymark contacts list --country US --region US-KY --why --minor --quiet")
@COUNTRY
@click.option("--region", default="", help="One region, such as US-KY.")
@click.option("--all", "everything", is_flag=True, help="Every row, those that are never shown included.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects, keys named as in the files.")
@click.option("--why", "with_why", is_flag=True, help="What a person is shown there, in order, and why.")
@click.option("--minor", is_flag=True, help="Why: under 18.")
@click.option("--band", type=click.Choice(["urgent", "strong", "some", "none"]), help="Why: the result of the answers.")
@click.option("--urgent", is_flag=True, help="Why: in danger now.")
@click.option("--fear", is_flag=True, help="Why: fears police or visa staff.")
@click.option("--quiet", is_flag=True, help="Why: cannot speak aloud.")
@click.option("--worker", is_flag=True, help="Why: an outreach worker asks.")
@click.option("--route", "routes", multiple=True, help="Why: what the answers pointed to; may be repeated.")
@click.option("--language", default="en", show_default=True, help="Why: language tag.")
@ON
def list_(country: str, region: str, everything: bool, as_json: bool, with_why: bool, day: Any, **facts: Any) -> None:
    """Show rows, or what somebody is shown and why."""
    from bot import directory

    house = directory.open_house()
    if with_why:
        found = list(directory.why(house, country, region, day_of(day), facts))
    else:
        found = directory.rows(house, country, region, everything)
    click.echo(json.dumps(found, ensure_ascii=False) if as_json else "\n".join(map(directory.line_of, found)))


@contacts.command(epilog="Example: waymark contacts stale --on 2027-01-15 --ahead 14")
@ON
@AHEAD
@COUNTRY
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects.")
def stale(day: Any, ahead: int, country: str, as_json: bool) -> None:
    """What to check again, worst harm first; exit 1 when a check has run out."""
    from bot import directory

    on = day_of(day)
    due = directory.stale(directory.open_house(), on, ahead, country)
    if as_json:
        click.echo(json.dumps([directory.due_row(one, on) for one in due], ensure_ascii=False))
    else:
        for one in due:
            click.echo(directory.due_line(one, on))
    sys.exit(EXIT_FINDINGS if any(one.days(on) >= 0 for one in due) else 0)


@contacts.command(epilog="Example: waymark contacts script --country GB --ahead 30 > script.txt")
@ON
@AHEAD
@COUNTRY
def script(day: Any, ahead: int, country: str) -> None:
    """Print what a volunteer says when checking lines by telephone."""
    from bot import directory

    click.echo(directory.script(directory.open_house(), day_of(day), ahead, country), nl=False)


@contacts.command(epilog="Example: waymark contacts confirm us-nhth --how call --on 2026-12-01")
@click.argument("id")
@click.option("--how", required=True, type=click.Choice(["page", "call", "text"]), help="How it was checked.")
@ON
def confirm(id: str, how: str, day: Any) -> None:
    """Stamp a row as right; only its own lines change."""
    from bot import directory

    house = directory.open_house()
    path = directory.confirm(house, id, how, day_of(day), day_of(None))
    click.echo(f"{id}: checked by {how} on {day_of(day)} ({path.name})")


@contacts.command("import", epilog="Example: waymark contacts import partners.csv --dry-run")
@click.argument("file", type=click.Path(path_type=Path))
@FORMAT
@click.option("--dry-run", is_flag=True, help="Show what would change, row by row; write nothing.")
@click.option("--country", default="", metavar="CC", help="For services that name no country.")
def import_(file: Path, named: str | None, dry_run: bool, country: str) -> None:
    """Take in rows from a spreadsheet (CSV) or Open Referral files (JSON, zip, folder); all rows or none."""
    from bot import directory

    house = directory.open_house()
    plan = directory.plan(house, file, named, country, day_of(None))
    for line in directory.plan_lines(plan):
        click.echo(line)
    if not dry_run:
        for path in directory.take_in(house, plan):
            click.echo(f"written: {path.name}")


@contacts.command(epilog="Example: waymark contacts export contacts.csv")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@FORMAT
@COUNTRY
def export(file: Path, named: str | None, country: str) -> None:
    """Write all rows to a file: .csv for spreadsheets, .json or .zip for Open Referral (HSDS 3.x)."""
    from bot import directory

    count = directory.give_out(directory.open_house(), file, named, country)
    click.echo(f"{count} rows: {file.name}")
