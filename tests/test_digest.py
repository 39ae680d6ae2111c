"""The structure digest: another question breaks old buttons, other words do not."""

from __future__ import annotations

from pathlib import Path

import pytest
import small

from bot.flow.digest import BYTES
from bot.flow.model import Library
from bot.flow.read import read_library

PAPERS = """  { id = "me", say = "I do", go = "leave" },
"""
BOSS = """  { id = "boss", say = "My boss", go = "leave", signals = ["coercion:3", "g.C05"] },
"""

# what changes, file, passage, what stands there instead
WORDS = {
    "the title": ("work.toml", 'title = "Check my work"', 'title = "About my work"'),
    "a question": ("work.toml", "Who holds your papers?", "Who has your passport?"),
    "an answer": ("work.toml", 'say = "My boss"', 'say = "The boss"'),
    "a shared answer": ("common.toml", 'say = "No"', 'say = "No, never"'),
    "a shared label": ("common.toml", '"Skip this"\n\n', '"Leave out"\n\n'),
    "a note": ("work.toml", 'note = "Neutral tone."', 'note = "Calm tone."'),
    "a source": ("work.toml", 'sources = ["A2"]', 'sources = ["A2", "B2"]'),
    "audience and minutes": ("work.toml", 'family = "self"', 'family = "self"\nminutes = 9\naudience = "all"'),
    "the family": ("work.toml", 'family = "self"', 'family = "role"'),
    "a card": ("common.toml", "These are some signs.", "There are some signs."),
    "a card's button": ("common.toml", 'say = "Talk to someone"', 'say = "Talk"'),
    "a class for translators": ("work.toml", 'construct = "C06"', 'construct = "C06"\nweight = "S"'),
    "a route's card": ("common.toml", 'abuse = "r_abuse"', 'abuse = "o_none"'),
}
STRUCTURE = {
    "a step's id": ("work.toml", 'id = "leave"\nask', 'id = "go"\nask'),
    "an option's id": ("work.toml", 'id = "me"', 'id = "mine"'),
    "the order of options": ("work.toml", PAPERS + BOSS, BOSS + PAPERS),
    "one option fewer": ("work.toml", BOSS, ""),
    "one option more": ("work.toml", PAPERS, PAPERS + '  { id = "none", say = "None", go = "leave" },\n'),
    "one shared answer fewer": ("common.toml", '  { id = "no", say = "No" },\n', ""),
    "where an answer leads": ("work.toml", 'say = "I can", go = "pay"', 'say = "I can", go = "END"'),
    "a signal": ("work.toml", '"coercion:3", "g.C05"', '"coercion:2", "g.C05"'),
    "a route": ("work.toml", '"urgent", "r.abuse"', '"urgent"'),
    "a group": ("work.toml", '"coercion:3", "g.C05"', '"coercion:3"'),
    "a construct": ("work.toml", 'construct = "C08"', 'construct = "C06"'),
    "a signal on entering": ("work.toml", 'construct = "C06"', 'construct = "C06"\non_enter = ["transit"]'),
    "a guard": ("work.toml", "purpose or means", "purpose"),
    "what counts as a skip": ("common.toml", 'skip = ["skip"]', "skip = []"),
    "the scoring table": ("work.toml", 'scoring = "amp"', 'scoring = "none"'),
    "a rule's threshold": ("scoring.toml", "means = 2", "means = 3"),
    "a rule's band": ("scoring.toml", 'band = "some"', 'band = "strong"'),
    "the card of a band": ("common.toml", 'strong = "o_strong"', 'strong = "o_some"'),
    "the buttons of an outcome": ("common.toml", 'strong signs."\nbuttons = ["talk"]', 'strong signs."'),
    "where a card's button leads": ("common.toml", 'go = "CONTACTS"', 'go = "MENU"'),
    "the cards for minors": ("work.toml", 'outcomes = "work"', 'outcomes = "work"\nminor_outcomes = "calm"'),
    "early stop": ("work.toml", 'outcomes = "work"', 'outcomes = "work"\nearly_stop = true'),
    "pauses": ("work.toml", 'outcomes = "work"', 'outcomes = "work"\npauses = false'),
    "the menu": ("common.toml", 'top = ["work"]', 'top = ["work", "work"]'),
}  # fmt: skip


def digest(folder: Path, *change: str) -> bytes:
    """The digest of the tiny flow after a change."""
    return read_library([small.write(folder, *change)]).flows["work"].digest


@pytest.mark.parametrize("change", WORDS)
def test_other_words_keep_open_talks_alive(change: str, tmp_path: Path) -> None:
    """A better wording, a note or a source changes no button."""
    assert digest(tmp_path, *WORDS[change]) == digest(tmp_path)


@pytest.mark.parametrize("change", STRUCTURE)
def test_another_structure_refuses_old_buttons(change: str, tmp_path: Path) -> None:
    """Whatever could lead an old button to a screen it was not made for changes the digest."""
    assert digest(tmp_path, *STRUCTURE[change]) != digest(tmp_path)


def test_another_start_refuses_old_buttons(tmp_path: Path) -> None:
    """A flow that begins elsewhere is another flow."""
    assert digest(tmp_path, "work.toml", 'start = "papers"', 'start = "leave"') != digest(tmp_path)


def test_digests_are_four_bytes_and_all_different(library: Library) -> None:
    """No two flows share a digest, so that a button names one flow."""
    digests = [flow.digest for flow in library.flows.values()]

    assert {len(one) for one in digests} == {BYTES}
    assert len(set(digests)) == len(digests) == len(library.by_digest)


def test_a_digest_is_the_same_on_every_machine(tmp_path: Path) -> None:
    """The digest hangs on the files alone, not on hash seeds or the order of reading."""
    assert digest(tmp_path).hex() == "0d7a6120"
