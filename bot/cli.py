"""The `waymark` command: verbs for people who build, try, check and run it; each loads only the rooms it needs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from bot import __version__
from bot.errors import ContentError, WaymarkError

EXIT_FINDINGS, EXIT_USAGE = 1, 2
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Verbs(click.Group):
    """Prints a mistake as one sentence and exits with its code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ContentError as error:
            click.echo(str(error), err=True)
            ctx.exit(EXIT_FINDINGS)
        except WaymarkError as error:
            click.echo(str(error), err=True)
            ctx.exit(getattr(error, "exit_code", EXIT_USAGE))
        except KeyboardInterrupt:
            ctx.exit(130)


@click.group(cls=Verbs, context_settings=CONTEXT)
@click.version_option(__version__, prog_name="waymark")
def main() -> None:
    """Waymark walks people at risk of trafficking to help, in their language, and keeps no record of anyone.

    \b
    Start here:   waymark try
    In a terminal: waymark talk
    """


@main.command("try", epilog="Example: waymark try --port 8081 --no-browser")
@click.option(
    "--port",
    default=8080,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port on this machine; 0 takes any free one.",
)
@click.option("--no-browser", is_flag=True, help="Do not open the page.")
@click.option("--country", help="Country assumed until the person picks one (WAYMARK_COUNTRY, else US).")
def try_(port: int, no_browser: bool, country: str | None) -> None:
    """Chat with the real bot on a page of this machine: no token, nothing leaves it."""
    from bot.simulator.home import home
    from bot.terminal import settle

    config = settle(country)
    settings = {"WAYMARK_COUNTRY": config.country, "WAYMARK_REGION": config.region}
    home(port, settings, open_page=not no_browser, say=click.echo)


@main.command(epilog="Example: waymark talk self_adult --locale es --record journey.toml")
@click.argument("flow", default="core")
@click.option("--locale", default="en", show_default=True, help="Language tag, such as es or fa_AF.")
@click.option("--country", help="Country for contacts (WAYMARK_COUNTRY, else US).")
@click.option("--record", type=click.Path(dir_okay=False, path_type=Path), help="Write the talk as a journey.")
def talk(flow: str, locale: str, country: str | None, record: Path | None) -> None:
    """Talk in this terminal: numbered choices, the same screens."""
    from bot.terminal import converse

    converse(flow, locale, country, record)


@main.command(epilog="Example: waymark play self_adult --answer sa_kind=a_job_or_other_work --answer sa_w1=yes --json")
@click.argument("flow")
@click.option("--answer", "answers", multiple=True, metavar="STEP=OPTION", help="An answer; the rest is quiet.")
@click.option("--minor", is_flag=True, help="As for a person under 18.")
@click.option("--country", help="Country for contacts (WAYMARK_COUNTRY, else US).")
@click.option("--locale", default="en", show_default=True, help="Language tag.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def play(flow: str, answers: tuple[str, ...], minor: bool, country: str | None, locale: str, as_json: bool) -> None:
    """Walk a flow without chat and print where it ends."""
    from bot.terminal import play_flow

    result = play_flow(flow, _pairs(answers), minor, country, locale)
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
        return
    for name, value in result.items():
        click.echo(f"{name + ':':10} {', '.join(value) if isinstance(value, list) else value}")


def _pairs(answers: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for answer in answers:
        step, mark, option = answer.partition("=")
        if not mark:
            raise WaymarkError("--answer", f'is "{answer}".', "Write STEP=OPTION, such as sa_w1=yes.")
        pairs[step] = option
    return pairs


@main.command(epilog="Example: waymark check --json")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--trace", "as_trace", is_flag=True, help="Print question, construct, source and seed item first.")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="Judge dates as of this day (today if left out).")
def check(as_json: bool, as_trace: bool, day: Any) -> None:
    """Lint flows, scoring, words and contacts; exit 1 when something blocks."""
    from bot.inspect import inspect, trace_lines

    for line in trace_lines() if as_trace else ():
        click.echo(line, err=as_json)

    report = inspect(day.date() if day else None)
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        for finding in report.findings:
            click.echo(f"{finding.level}: {finding}")
        counts = report.counts
        click.echo(
            ", ".join(f"{count} {name}" for name, count in counts.items())
            + f", {len(report.findings)} findings, {len(report.known)} known open points"
        )
    sys.exit(EXIT_FINDINGS if report.blocks else 0)


@main.command(epilog="Example: waymark draw self_youth > self_youth.mmd")
@click.argument("flow")
def draw(flow: str) -> None:
    """Print a flow as a Mermaid statechart."""
    from bot.config import read_config
    from bot.flow.draw import draw as draw_flow
    from bot.flow.read import read_library
    from bot.flow.shape import near

    config = read_config()
    flows = read_library([config.root / "flows", *config.flows]).flows
    if flow not in flows:
        raise WaymarkError(flow, "is no flow.", near(flow, flows))
    click.echo(draw_flow(flows[flow]))


@main.command(epilog="Example: WAYMARK_TOKEN_FILE=/run/secrets/token waymark run")
def run() -> None:
    """Run the bot on Telegram, or on the Bot API server that WAYMARK_BOT_API names."""
    from bot.config import read_config
    from bot.messenger.app import run as run_bot

    run_bot(read_config())


@main.group(context_settings=CONTEXT)
def locale() -> None:
    """Words in other languages: refresh catalogues, see how far they are."""


@locale.command("update", epilog="Example: waymark locale update es")
@click.argument("tags", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Name the files that would change, write nothing.")
def update_(tags: tuple[str, ...], dry_run: bool) -> None:
    """Bring catalogues in step with the English; translations are never lost and never guessed."""
    from bot.locale import update_files

    for path in update_files(tags, dry_run):
        click.echo(path)


@locale.command(epilog="Example: waymark locale status --json")
@click.option("--json", "as_json", is_flag=True, help="Print one object per language.")
def status(as_json: bool) -> None:
    """How much of each language is there, and how much of it a person has checked."""
    from bot.locale import status_rows

    rows = status_rows()
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    click.echo(f"{'tag':8} {'tier':>4} {'coverage':>9} {'checked':>8} {'approved':>9}  offered")
    for row in rows:
        figures = f"{row['coverage']:>9.0%} {row['checked']:>8} {row['approved']:>9}"
        click.echo(f"{row['tag']:8} {row['tier']:>4} {figures}  {'yes' if row['offered'] else 'no'}")


@main.group(context_settings=CONTEXT)
def contacts() -> None:
    """The directory of help lines: list it, keep it true, take rows in and give them out."""


DAY = click.DateTime(["%Y-%m-%d"])
AHEAD = click.option("--ahead", default=0, type=click.IntRange(0, 366), help="Also what runs out in so many days.")
ON = click.option("--on", "day", type=DAY, help="As of this day (today if left out).")
COUNTRY = click.option("--country", default="", metavar="CC", help="One country, such as US.")
FORMAT = click.option("--format", "named", type=click.Choice(["csv", "hsds"]), help="If its ending tells nothing.")


def _day(day: Any) -> Any:
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
        found = list(directory.why(house, country, region, _day(day), facts))
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

    on = _day(day)
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

    click.echo(directory.script(directory.open_house(), _day(day), ahead, country), nl=False)


@contacts.command(epilog="Example: waymark contacts confirm us-nhth --how call --on 2026-12-01")
@click.argument("id")
@click.option("--how", required=True, type=click.Choice(["page", "call", "text"]), help="How it was checked.")
@ON
def confirm(id: str, how: str, day: Any) -> None:
    """Stamp a row as right; only its own lines change."""
    from bot import directory

    house = directory.open_house()
    path = directory.confirm(house, id, how, _day(day), _day(None))
    click.echo(f"{id}: checked by {how} on {_day(day)} ({path.name})")


@contacts.command("import", epilog="Example: waymark contacts import partners.csv --dry-run")
@click.argument("file", type=click.Path(path_type=Path))
@FORMAT
@click.option("--dry-run", is_flag=True, help="Show what would change, row by row; write nothing.")
@click.option("--country", default="", metavar="CC", help="For services that name no country.")
def import_(file: Path, named: str | None, dry_run: bool, country: str) -> None:
    """Take in rows from a spreadsheet (CSV) or Open Referral files (JSON, zip, folder); all rows or none."""
    from bot import directory

    house = directory.open_house()
    plan = directory.plan(house, file, named, country, _day(None))
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


if __name__ == "__main__":
    main()
