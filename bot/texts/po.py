"""PO files, read and written: the part of the format that catalogues of ours use, at the speed a first tap needs.

Babel's reader takes 100 ms and more for a language of 1,400 messages, this one under 15 (`deploy/bench/words.py`).
It is stricter as well: what it does not know it refuses, with the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

FUZZY = "fuzzy"
KEYWORD = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d)\])?[ \t]+"(.*)"[ \t]*')
_TEXT = r'"([^"\\\n]*)"\n'
PLAIN = re.compile(rf"((?:#\. .*\n)*)msgctxt {_TEXT}msgid {_TEXT}msgstr {_TEXT[:-2]}\n?")
ESCAPE = re.compile(r"\\(.?)", re.DOTALL)
ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}
QUOTES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"})


class PoError(ValueError):
    """A line that is none of the format."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(f"line {line} {what}")


@dataclass(slots=True)
class Entry:
    """One message of a file; without a key it is the header.

    forms: the translation, or one for each plural form. notes: from the source (`#.`). remarks: of translators (`# `).
    previous: the English that a suggestion belongs to (`#|`). is_old: no message of today's (`#~`).
    """

    key: str = ""
    english: str = ""
    plural: str = ""
    forms: tuple[str, ...] = ("",)
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    flags: frozenset[str] = frozenset()
    previous: str = ""
    is_old: bool = False

    @property
    def is_fuzzy(self) -> bool:
        return FUZZY in self.flags

    @property
    def has_words(self) -> bool:
        return any(form.strip() for form in self.forms)


def read(text: str) -> Iterator[Entry]:
    """Every entry in order, the header first where there is one. Raises PoError.

    Most blocks between blank lines are one plain message, which one pattern takes; the others are read line by line.
    """
    number = 1
    for block in text.lstrip("\ufeff").replace("\r\n", "\n").split("\n\n"):
        if (match := PLAIN.fullmatch(block)) is not None:
            comments, key, english, words = match.groups()
            notes = tuple(comments[3:-1].split("\n#. ")) if comments else ()
            yield Entry(key, english, "", (words,), notes)
        else:
            yield from _read_lines(block, number)
        number += block.count("\n") + 2


def _read_lines(block: str, first: int) -> Iterator[Entry]:
    reader = _Reader()
    for number, line in enumerate(block.split("\n"), first):
        if (entry := reader.take(number, line.strip(" \t\r"))) is not None:
            yield entry
    if (entry := reader.finish()) is not None:
        yield entry


class _Reader:
    """What was read of the entry at hand; the next one begins with a comment or a key after a translation."""

    def __init__(self) -> None:
        self.number = 0
        self._reset()

    def _reset(self) -> None:
        self.parts: dict[str, str] = {}
        self.comments: dict[str, list[str]] = {}
        self.word, self.is_old, self.is_whole = "", False, False

    def take(self, number: int, line: str) -> Entry | None:
        """One line; the entry that ended before it, if one did."""
        self.number = number
        if not line:
            return self.finish()
        is_old = line.startswith("#~")
        if is_old:
            line = line[2:].lstrip()
        if line.startswith('"'):
            if not self.word or len(line) < 2 or not line.endswith('"'):
                raise PoError(number, "is no text in quotes that belongs to anything.")
            self.parts[self.word] += self._plain(line[1:-1])
            return None
        begins = line[0] in "#|" or line.startswith(("msgctxt", "msgid "))
        done = self.finish() if begins and self.is_whole else None
        self.is_old = self.is_old or is_old
        if line[0] == "|":  # what an old entry was before
            return done
        if line[0] == "#":
            self.comments.setdefault(line[1:2], []).append(line[2:].strip() if line[1:2] in ".,|:" else line[1:])
        else:
            self._keyword(number, line)
        return done

    def _keyword(self, number: int, line: str) -> None:
        match = KEYWORD.fullmatch(line)
        if match is None:
            raise PoError(number, "is no comment, key or text in quotes.")
        word, form, rest = match.groups()
        self.word = word + (form or "")
        if self.word in self.parts:
            raise PoError(number, f"says {word} a second time.")
        self.is_whole = self.is_whole or word == "msgstr"
        self.parts[self.word] = self._plain(rest)

    def _plain(self, text: str) -> str:
        if "\\" not in text:
            if '"' in text:
                raise PoError(self.number, 'has a quote inside its text: write \\" for it.')
            return text
        if '"' in ESCAPE.sub("", text):
            raise PoError(self.number, 'has a quote inside its text: write \\" for it.')
        return ESCAPE.sub(self._escaped, text)

    def _escaped(self, match: re.Match[str]) -> str:
        if match[1] not in ESCAPES:
            raise PoError(self.number, f'holds "{match[0]}", which means nothing here.')
        return ESCAPES[match[1]]

    def finish(self) -> Entry | None:
        """The entry at hand, if there is a whole one."""
        parts, comments = self.parts, self.comments
        if not self.is_whole:
            if parts:
                raise PoError(self.number, "ends a message that has no msgstr.")
            if not self.is_old:
                return None  # comments may stand alone, a blank line after them
            self._reset()
            return None
        if "msgid" not in parts:
            raise PoError(self.number, "ends a message that has no msgid.")
        forms = [parts[name] for name in sorted(parts) if name.startswith("msgstr")]
        entry = Entry(parts.get("msgctxt", ""), parts["msgid"], parts.get("msgid_plural", ""), tuple(forms))
        entry.is_old = self.is_old
        if comments:
            entry.notes = tuple(comments.pop(".", ()))
            entry.flags = frozenset(flag.strip() for line in comments.pop(",", ()) for flag in line.split(",")) - {""}
            entry.previous = _previous(comments.pop("|", ()))
            comments.pop(":", None)
            entry.remarks = tuple(line.strip() for lines in comments.values() for line in lines)
        self._reset()
        return entry


def _previous(lines: Iterable[str]) -> str:
    """The old English of `#| msgid "..."`; a context or a plural beside it is left out."""
    said, is_english = "", False
    for line in lines:
        if (match := KEYWORD.fullmatch(line)) is not None:
            is_english = match[1] == "msgid"
            said += match[3] if is_english else ""
        elif is_english:
            said += line.strip('"')
    return ESCAPE.sub(lambda match: ESCAPES.get(match[1], match[1]), said)


def write(entries: Iterable[Entry], head: Iterable[str]) -> str:
    """A file: a header of these lines, then every entry; one line for each comment and each text."""
    lines = ['msgid ""', 'msgstr ""', *(f'"{line}\\n"' for line in head), ""]
    for entry in entries:
        lines += [*_lines(entry), ""]
    return "\n".join(lines)


def _lines(entry: Entry) -> Iterator[str]:
    old = "#~ " if entry.is_old else ""
    yield from (f"# {remark}".rstrip() for remark in entry.remarks)
    if not entry.is_old:
        yield from (f"#. {note}" for note in entry.notes)
    if entry.flags:
        yield f"#, {', '.join(sorted(entry.flags))}"
    if entry.previous:
        yield f"#| msgid {_quoted(entry.previous)}"
    if entry.key:
        yield f"{old}msgctxt {_quoted(entry.key)}"
    yield f"{old}msgid {_quoted(entry.english)}"
    if not entry.plural:
        yield f"{old}msgstr {_quoted(entry.forms[0])}"
        return
    yield f"{old}msgid_plural {_quoted(entry.plural)}"
    yield from (f"{old}msgstr[{number}] {_quoted(form)}" for number, form in enumerate(entry.forms))


def _quoted(text: str) -> str:
    return f'"{text.translate(QUOTES)}"'
