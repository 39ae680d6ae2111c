"""Made-up languages: whole, recognisable, behind a developer's switch and never offered to anybody."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from stage import Clock, Phone, day_of, plain_key

from bot.cli import main
from bot.config import PSEUDO, Config
from bot.errors import WaymarkError
from bot.house import Content, build_talk, read_content
from bot.messenger.app import refuse_unknown_place
from bot.seal.keyring import Keyring
from bot.texts.catalogue import read_catalogue
from bot.texts.pseudo import MADE, catalogue_of, language_of
from bot.texts.words import PLACEHOLDER


@cache
def switched_on(tag: str) -> Content:
    """The house as it starts with the switch on."""
    return read_content(Config(country="US", pseudo=tag))


def begin(tag: str) -> Phone:
    """A person of a bot in which a developer turned the switch; Telegram says Spanish."""
    config, clock, content = Config(country="US", pseudo=tag), Clock(), switched_on(tag)
    phone = Phone(build_talk(config, content, Keyring(None, day_of(clock), plain_key), None, clock), hint="es")
    phone.send("start")
    return phone


@pytest.mark.parametrize("tag", PSEUDO)
def test_every_message_is_made_and_keeps_its_placeholders(content: Content, tag: str) -> None:
    """Nothing is missing, nothing is the English, and what is filled in stays as it is."""
    source = content.catalogues.source
    words = catalogue_of(tag, source).words

    assert words.keys() == source.keys()
    for key, text in words.items():
        assert text != source[key].english or not any(letter.isalpha() for letter in PLACEHOLDER.sub("", text))
        assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(source[key].english))


def test_the_three_kinds(content: Content) -> None:
    """Accents, brackets and two fifths more; words turned round one by one; the key."""
    source = content.catalogues.source
    assert catalogue_of("qps_XA", source).words["ui.help"] == "[Ĝéţ héļp ñöw one t]"
    assert catalogue_of("qps_XB", source).words["ui.help"] == "\u202eGet\u202c \u202ehelp\u202c \u202enow\u202c"
    assert catalogue_of("qps_XL", source).words["contact.hours"] == "contact.hours {hours}"
    long = catalogue_of("qps_XA", source).words
    assert all(len(text) >= 1.3 * len(source[key].english) for key, text in long.items())


@pytest.mark.parametrize("tag", PSEUDO)
def test_the_switch_gives_it_to_everybody_and_the_picker_to_nobody(tag: str) -> None:
    """The whole first screen speaks it, in its direction; the list of languages does not name it."""
    phone = begin(tag)

    assert (phone.reply.language, phone.reply.rtl) == (tag, MADE[tag][2])
    assert language_of(tag).native not in phone.labels
    assert "English" in phone.labels
    phone.press("m")
    assert phone.reply.language == tag


def test_without_the_switch_there_is_none(content: Content) -> None:
    """Their numbers stand for English in a bot that does not have them."""
    assert not set(PSEUDO) & content.languages.by_tag.keys()
    assert [content.languages.get(language_of(tag).number).tag for tag in PSEUDO] == ["en"] * 3


def test_nobody_on_telegram_meets_one() -> None:
    """A bot that talks to Telegram itself does not start with the switch on."""
    config = Config(pseudo="qps_XA")

    with pytest.raises(WaymarkError, match="WAYMARK_PSEUDO: is set"):
        refuse_unknown_place(config, switched_on("qps_XA"))


def test_it_can_be_printed_and_written(content: Content, tmp_path: Path) -> None:
    """To look at in a terminal, and as PO files that any tool of translators reads."""
    printed = CliRunner().invoke(main, ["locale", "pseudo", "qps_XL"])
    assert "ui.help: ui.help" in printed.output.splitlines()

    assert CliRunner().invoke(main, ["locale", "pseudo", "qps_XA", "--out", str(tmp_path)]).exit_code == 0
    written, found = read_catalogue(tmp_path, "qps_XA", content.catalogues.source)
    unread = {finding.address.partition(": ")[2] for finding in found}  # longer than a text may be, as it is meant
    assert written.words.keys() | unread == content.catalogues.source.keys()
    assert len(unread) < 0.3 * len(content.catalogues.source)
