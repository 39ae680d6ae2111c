"""People reading words in a terminal: one message at a time, each answer kept at once, to be gone on with any day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from bot.config import Config, read_config
from bot.errors import ContentError, WaymarkError
from bot.flow.shape import near
from bot.house import read_content
from bot.texts import audio, back, ledger
from bot.texts.audio import words_of
from bot.texts.catalogue import FORM_MARK, Catalogue, State, fingerprint
from bot.texts.extract import notes_of
from bot.texts.languages import ENGLISH
from bot.texts.source import ours
from bot.texts.words import Message

Ask = Callable[[str], str]
Say = Callable[[str], None]
REVIEW_KEYS = "o right as it is, n note what is wrong, s skip, q quit > "
JUDGE_KEYS = "s same, n near enough, d differs, k skip, q quit > "
VERDICTS = {"s": "same", "n": "near", "d": "differs"}
QUIT = ("q", "")


@dataclass(frozen=True, slots=True)
class Desk:
    """One language on the table. back_keys: messages whose meaning is to be told back."""

    root: Path
    tag: str
    source: Mapping[str, Message]
    catalogue: Catalogue
    back_keys: tuple[str, ...]

    @property
    def words(self) -> Mapping[str, str]:
        return words_of(self.catalogue, self.source)


def open_desk(tag: str, config: Config | None = None, with_english: bool = False) -> Desk:
    """A language that has words. Raises WaymarkError where it has none."""
    config = config or read_config()
    content = read_content(config)
    known = [*content.catalogues.tags, *([ENGLISH] if with_english else [])]
    if tag not in known:
        raise WaymarkError(tag, "has no catalogue.", near(tag, known))
    source = ours(content.library)
    keys = tuple(back.wanted(content.library, source))
    return Desk(content.catalogues.root, tag, source, content.catalogues.get(tag), keys)


# -- reading ------------------------------------------------------------------------------------------------------


def review(
    desk: Desk, state: State, by: str, today: date, ask: Ask, say: Say, domain: str = "", weight: str = ""
) -> int:
    """Walk through what this role can bring to this state; returns how many messages got there."""
    rows, words, done = ledger.read_reviews(desk.root, desk.tag), desk.words, 0
    open_keys = [
        key
        for key in ledger.due(desk.source, words, rows, state, by)
        if domain in ("", desk.source[key].domain) and weight in ("", desk.source[key].weight)
    ]
    for number, key in enumerate(open_keys, 1):
        message, row = desk.source[key], rows.get(key)
        say(f"\n[{number} of {len(open_keys)}]  {key}")
        _show(say, notes_of(message), message.english, words[key])
        if row is not None and row.note:
            say(f"  noted by a {row.by}: {row.note}")
        answer = _answer(ask, say, REVIEW_KEYS, "onsq")
        if answer in QUIT:
            break
        if answer == "s":
            continue
        note = ask("What is wrong? No names > ").strip() if answer == "n" else ""
        reached: State = "draft" if answer == "n" else state
        rows[key] = ledger.stamped(message, words[key], reached, by, today, note)
        ledger.write_reviews(desk.root, desk.tag, rows.values())
        done += answer == "o"
    return done


def _show(say: Say, notes: Iterable[str], *texts: str) -> None:
    for note in notes:
        say(f"  {note}")
    for text in texts:
        say(f"\n    {text.replace(FORM_MARK, ' | ')}")
    say("")


def _answer(ask: Ask, say: Say, question: str, keys: str) -> str:
    """One of the keys, asked until it is one; nothing at all, as at the end of input, quits."""
    while True:
        answer = ask(question).strip().lower()[:1]
        if answer in QUIT or answer in keys:
            return answer
        say(f"Type one of {', '.join(keys)}.")


# -- telling back -------------------------------------------------------------------------------------------------


def ask_back(desk: Desk) -> list[str]:
    """Numbered translations, for somebody who has not seen the English."""
    rows, _ = back.read_back(desk.root, desk.tag)
    return list(back.ask(desk.back_keys, desk.source, desk.words, rows))


def take_back(desk: Desk, lines: Iterable[str]) -> int:
    """Take numbered answers in; returns how many messages have one now. Raises ContentError, and takes none then."""
    rows, _ = back.read_back(desk.root, desk.tag)
    taken, found = back.take(lines, desk.back_keys, desk.source, desk.words, rows)
    if found:
        raise ContentError(found)
    back.write_back(desk.root, desk.tag, taken.values())
    return sum(rows.get(key) != row for key, row in taken.items())


def judge_back(desk: Desk, ask: Ask, say: Say) -> int:
    """Compare what was told back with the English; returns how many were judged."""
    rows, _ = back.read_back(desk.root, desk.tag)
    words = desk.words
    judged: dict[tuple[str, str], tuple[str, str]] = {}
    open_keys = [
        key
        for key in desk.back_keys
        if key in words and back.is_current(rows.get(key), desk.source[key], words[key]) and not rows[key].verdict
    ]
    for number, key in enumerate(open_keys, 1):
        message, pair = desk.source[key], (desk.source[key].english, words[key])
        if pair not in judged:
            say(f"\n[{number} of {len(open_keys)}]  {key}")
            _show(say, (), message.english, rows[key].back)
            answer = _answer(ask, say, JUDGE_KEYS, "sndkq")
            if answer in QUIT:
                break
            note = ask("What differs? > ").strip() if answer == "d" else ""
            judged[pair] = (VERDICTS.get(answer, ""), note)
        rows[key] = replace(rows[key], verdict=judged[pair][0], note=judged[pair][1])
        back.write_back(desk.root, desk.tag, rows.values())
    return sum(1 for key in open_keys if rows[key].verdict)


# -- recordings ---------------------------------------------------------------------------------------------------


def stamp_recordings(desk: Desk, keys: Iterable[str], by: str, today: date) -> list[str]:
    """Say that these recordings speak the words as they are now. Raises WaymarkError for one that is not there."""
    folder = desk.root / desk.tag / "audio"
    rows = {row["key"]: row for row in audio.read_recorded(desk.root, desk.tag)}
    done = []
    for key in keys:
        if key not in desk.words or not (folder / f"{key}.ogg").is_file():
            raise WaymarkError(key, f"has no recording or no words in {desk.tag}.", f"Put it in {folder.name}/ first.")
        mark = fingerprint(key, desk.source[key].english, desk.words[key])
        rows[key] = {"key": key, "hash": mark, "by": by, "on": today.isoformat()}
        done.append(key)
    table = [[rows[key].get(name, "") for name in audio.COLUMNS] for key in sorted(rows)]
    ledger.write_rows(folder / audio.RECORDED, audio.COLUMNS, table)
    return done
