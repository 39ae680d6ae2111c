"""How much of a foreign file is read at all: bounds that hold before anything is parsed."""

from __future__ import annotations

import re
from pathlib import Path

from bot.errors import ContentError, Finding

MAX_BYTES = 32 * 1024 * 1024
MAX_ROWS = 20_000
MAX_RECORDS = 20 * MAX_ROWS  # rows of one table of a package: a service has several of most things
MAX_DEPTH = 20
MAX_MEMBERS = 200
MAX_UNPACKED = 4 * MAX_BYTES
MAX_RATIO = 200  # bytes out per byte in; real tables stay below 30

# A file of text that names its encoding by its first bytes.
_MARKS = (
    (b"\xef\xbb\xbf", "a byte order mark"),
    (b"\xff\xfe", "the mark of UTF-16"),
    (b"\xfe\xff", "the mark of UTF-16"),
)
_MANGLED = re.compile("[\u00c2\u00c3\u00e2\u0192][\u0080-\u00bf\u20ac\u2122\u0153\u0161\u0178]|\ufffd")


def refuse(address: str, what: str, remedy: str) -> ContentError:
    """One finding as an error to raise."""
    return ContentError([Finding(address, what, remedy)])


def read_bytes(path: Path) -> bytes:
    """The bytes of a file, refused when there are too many."""
    if not path.is_file():
        raise refuse(path.name, "is no file.", "Check its name and that you may read it.")
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise refuse(path.name, f"has more than {MAX_BYTES} bytes.", "Split it into smaller files.")
    return data


def read_text(data: bytes, name: str) -> str:
    """Bytes as UTF-8 text; anything that hints at another encoding is refused with the row it stands in."""
    for mark, words in _MARKS:
        if data.startswith(mark):
            raise refuse(
                f"{name} row 1, first column", f"begins with {words}.", "Save it as UTF-8 without a mark (BOM)."
            )
    if b"\0" in data:
        row = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise refuse(f"{name} row {row}", "holds the byte 0.", "Save it as UTF-8; it may be UTF-16, or no text at all.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        raise refuse(f"{name} row {row}, byte {column}", "is not UTF-8.", "Save the file as UTF-8.") from None
    if found := _MANGLED.search(text):
        row = text.count("\n", 0, found.start()) + 1
        raise refuse(
            f"{name} row {row}",
            f'holds "{found[0]}", which an encoding error leaves behind.',
            "Take the text from its source again and save it as UTF-8.",
        )
    return text


def depth(text: str) -> int:
    """How deep brackets are nested, those inside JSON texts left out."""
    level = deepest = 0
    for mark in re.findall(r'"(?:\\.|[^"\\])*"|[\[\]{}]', text):
        if mark in "[{":
            level += 1
            deepest = max(deepest, level)
        elif mark in "]}":
            level -= 1
    return deepest
