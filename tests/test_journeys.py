"""Conversations as data: tests/journeys/<flow>.toml, in the form that `waymark talk --record` writes."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from stage import seen

from bot.engine.engine import Engine
from bot.engine.play import play, screen_cards
from bot.engine.session import Flag, Session
from bot.errors import WaymarkError
from bot.flow.model import Library
from bot.terminal import converse

FOLDER = Path(__file__).parent / "journeys"
KEYS = {"name", "flow", "answers", "band", "cards"}


def journeys(path: Path) -> list[dict[str, Any]]:
    """The journeys of one file."""
    found: list[dict[str, Any]] = tomllib.loads(path.read_text(encoding="utf-8"))["journey"]
    return found


ALL = [journey for path in sorted(FOLDER.glob("*.toml")) for journey in journeys(path)]


def walked(engine: Engine, journey: dict[str, Any]) -> tuple[str, list[str], set[str]]:
    """Band and cards where a journey ends, and the steps it was asked; consent counts as given in guided flows."""
    guided = engine.library.flows[journey["flow"]].family == "guided" and journey["flow"] != "guided_setup"
    flags = Flag.CONSENTED | Flag.WORKER if guided else Flag.NONE
    played = play(engine, Session(journey["flow"], flags=flags), dict(journey["answers"]))
    screen = seen(engine, played.session)
    return screen.band or "", screen_cards(screen.texts), set(played.asked)


@pytest.mark.parametrize("journey", ALL, ids=[f"{journey['flow']}: {journey['name']}" for journey in ALL])
def test_a_journey_ends_where_it_says(engine: Engine, journey: dict[str, Any]) -> None:
    """The answers named, and quiet ones for the rest, lead to the band and the cards written beside them."""
    band, cards, asked = walked(engine, journey)

    assert (band, cards) == (journey["band"], journey["cards"])
    assert {step for step, _ in journey["answers"]} <= asked, "an answer to a step that is not asked says nothing"


def test_journeys_are_well_formed(library: Library) -> None:
    """Every journey has the five keys and a name of its own, and lies in the file of its flow, each step once."""
    assert [set(journey) for journey in ALL if set(journey) != KEYS] == []
    for path in FOLDER.glob("*.toml"):
        assert {journey["flow"] for journey in journeys(path)} == {path.stem}
    names = [(journey["flow"], journey["name"]) for journey in ALL]
    assert len(set(names)) == len(names)
    assert all(len(dict(journey["answers"])) == len(journey["answers"]) for journey in ALL)


def test_every_flow_has_a_journey(library: Library) -> None:
    """No flow ships without a conversation that somebody has thought through."""
    assert {journey["flow"] for journey in ALL} == set(library.flows)


def test_every_outcome_card_of_every_flow_has_a_journey(library: Library) -> None:
    """Each outcome card that common.toml names for a set is where some journey ends."""
    wanted = {
        card
        for outcomes in library.outcomes.values()
        for card in (*outcomes.urgent, *outcomes.bands.values(), outcomes.none_few)
        if card
    }

    assert wanted - {card for journey in ALL for card in journey["cards"]} == set()


def test_a_journey_with_a_word_misspelt_is_refused(engine: Engine) -> None:
    """A step or option that no flow has is named, with the nearest one."""
    with pytest.raises(WaymarkError, match=r'sa_w9: is no step of any flow\. Did you mean "sa_w2"'):
        play(engine, Session("self_adult"), {"sa_w9": "yes"})
    with pytest.raises(
        WaymarkError, match=r"sa_w1=maybe: is no option of this step\. Choose from yes, no, unsure, skip."
    ):
        play(engine, Session("self_adult"), {"sa_w1": "maybe"})


def test_steps_not_named_take_a_quiet_answer(engine: Engine, library: Library) -> None:
    """A step that is not named takes its first option without a signal that is no skip; cards go on."""
    played = play(engine, Session("self_adult"), {"sa_kind": "a_job_or_other_work", "sa_w1": "yes"})

    assert played.signals == ("purpose_labour:1", "fraud:2")
    assert played.asked[:5] == ("sa_0", "sa_age", "sa_now", "sa_kind", "sa_w1")
    assert (played.flow, played.end) == ("self_adult", "END")


def test_a_jump_is_followed(engine: Engine) -> None:
    """A journey that answers under 18 ends in the talk for the young, with its steps asked as well."""
    played = play(engine, Session("self_adult"), {"sa_age": "under_18", "sy_1": "yes"})

    assert played.flow == "self_youth"
    assert played.asked[:4] == ("sa_0", "sa_age", "sy_now", "sy_1")


def test_stop_cards_are_told(engine: Engine) -> None:
    """Cards passed on the way, such as the offer to stop after two skips, are among the cards of a walk."""
    played = play(engine, Session("self_adult"), {"sa_age": "skip_this", "sa_now": "skip_this"})

    assert played.cards == ("s_two_skips", "o_none_self")


def test_a_recorded_talk_is_a_journey(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `waymark talk --record` writes reads back as a journey and ends where the talk ended."""
    monkeypatch.chdir(tmp_path)
    taps = iter([*"1121111212132", ""])
    converse("self_adult", "en", "US", tmp_path / "journey.toml", lambda _: next(taps))

    (journey,) = journeys(tmp_path / "journey.toml")

    assert set(journey) == KEYS
    assert ["sa_kind", "a_job_or_other_work"] in journey["answers"]
    assert journey["band"] == "some"
    assert walked(engine, journey)[:2] == (journey["band"], journey["cards"])
