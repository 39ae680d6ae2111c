"""`waymark locale`: catalogues refreshed and looked at."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

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
