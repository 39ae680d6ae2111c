"""Hostile words and files: what an author, a translator or a private folder could slip in never reaches a person."""

from __future__ import annotations

import asyncio
import io
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import small
from click.testing import CliRunner
from stage import ROOT
from test_contacts_read import row as contact_row
from test_texts_files import put

from bot.cli import main
from bot.config import Config, Secret, read_config
from bot.contacts.file import open_table
from bot.contacts.report import Report
from bot.contacts.row import read_row
from bot.errors import ContentError, WaymarkError
from bot.flow.check import check_library
from bot.flow.hygiene import faults, too_heavy
from bot.flow.read import gather, parse, read_library
from bot.house import Content, read_content, read_flows, refuse_shut_door
from bot.inspect import inspect
from bot.log import Journal
from bot.messenger import app
from bot.texts.catalogue import Catalogues, read_catalogue
from bot.texts.voice import Voice
from bot.texts.words import Message

CONTACT = tomllib.loads(contact_row())["contact"][0]
UNREAD = {"ui.unread": Message("ui.unread", "I cannot read this.", "S")}

UNFIT = {
    "full-width digits": ("Call \uff19\uff11\uff11 now", "number"),
    "digits of another script": ("Call \u0669\u0661\u0661 now", "number"),
    "digits apart": ("Call 9 - 1 . 1", "number"),
    "two years": ("Call 2020 2021", "number"),
    "a plus": ("Call +1", "number"),
    "a scheme": ("See tel://x", "link"),
    "a bare domain": ("See help.example", "link"),
    "a dot that looks like one": ("See help\u2024org", "link"),
    "Telegram's own": ("See t.me/x", "link"),
    "a handle": ("Ask @helper", "mention"),
    "a command": ("Send /start", "mention"),
    "a command in brackets": ("Send (/start)", "mention"),
    "a hashtag": ("Read #help", "mention"),
    "a cashtag": ("Read $HELP", "mention"),
    "a direction mark": ("Go \u202eback", "sign"),
    "a line break": ("Go\nback", "sign"),
    "a line separator": ("Go\u2028back", "sign"),
    "a private sign": ("Go \ue000", "sign"),
    "a blank letter": ("Go \u3164", "sign"),
    "a Cyrillic o": ("St\u043ep", "letters"),
    "a Greek o": ("St\u03bfp", "letters"),
}
FIT = (
    "In 2022, about 6 in 10 were women.", "It was 2022. 6 of 10 left.", "Day and night, 24/7.", "and/or", "U.S. law",
    "e.g. this", "p.ej. esto", "Wait...then go", "\u0421\u043a\u0430\u0436\u0438 SMS-\u043a\u043e\u0434",
)  # fmt: skip


@pytest.mark.parametrize("name", UNFIT)
def test_what_no_words_may_hold_is_found(name: str) -> None:
    """Numbers, links, commands, hidden signs and look-alike letters are found in every disguise."""
    text, kind = UNFIT[name]

    assert [found for found, _ in faults(text)] == [kind]


@pytest.mark.parametrize("text", FIT)
def test_plain_words_are_left_alone(text: str) -> None:
    """Years, abbreviations, dots and foreign words beside hyphens are no fault."""
    assert list(faults(text)) == []


def test_figures_of_the_source_and_marks_of_the_language_may_stand() -> None:
    """A translation may repeat the source's figure, and a script its own joining mark."""
    assert list(faults("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 123", "\u200c", "123")) == []


@pytest.mark.parametrize(
    "words",
    ["Llama al 911.", "Llama al 900 105 090.", "Mira ayuda.example", "Escribe /start", "No {puedo}", "No } leer",
     "No pu\u0435do leer", "No\u202e leer", "No\nleer", "I cannot read this."],
)  # fmt: skip
def test_a_translation_that_would_mislead_is_never_shown(content: Content, tmp_path: Path, words: str) -> None:
    """English stands in for it, and it is named; nothing but `waymark check` is needed to see why."""
    spanish = content.languages.by_tag["es"]
    put(tmp_path, spanish, {"ui.unread": words}, UNREAD)

    read, found = read_catalogue(tmp_path, "es", UNREAD, spanish)

    assert read.words == {}
    assert {finding.address for finding in found} == {"locales/es: ui.unread"}
    assert Voice(spanish, read, UNREAD).say("ui.unread") == "I cannot read this."


def test_a_translation_in_another_script_is_never_shown(content: Content, tmp_path: Path) -> None:
    """A catalogue of Arabic that speaks Latin letters does not speak."""
    put(tmp_path, content.languages.by_tag["ar"], {"ui.unread": "No puedo leer esto."}, UNREAD)

    assert Catalogues(tmp_path, UNREAD, ["ar"], content.languages.by_tag).get("ar").words == {}


def test_sound_translations_still_speak(content: Content) -> None:
    """The guard takes no sound word of the complete Spanish draft away."""
    assert len(content.catalogues.get("es").words) > 1000
    assert content.catalogues.languages == content.languages.by_tag


@pytest.mark.parametrize("key", ["name", "limits", "hours"])
@pytest.mark.parametrize("words", ["Call 0800 555 0199", "See help.example", "Send /start", "St\u043ep"])
def test_a_contact_text_holds_no_second_number_or_link(key: str, words: str) -> None:
    """What people read of a row is words: a number there could be another one than the number checked."""
    report = Report("contacts/xx")

    assert read_row({**CONTACT, key: words}, report, "US") is None
    assert [finding.what.partition(" holds ")[0] for finding in report.findings] == [key]


def test_a_row_may_be_named_after_its_own_number() -> None:
    """A line called by its number, and its hours, are no second number."""
    row = {**CONTACT, "phone": "911", "name": "Line 911", "hours": "Mon-Fri 09:00-17:00 (2022), 24/7 online"}

    assert read_row(row, report := Report("contacts/xx"), "US") is not None, report.findings


HEAVY = {
    "a long chain": "a" + ".a" * 30_000 + " = 1",
    "a chain of quoted parts": '"a"' + " . 'b'" * 13 + " = 1",
    "a long number": "a = " + "9" * 5_000,
    "a number with lines": "a = " + "9_" * 20 + "9",
}


@pytest.mark.parametrize("name", HEAVY)
def test_a_file_that_would_break_the_parser_is_a_finding(name: str, tmp_path: Path) -> None:
    """Flows and contacts alike refuse it before it is parsed; settings say that they cannot be read."""
    path = tmp_path / "xx.toml"
    path.write_text(HEAVY[name], encoding="utf-8")

    assert len(parse(path)[1]) == 1
    assert open_table(path, report := Report("contacts/xx")) is None
    assert len(report.findings) == 1


def test_a_long_number_in_the_settings_is_told(tmp_path: Path) -> None:
    """waymark.toml with a number past Python's limit is a mistake to mend, not a traceback."""
    (tmp_path / "waymark.toml").write_text("country = " + "9" * 5_000, encoding="utf-8")

    with pytest.raises(WaymarkError, match="cannot be read"):
        read_config({}, tmp_path)


def test_words_and_comments_may_be_long() -> None:
    """Only what stands outside quotes and comments counts."""
    assert too_heavy('a = "9999999999999999999999 a.b.c.d.e.f.g.h.i.j.k.l.m.n" # ' + "1" * 30) == ""


def test_a_broken_private_file_leaves_the_shipped_flow_of_its_name(tmp_path: Path, content: Content) -> None:
    """A private core.toml, broken or well formed, or one that claims an id, takes nothing shipped away."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "core.toml").write_text("id = [", encoding="utf-8")
    (own / "ours.toml").write_text('id = "core"\ntitle = 3', encoding="utf-8")
    shutil.copy(ROOT / "flows" / "learn.toml", own)

    spoilt = read_content(Config(flows=(own,)))

    assert set(spoilt.sound) == set(content.sound)
    assert {finding.address.partition(":")[0] for finding in spoilt.found if finding.level == "error"} == {
        "own/core.toml", "own/ours.toml", "own/learn.toml",
    }  # fmt: skip


def house(folder: Path, change: Callable[[Path], object]) -> Config:
    """A copy of what ships, with one change in it."""
    for name in ("flows", "locales"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("*.po"))
    change(folder)
    return Config(root=folder)


def add_faulty_table(folder: Path) -> None:
    with (folder / "flows" / "scoring.toml").open("a", encoding="utf-8") as file:
        file.write('\n[amp2]\nrules = [{ band = "likely" }]\n')


def test_a_faulty_table_withdraws_only_its_own_flows(tmp_path: Path, content: Content) -> None:
    """A mistake in scoring.amp2 is none of the flows scored by amp."""
    assert set(read_flows(house(tmp_path, add_faulty_table))[2]) == set(content.sound)


def shut(folder: Path) -> None:
    path = folder / "flows" / "core.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('id = "core"', 'id = "core"\nodd = 1', 1), encoding="utf-8"
    )


def test_no_bot_starts_behind_a_shut_door(tmp_path: Path) -> None:
    """Where core is not sound there is no bot that answers nobody: its findings are the answer."""
    told: list[str] = []

    with pytest.raises(ContentError, match='core: has an unknown key "odd"'):
        refuse_shut_door(read_content(house(tmp_path, shut)), told.append)
    assert "core" in told


def test_withdrawn_flows_are_named_and_the_rest_opens(content: Content) -> None:
    """Each flow that is left out is named by its id; an open door stays open."""
    told: list[str] = []
    less = replace(content, sound=tuple(id for id in content.sound if id != "online"))

    refuse_shut_door(less, told.append)

    assert told == ["online"]


@pytest.mark.parametrize("verb", ["talk", "play"])
def test_talking_in_a_terminal_needs_the_door(tmp_path: Path, verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """`talk` and `play` refuse with the findings and exit code 1."""
    config = house(tmp_path, shut)
    monkeypatch.setattr("bot.terminal.read_config", lambda: config)

    result = CliRunner().invoke(main, [verb, "core"])

    assert result.exit_code == 1
    assert 'core: has an unknown key "odd"' in result.stderr
    assert "withdrawn: core\n" in result.stderr


def test_running_needs_the_door(tmp_path: Path) -> None:
    """`run` refuses before it speaks to anybody, and its log names the content address."""
    out = io.StringIO()
    journal = Journal(out, lambda: datetime(2026, 11, 22, 9, tzinfo=UTC))
    config = house(tmp_path, shut)

    with pytest.raises(ContentError):
        asyncio.run(app.serve(config, Secret("1:" + "a" * 35), journal, asyncio.Event()))
    assert '"at": "core"' in out.getvalue()


def test_the_check_and_the_bot_agree_on_what_is_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`waymark check` asks the same function as the bot."""
    asked: list[Config] = []

    def heard(config: Config) -> object:
        asked.append(config)
        return read_flows(config)

    monkeypatch.setattr("bot.inspect.read_flows", heard)
    monkeypatch.setattr("bot.inspect.check_paths", lambda engine, known: ([], []))  # not asked here, and slow
    config = house(tmp_path, shut)

    assert any(finding.address == "core" for finding in inspect(config=config).findings)
    assert asked == [config]


def test_a_brace_is_filled_in_nowhere_but_in_its_card(tmp_path: Path) -> None:
    """Placeholders of one card are plain braces in every other text."""
    small.write(tmp_path, "work.toml", "Could you stop tomorrow?", "Could you stop {full}?")

    assert [finding.address for finding in check_library(read_library([tmp_path]))] == ["work.leave"]
    assert gather([tmp_path])[1] == []
