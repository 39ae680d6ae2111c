"""Back-translations: what somebody who never saw the English says the words mean. locales/<tag>/back.csv."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.errors import Finding
from bot.flow.model import Library
from bot.texts.catalogue import fingerprint, read_rows
from bot.texts.ledger import write_rows
from bot.texts.rename import Renames
from bot.texts.words import Message

FILE = "back.csv"
COLUMNS = ("key", "hash", "back", "verdict", "note")
VERDICTS = ("same", "near", "differs")
SETTLED = ("same", "near")
STRONG = 3
NUMBERED = re.compile(r"\s*\[?([0-9]+)-([0-9a-f]{6})\]?[.:)\s]\s*(.*)")


@dataclass(frozen=True, slots=True)
class Back:
    """One row. hash: binds it to the exact words on both sides. verdict: "" until somebody compared."""

    key: str
    hash: str
    back: str
    verdict: str = ""
    note: str = ""


def read_back(root: Path, tag: str) -> tuple[dict[str, Back], list[Finding]]:
    """Key -> its row, and what is wrong with the file."""
    rows: dict[str, Back] = {}
    found: list[Finding] = []
    for number, row in enumerate(read_rows(root / tag / FILE), 2):
        one = Back(*((row.get(name) or "").strip() for name in COLUMNS))
        if one.verdict and one.verdict not in VERDICTS:
            what = f'line {number} has the verdict "{one.verdict}".'
            found.append(Finding(f"locales/{tag}/{FILE}", what, f"One of {', '.join(VERDICTS)}, or nothing."))
        rows[one.key] = one
    return rows, found


def write_back(root: Path, tag: str, rows: Iterable[Back]) -> Path:
    """Write the file, in the order given."""
    path = root / tag / FILE
    write_rows(path, COLUMNS, [(one.key, one.hash, one.back, one.verdict, one.note) for one in rows])
    return path


def wanted(library: Library, source: Mapping[str, Message]) -> list[str]:
    """Keys to be told back: safety texts, and questions with an answer of strength 3, with their answers."""
    keys = {key for key, message in source.items() if message.weight == "S"}
    for flow in library.flows.values():
        for step in flow.steps.values():
            signals = [*step.on_enter, *(signal for option in step.options for signal in option.signals)]
            if step.is_question and any(signal.strength >= STRONG for signal in signals):
                keys.add(f"{flow.id}.{step.id}.text")
                keys.update(f"{flow.id}.{step.id}.opt.{option.id}" for option in step.options)
    return [key for key, message in source.items() if key in keys and message.weight in ("S", "Q")]


def is_current(row: Back | None, message: Message, words: str) -> bool:
    """Whether a row is about the words as they are."""
    return row is not None and row.hash == fingerprint(message.key, message.english, words)


def open_keys(
    keys: Iterable[str], source: Mapping[str, Message], words: Mapping[str, str], rows: Mapping[str, Back]
) -> list[str]:
    """Those of these keys whose meaning is not settled: nobody said it, the words changed, or it differs."""
    return [
        key
        for key in keys
        if key in words and not (is_current(rows.get(key), source[key], words[key]) and rows[key].verdict in SETTLED)
    ]


def ask(
    keys: Iterable[str], source: Mapping[str, Message], words: Mapping[str, str], rows: Mapping[str, Back]
) -> Iterator[str]:
    """Numbered lines to translate back, without key or English. Equal words of equal English are asked once."""
    asked = dict.fromkeys(code_of(source[key], words[key]) for key in keys if not _has_answer(key, source, words, rows))
    texts = {code_of(source[key], words[key]): words[key] for key in keys if key in words}
    for number, code in enumerate(asked, 1):
        yield f"{number}-{code}: {' '.join(texts[code].split())}"


def _has_answer(key: str, source: Mapping[str, Message], words: Mapping[str, str], rows: Mapping[str, Back]) -> bool:
    return key not in words or is_current(rows.get(key), source[key], words[key])


def code_of(message: Message, words: str) -> str:
    """Six signs for an English text and its translation, by which an answer finds its way back."""
    return fingerprint("", message.english, words)[:6]


def take(
    lines: Iterable[str],
    keys: Iterable[str],
    source: Mapping[str, Message],
    words: Mapping[str, str],
    rows: Mapping[str, Back],
) -> tuple[dict[str, Back], list[Finding]]:
    """The rows with the numbered answers of a file taken in; a line without a number goes on with the one before."""
    places: dict[str, list[str]] = {}
    for key in keys:
        if key in words:
            places.setdefault(code_of(source[key], words[key]), []).append(key)
    answers: dict[str, str] = {}
    found: list[Finding] = []
    code = ""
    for number, line in enumerate(lines, 1):
        if (match := NUMBERED.match(line)) is not None:
            code = match[2]
            answers[code] = match[3].strip()
            if code not in places:
                what = f'"{match[1]}-{code}" is none of the words as they are now.'
                found.append(Finding(f"line {number}", what, "Ask again: waymark locale back TAG --ask"))
        elif line.strip() and not line.startswith("#"):
            answers[code] = f"{answers.get(code, '')} {line.strip()}".strip()
    taken = dict(rows)
    for code, text in answers.items():
        for key in places.get(code, ()) if text else ():
            taken[key] = Back(key, fingerprint(key, source[key].english, words[key]), text)
    return {key: taken[key] for key in source if key in taken}, found


def renamed(
    rows: Mapping[str, Back], renames: Renames, source: Mapping[str, Message], words: Mapping[str, str]
) -> dict[str, Back]:
    """Rows under their new keys; one that was about the words is about them still."""
    moved = {}
    for key, row in rows.items():
        new = renames.get(key, key)
        if new != key and new in words and row.hash == fingerprint(key, source[new].english, words[new]):
            row = replace(row, hash=fingerprint(new, source[new].english, words[new]))
        moved[new] = replace(row, key=new)
    return moved
