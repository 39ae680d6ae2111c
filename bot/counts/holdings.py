"""Everything we hold, for a person who asks, a funder, or an order of a court."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from bot.counts.ledger import buckets, read
from bot.counts.period import is_closed
from bot.errors import WaymarkError

CLASSES = (
    ("The update being answered", "memory", "until it is answered, at most 60 seconds"),
    ("Rate limits and screens to blank: chat and message number", "memory", "15 minutes, for workers 60"),
    ("Marks of what was counted today, under a key that is remade", "memory", "about a day"),
    ("Numbers of the last updates, to drop repeats", "memory", "the last 10,000"),
    ("Exact counts that wait for the next slot", "memory", "until written, at most 10,000 conversations"),
    ("Keys of the buttons", "memory file system", "48 hours, gone at power-off"),
    ("Counts with noise, by quarter", "the count file", "8 quarters after the quarter closed"),
    ("Published tables", "the publication folder", "without limit"),
    ("Logs: kind of event, hour, place in the program", "journal or standard output", "7 days"),
    ("Copies of the count file, if the operator makes any", "where the operator keeps them", "30 days"),
    ("The chat itself", "Telegram, out of our hands", "until deleted by the person, the bot or Telegram"),
)
NOT_HELD = (
    "On no disk: names, user names, numbers or hashes of people or chats, messages, answers, the result of a person, "
    "times of use. Nothing can be looked up for a person."
)


def holdings(path: Path, now: datetime, every_byte: bool = False) -> str:
    """Every class of data we hold, and the rows of the store as far as they may be read.

    every_byte: for a lawful order only, the file itself in hex. An open quarter is in it with its noise: keep two such
    prints apart, for one subtracted from the other gives how many came between.
    """
    lines = ["WHAT WE HOLD", ""]
    lines += [f"- {what}. Where: {where}. How long: {how_long}." for what, where, how_long in CLASSES]
    lines += ["", NOT_HELD, "", f"THE COUNT FILE {path.name}", "", *_rows(path, now)]
    if every_byte and path.is_file():
        lines += ["", "EVERY BYTE OF IT", "", *_hex(path.read_bytes())]
    return "\n".join(lines) + "\n"


def _rows(path: Path, now: datetime) -> list[str]:
    """The rows of closed quarters; of an open one only that it is there. A file that is not ours is not opened."""
    try:
        lines = []
        for bucket, schema in buckets(path).items():
            lines.append(f"{bucket}, list of cells {schema}")
            if is_closed(bucket, now):
                lines += [f"  {name} {value}" for name, value in read(path, bucket, now).items()]
            else:
                lines.append("  still open: not readable, two readings would give exact counts")
    except WaymarkError as error:
        return [str(error)]
    return lines


def _hex(content: bytes, width: int = 32) -> list[str]:
    """One line for each 32 bytes: where, hex, and the letters among them."""
    chunks = ((at, content[at : at + width]) for at in range(0, len(content), width))
    return [f"{at:08x}  {c.hex()}  {''.join(chr(b) if 32 <= b < 127 else '.' for b in c)}" for at, c in chunks]
