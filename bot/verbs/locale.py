"""`waymark locale`: catalogues refreshed and looked at."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from bot.config import PSEUDO
from bot.texts.catalogue import State
from bot.texts.ledger import ROLES
from bot.verbs import CONTEXT


@click.group(context_settings=CONTEXT)
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


@locale.command(epilog="Example: waymark locale readthrough es --out spanish.html")
@click.argument("tag")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File (readthrough-TAG.html).")
def readthrough(tag: str, out: Path | None) -> None:
    """Write every screen of a language into one document, numbered, to read in a browser or on paper."""
    from bot.locale import read_through

    out = out or Path(f"readthrough-{tag}.html")
    with click.progressbar(read_through(tag, out), label=out.name, file=sys.stderr, show_pos=True) as parts:
        for _ in parts:
            pass
    click.echo(out)


@locale.command(epilog="Example: waymark locale status es")
@click.argument("tag", default="")
@click.option("--json", "as_json", is_flag=True, help="Print one object per language.")
def status(tag: str, as_json: bool) -> None:
    """How far each language is, or one language with each of its flows: words there, checked, approved, recorded."""
    from bot.progress import flow_lines, language_lines, status_rows

    rows = status_rows(tag)
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        click.echo("\n".join(flow_lines(rows[0]) if tag else language_lines(rows)))


@locale.command(epilog='Example: waymark locale review es --by "native speaker" --domain safety')
@click.argument("tag")
@click.option("--by", required=True, type=click.Choice(ROLES), help="What you are; no names are kept.")
@click.option(
    "--state",
    default="checked",
    show_default=True,
    type=click.Choice(["checked", "approved"]),
    help="approved: what somebody in another role has checked.",
)
@click.option("--domain", default="", help="One file, such as safety.")
@click.option("--class", "weight", default="", type=click.Choice(["S", "Q", "I", "N"]), help="One class.")
def review(tag: str, by: str, state: State, domain: str, weight: str) -> None:
    """Read messages one by one and say which are right; every answer is kept at once, so stop when you like."""
    from bot import review as desks
    from bot.house import utc_now

    desk = desks.open_desk(tag)
    done = desks.review(desk, state, by, utc_now().date(), ask_line, click.echo, domain, weight)
    click.echo(f"{done} messages are {state} now")


@locale.command(epilog="Example: waymark locale back es --ask > to-translate.txt")
@click.argument("tag")
@click.option("--ask", "asks", is_flag=True, help="Print numbered words, for somebody who has not seen the English.")
@click.option("--take", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Their numbered answers.")
@click.option("--judge", is_flag=True, help="Compare what they said with the English, one by one.")
def back(tag: str, asks: bool, take: Path | None, judge: bool) -> None:
    """Let somebody who has not seen the English say what words mean, and compare."""
    from bot import review as desks

    if asks + (take is not None) + judge != 1:
        raise click.UsageError("Give one of --ask, --take FILE and --judge.")
    desk = desks.open_desk(tag)
    if asks:
        click.echo("\n".join(desks.ask_back(desk)))
    elif take is not None:
        click.echo(f"{desks.take_back(desk, take.read_text(encoding='utf-8').splitlines())} messages told back")
    else:
        click.echo(f"{desks.judge_back(desk, ask_line, click.echo)} messages compared")


@locale.command(epilog='Example: waymark locale recorded es core.co_hello.text --by "native speaker"')
@click.argument("tag")
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@click.option("--by", required=True, type=click.Choice(ROLES), help="Who listened; no names are kept.")
def recorded(tag: str, keys: tuple[str, ...], by: str) -> None:
    """Say that recordings speak the words as they are now; when the words change they fall silent."""
    from bot import review as desks
    from bot.house import utc_now

    desk = desks.open_desk(tag, with_english=True)
    for key in desks.stamp_recordings(desk, keys, by, utc_now().date()):
        click.echo(key)


@locale.command(epilog="Example: waymark locale pseudo qps_XA --out pseudo")
@click.argument("tag", type=click.Choice(PSEUDO))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for PO files; else print.")
def pseudo(tag: str, out: Path | None) -> None:
    """A made-up language: long (qps_XA), right to left (qps_XB), keys (qps_XL); on screen: waymark try --pseudo."""
    from bot.locale import pseudo_files, pseudo_lines

    for line in pseudo_lines(tag) if out is None else pseudo_files(tag, out):
        click.echo(line)


def ask_line(question: str) -> str:
    """A line from the terminal; nothing at the end of input."""
    try:
        return input(question)
    except EOFError:
        return ""
