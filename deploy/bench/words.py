"""How long words take to load and to find, and the memory they hold.

    .venv/bin/python deploy/bench/words.py --json

one: the language that takes longest, its checks included, as at the first tap in it. all: every language of the
repository, one after the other. babel: the same files of that language through Babel's reader, for comparison.
"""

from __future__ import annotations

import gc
import json
import time
import tracemalloc

import click
from babel.messages.pofile import read_po

from bot.config import Config
from bot.house import Content, read_content
from bot.texts.catalogue import folder_of, read_catalogue

ROUNDS = 5
LOOKUPS = 200_000
MILLISECONDS, MICROSECONDS, MEGABYTES = 1e3, 1e6, 1 / (1 << 20)


def seconds(content: Content, tag: str) -> float:
    """Processor time for one language: the best of five, because other programs run as well."""
    catalogues, taken = content.catalogues, []
    for _ in range(ROUNDS):
        started = time.process_time()
        read_catalogue(catalogues.root, tag, catalogues.source, content.languages.by_tag[tag])
        taken.append(time.process_time() - started)
    return min(taken)


def by_babel(content: Content, tag: str) -> float:
    started = time.process_time()
    for path in folder_of(content.catalogues.root, tag).glob("*.po"):
        with path.open("rb") as file:
            read_po(file)
    return time.process_time() - started


def lookup(content: Content, tag: str) -> float:
    """Processor time for one message in words."""
    from bot.texts.voice import Voice

    voice = Voice(content.languages.by_tag[tag], content.catalogues.get(tag), content.catalogues.source)
    keys = list(content.catalogues.source)
    started = time.process_time()
    for number in range(LOOKUPS):
        voice.say(keys[number % len(keys)])
    return (time.process_time() - started) / LOOKUPS


def measure() -> dict[str, float | int | str]:
    """All figures, by name."""
    content = read_content(Config())
    taken = {tag: seconds(content, tag) for tag in content.catalogues.tags}
    slowest = max(taken, key=lambda tag: taken[tag])
    gc.collect()
    tracemalloc.start()
    content.catalogues.read_all()
    gc.collect()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {
        "languages": len(taken),
        "messages": len(content.catalogues.source),
        "slowest": slowest,
        "one_ms": round(taken[slowest] * MILLISECONDS, 1),
        "all_ms": round(sum(taken.values()) * MILLISECONDS, 1),
        "all_mb": round(held * MEGABYTES, 1),
        "lookup_us": round(lookup(content, slowest) * MICROSECONDS, 2),
        "babel_ms": round(by_babel(content, slowest) * MILLISECONDS, 1),
    }


@click.command(epilog="Example: python deploy/bench/words.py --json")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def main(as_json: bool) -> None:
    """Time the catalogues: one language, all of them, one lookup."""
    found = measure()
    if as_json:
        click.echo(json.dumps(found))
        return
    click.echo(f"{found['languages']} languages, {found['messages']} messages")
    click.echo(f"one     {found['one_ms']:>8} ms  ({found['slowest']}; Babel's reader alone {found['babel_ms']} ms)")
    click.echo(f"all     {found['all_ms']:>8} ms, {found['all_mb']} MB")
    click.echo(f"lookup  {found['lookup_us']:>8} us")


if __name__ == "__main__":
    main()
