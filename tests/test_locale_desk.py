"""People at work on a language in a terminal: reading, telling back, recording. Every answer is kept at once."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
import sound
import tongues
from click.testing import CliRunner

from bot.cli import main
from bot.errors import ContentError, WaymarkError
from bot.house import Content
from bot.progress import flow_lines, status_rows
from bot.review import Desk, ask_back, judge_back, open_desk, review, stamp_recordings, take_back
from bot.texts.back import read_back, renamed, wanted
from bot.texts.catalogue import read_catalogue
from bot.texts.ledger import read_reviews
from bot.texts.ledger import renamed as reviews_renamed
from bot.texts.words import Message

TODAY = date(2026, 11, 29)
SOURCE = {
    "ui.back": Message("ui.back", "Back", "N", limit=24),
    "ui.unread": Message("ui.unread", "I cannot read this.", "S"),
    "work.pay.text": Message("work.pay.text", "Are you paid?", "Q", "work", note="Neutral tone."),
    "work.pay.opt.yes": Message("work.pay.opt.yes", "Yes", "Q", "work"),
    "work.food.opt.yes": Message("work.food.opt.yes", "Yes", "Q", "work"),
}
BACK_KEYS = ("ui.unread", "work.pay.text", "work.pay.opt.yes", "work.food.opt.yes")


@pytest.fixture
def sit_down(content: Content, tmp_path: Path) -> Callable[[], Desk]:
    """A desk with a small language on it, as it stands on the disk."""
    spanish = content.languages.by_tag["es"]
    tongues.translate(tmp_path, spanish, SOURCE)

    def sit() -> Desk:
        catalogue, _ = read_catalogue(tmp_path, "es", SOURCE, spanish)
        return Desk(tmp_path, "es", SOURCE, catalogue, BACK_KEYS)

    return sit


class Terminal:
    """Answers typed one after the other, and what was shown; then the end of input."""

    def __init__(self, *answers: str) -> None:
        self._answers: Iterator[str] = iter(answers)
        self.shown: list[str] = []

    def ask(self, question: str) -> str:
        return next(self._answers, "")

    @property
    def text(self) -> str:
        return "\n".join(self.shown)


def read(desk: Desk, *answers: str, state: str = "checked", by: str = "native speaker", **which: str) -> Terminal:
    terminal = Terminal(*answers)
    review(desk, state, by, TODAY, terminal.ask, terminal.shown.append, **which)  # type: ignore[arg-type]
    return terminal


def states(desk: Desk) -> dict[str, str]:
    return {key: desk.catalogue.state(key) for key in SOURCE if desk.catalogue.state(key) != "draft"}


# -- reading ----------------------------------------------------------------------------------------------------------


def test_a_reader_sees_what_a_translator_saw_and_stamps_what_is_right(sit_down: Callable[[], Desk]) -> None:
    """Class, notes, English and words of each message; the row has a role and a day, and binds the words."""
    terminal = read(sit_down(), "o", "s", "o")

    assert "[1 of 5]  ui.back" in terminal.text
    assert "Class Q question of a screening" in terminal.text
    assert "Neutral tone." in terminal.text
    assert "    Are you paid?\n" in terminal.text
    assert "    aRE YOU PAID?\n" in terminal.text
    desk = sit_down()
    assert states(desk) == {"ui.back": "checked", "work.pay.text": "checked"}
    row = read_reviews(desk.root, "es")["ui.back"]
    assert (row.by, row.on, row.note) == ("native speaker", "2026-11-29", "")


def test_reading_goes_on_where_it_stopped(sit_down: Callable[[], Desk]) -> None:
    """What was answered is kept, whatever ends the session; what was skipped comes again."""
    read(sit_down(), "o", "s", "q")

    terminal = read(sit_down(), "o", "o", "o", "o")

    assert terminal.shown[0] == "\n[1 of 4]  ui.unread"
    assert len(states(sit_down())) == 5
    assert read(sit_down()).shown == []


def test_a_typing_mistake_stamps_nothing(sit_down: Callable[[], Desk]) -> None:
    """Any other key is asked again."""
    terminal = read(sit_down(), "x", "5", "q")

    assert terminal.shown.count("Type one of o, n, s, q.") == 2
    assert states(sit_down()) == {}


def test_a_note_leaves_a_draft_for_the_translator(sit_down: Callable[[], Desk]) -> None:
    """What is wrong is written beside the message, shown to the next reader, and gone with the words it was about."""
    read(sit_down(), "n", "too formal", "q")

    assert states(sit_down()) == {}
    assert read_reviews(sit_down().root, "es")["ui.back"].note == "too formal"
    assert "  noted by a native speaker: too formal" in read(sit_down(), "q", by="lawyer").text


def test_approval_is_a_second_persons(sit_down: Callable[[], Desk]) -> None:
    """What nobody has checked cannot be approved, nor by the role that checked it."""
    read(sit_down(), "o", "o", "q")
    assert read(sit_down(), "o", state="approved").shown == []

    read(sit_down(), "o", "o", "o", state="approved", by="survivor")

    assert states(sit_down()) == {"ui.back": "approved", "ui.unread": "approved"}


def test_one_file_or_one_class_can_be_read_alone(sit_down: Callable[[], Desk]) -> None:
    """A reader with half an hour begins where it matters."""
    assert read(sit_down(), domain="work").shown[0] == "\n[1 of 3]  work.pay.text"
    assert read(sit_down(), weight="S").shown[0] == "\n[1 of 1]  ui.unread"


def test_changed_words_are_to_be_read_again(content: Content, sit_down: Callable[[], Desk]) -> None:
    """A review of other words counts for nothing, and the message comes up again."""
    read(sit_down(), *"ooooo")
    path = sit_down().root / "es" / "LC_MESSAGES" / "safety.po"
    path.write_text(path.read_text(encoding="utf-8").replace("bACK", "aTRAS"), encoding="utf-8")

    assert read(sit_down()).shown[0] == "\n[1 of 1]  ui.back"


# -- telling back -----------------------------------------------------------------------------------------------------


def test_words_are_asked_without_key_or_english(sit_down: Callable[[], Desk]) -> None:
    """Numbered lines alone; the same answer to two questions is asked once."""
    lines = ask_back(sit_down())

    assert [line.partition(": ")[2] for line in lines] == ["i CANNOT READ THIS.", "aRE YOU PAID?", "yES"]
    assert not any(message.english in line or key in line for line in lines for key, message in SOURCE.items())


def test_answers_find_their_messages_and_are_judged(sit_down: Callable[[], Desk]) -> None:
    """Numbered answers come back in any order and over several lines; then each is compared with the English once."""
    desk = sit_down()
    numbers = [line.partition(": ")[0] for line in ask_back(desk)]
    answers = ["# from a speaker", f"{numbers[2]}: Yes.", "", f"{numbers[0]}: I can", "read this."]

    assert take_back(desk, answers) == 3
    assert [line.partition(": ")[2] for line in ask_back(sit_down())] == ["aRE YOU PAID?"]

    terminal = Terminal("d", "lost the not", "s")
    assert judge_back(sit_down(), terminal.ask, terminal.shown.append) == 3
    rows, found = read_back(desk.root, "es")
    assert found == []
    assert {key: (row.back, row.verdict, row.note) for key, row in rows.items()} == {
        "ui.unread": ("I can read this.", "differs", "lost the not"),
        "work.pay.opt.yes": ("Yes.", "same", ""),
        "work.food.opt.yes": ("Yes.", "same", ""),
    }


def test_an_answer_to_other_words_is_refused(sit_down: Callable[[], Desk]) -> None:
    """When a translation changed meanwhile its answer is told, and nothing of the file is taken."""
    desk = sit_down()
    (first, *_) = ask_back(desk)

    with pytest.raises(ContentError, match=r'line 2: "9-abcdef" is none of the words as they are now\.'):
        take_back(desk, [first, "9-abcdef: Something"])

    assert read_back(desk.root, "es")[0] == {}


def test_what_must_be_told_back(content: Content) -> None:
    """Every safety text, and each question with an answer of strength 3, with its answers; nothing that informs."""
    source = content.catalogues.source
    keys = set(wanted(content.library, source))

    assert {key for key, message in source.items() if message.weight == "S"} <= keys
    assert {source[key].weight for key in keys} == {"S", "Q"}
    strong = content.library.flows["self_adult"].steps["sa_4"]
    assert any(signal.strength == 3 for option in strong.options for signal in option.signals)
    assert {f"self_adult.sa_4.opt.{option.id}" for option in strong.options} <= keys


def test_a_misspelt_verdict_is_named(sit_down: Callable[[], Desk]) -> None:
    """With its line and the words there are."""
    desk = sit_down()
    (desk.root / "es" / "back.csv").write_text("key,hash,back,verdict,note\nui.back,0,Back,equal,\n", encoding="utf-8")

    (finding,) = read_back(desk.root, "es")[1]

    assert (
        str(finding) == 'locales/es/back.csv: line 2 has the verdict "equal". One of same, near, differs, or nothing.'
    )


def test_reviews_and_answers_follow_a_renamed_message(sit_down: Callable[[], Desk]) -> None:
    """What held for the words under the old key holds under the new one; what did not, does not."""
    desk = sit_down()
    read(desk, "o", "o", "q")
    take_back(desk, [ask_back(desk)[0] + " told"])
    newer = {("ui.gone" if key == "ui.unread" else key): one for key, one in SOURCE.items()}
    newer["ui.gone"] = Message("ui.gone", "I cannot read this.", "S")
    words = {("ui.gone" if key == "ui.unread" else key): text for key, text in desk.words.items()}
    renames = {"ui.unread": "ui.gone"}

    reviews = reviews_renamed(read_reviews(desk.root, "es"), renames, newer, words)
    backs = renamed(read_back(desk.root, "es")[0], renames, newer, words)

    assert {key: row.state for key, row in reviews.items()} == {"ui.back": "checked", "ui.gone": "checked"}
    assert reviews["ui.gone"].hash == backs["ui.gone"].hash
    assert reviews["ui.gone"].hash != read_reviews(desk.root, "es")["ui.unread"].hash


# -- recordings and the table -------------------------------------------------------------------------------------


def test_a_recording_is_bound_to_its_words(sit_down: Callable[[], Desk]) -> None:
    """Stamped with a role and a day; what has no file, or no words, cannot be."""
    desk = sit_down()
    sound.record(desk.root, "es", "ui.back")

    assert stamp_recordings(desk, ["ui.back"], "native speaker", TODAY) == ["ui.back"]
    with pytest.raises(WaymarkError, match=r"ui\.unread: has no recording"):
        stamp_recordings(desk, ["ui.unread"], "native speaker", TODAY)

    with (desk.root / "es" / "audio" / "recorded.csv").open(encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert (row["key"], row["by"], row["on"]) == ("ui.back", "native speaker", "2026-11-29")


def test_the_table_of_languages(content: Content) -> None:
    """One row a language with tier, share, reviews, flows and recordings; who has no words and no tier says so."""
    rows = {row["tag"]: row for row in status_rows()}

    assert len(rows) == len(content.languages.by_tag) - 1
    spanish = rows["es"]
    assert (spanish["tier"], spanish["coverage"], spanish["offered"], spanish["flows"]) == (1, 1.0, True, 27)
    assert spanish["by_flow"]["learn"] == {"coverage": 1.0, "checked": 0, "approved": 0, "open": True}
    assert all(0 <= row[share] <= 1 for row in rows.values() for share in ("coverage", "safety", "audio"))
    assert {tag for tag, row in rows.items() if row["needs_speaker"]} == {
        tag for tag, row in rows.items() if row["tier"] == 3 and not row["coverage"]
    }
    assert any(line.startswith("guided_full") for line in flow_lines(spanish))


def test_tools_refuse_what_is_no_language() -> None:
    """A tag without catalogue, a role that is none, two things at once: one sentence each."""
    with pytest.raises(WaymarkError, match="has no catalogue"):
        open_desk("xx")
    for words, says in (
        (["locale", "status", "xx"], "is no language to translate into."),
        (["locale", "review", "es", "--by", "Maria"], "is not one of"),
        (["locale", "back", "es"], "Give one of --ask, --take FILE and --judge."),
        (["check", "--locale", "xx"], "has no catalogue."),
    ):
        done = CliRunner().invoke(main, words)
        assert (done.exit_code, says in done.output) == (2, True), done.output
