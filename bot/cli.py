"""The `waymark` command: verbs for people who build, try, check and run it; each loads only the rooms it needs."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from bot import __version__
from bot.config import PSEUDO
from bot.errors import ContentError, WaymarkError
from bot.verbs import CONTEXT, EXIT_FINDINGS, EXIT_USAGE
from bot.verbs.contacts import contacts
from bot.verbs.counts import counts
from bot.verbs.locale import locale


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
@click.option("--pseudo", type=click.Choice(PSEUDO), help="Everybody gets this made-up language, to try screens out.")
def try_(port: int, no_browser: bool, country: str | None, pseudo: str | None) -> None:
    """Chat with the real bot on a page of this machine: no token, nothing leaves it."""
    from bot.house import utc_now
    from bot.preview.pages import Pages
    from bot.preview.watch import Watch
    from bot.simulator.home import home
    from bot.terminal import settle

    config = settle(country)
    settings = {"WAYMARK_COUNTRY": config.country, "WAYMARK_REGION": config.region}
    if pseudo:
        settings["WAYMARK_PSEUDO"] = pseudo
    watch = Watch(config, utc_now().date())
    pages = Pages(watch.gallery, watch.version, watch.troubles)
    home(port, settings, not no_browser, click.echo, pages.answer)


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
@click.option("--locale", "tag", help="One language alone, every remark on a line of its own.")
def check(as_json: bool, as_trace: bool, day: Any, tag: str | None) -> None:
    """Lint flows, scoring, words and contacts; exit 1 when something blocks."""
    from bot.inspect import inspect, trace_lines

    if tag is not None:
        sys.exit(_check_language(tag, as_json))
    for line in trace_lines() if as_trace else ():
        click.echo(line, err=as_json)

    report = inspect(day.date() if day else None)
    if as_json:
        click.echo(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        for finding in (*report.findings, *report.notes):
            click.echo(f"{finding.level}: {finding}")
        counts = report.counts
        click.echo(
            ", ".join(f"{count} {name}" for name, count in counts.items())
            + f", {len(report.findings)} findings, {len(report.known)} known open points"
        )
    sys.exit(EXIT_FINDINGS if report.blocks else 0)


def _check_language(tag: str, as_json: bool) -> int:
    """Print what is wrong, and what looks odd, in one language; the exit code."""
    from bot.inspect import inspect_language

    found, remarks = inspect_language(tag)
    if as_json:
        listed = {"findings": [asdict(one) for one in found], "notes": [asdict(one) for _, one in remarks]}
        click.echo(json.dumps(listed, ensure_ascii=False))
    else:
        for finding in found:
            click.echo(f"{finding.level}: {finding}")
        for kind, finding in remarks:
            click.echo(f"note: {finding.address}: {finding.what} ({kind})")
        click.echo(f"{len(found)} findings, {len(remarks)} to look at")
    return EXIT_FINDINGS if any(finding.level == "error" for finding in found) else 0


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
@click.option("--webhook", is_flag=True, help="Let Telegram bring updates to WAYMARK_WEBHOOK.")
def run(webhook: bool) -> None:
    """Run the bot on Telegram, or on the Bot API server that WAYMARK_BOT_API names."""
    from bot.config import read_config
    from bot.messenger.app import run as run_bot

    run_bot(read_config(), webhook)


@main.command(epilog="Example: WAYMARK_VALKEY=redis://valkey:6379 WAYMARK_DATA=/var/lib/waymark waymark ledger")
def ledger() -> None:
    """Write the counts of several replicas: one process beside them, with the data folder."""
    from bot.config import read_config
    from bot.drain import run as keep_ledger

    keep_ledger(read_config())


main.add_command(locale)
main.add_command(contacts)
main.add_command(counts)


if __name__ == "__main__":
    main()
