"""Walk a flow without chat: named answers, quiet ones for the rest, jumps included."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.engine.engine import Engine
from bot.engine.machine import Position
from bot.engine.session import Flag, Session
from bot.errors import WaymarkError
from bot.flow.model import Band, Button, Flow, Option

MOST_TAPS = 200
ENDS = ("CONTACTS", "MENU", "LEAVE", "DONE", "SIGNS", "LIST")


@dataclass(frozen=True, slots=True)
class Played:
    """How a walk went.

    flow: where it ended. end: END, URGENT, CONTACTS, MENU, LEAVE or DONE. asked: steps in order, jumps included.
    cards: ids of cards shown, stop cards included. session: the last screen, for its contacts.
    """

    flow: str
    end: str
    band: Band | None
    asked: tuple[str, ...]
    signals: tuple[str, ...]
    routes: tuple[str, ...]
    cards: tuple[str, ...]
    session: Session


def play(engine: Engine, session: Session, answers: Mapping[str, str]) -> Played:
    """Walk from a session to an end.

    answers: step id -> option id. A step not named takes its first option without a signal that is not a skip; cards
    take their first button that goes on. Raises WaymarkError for an unknown step or option.
    """
    _refuse_unknown(engine, answers)
    asked: list[str] = []
    cards: list[str] = []
    for _ in range(MOST_TAPS):
        screen = engine.show(session)
        assert screen is not None
        session = screen.session
        position = engine.locate(session)
        assert position is not None
        chart = engine.charts[session.flow]
        _note(position, screen_cards(screen.texts), asked, cards, chart.flow)
        option = _choose(chart.flow, position, chart.options[position.state], answers)
        if option is None:
            return _ended(engine, session, position, asked, cards)
        session = session.answer(option)
    raise WaymarkError(session.flow, f"did not end within {MOST_TAPS} taps.", "Look for a loop: waymark check")


def screen_cards(texts: tuple[object, ...]) -> list[str]:
    """Ids of the cards among a screen's texts."""
    keys = [str(getattr(text, "key", "")) for text in texts]
    return [key.split(".")[1] for key in keys if key.startswith("card.")]


def _note(position: Position, shown: list[str], asked: list[str], cards: list[str], flow: Flow) -> None:
    if position.state in flow.steps:
        asked.append(position.state)
    cards += [card for card in shown if card not in cards]


def _choose(
    flow: Flow, position: Position, options: tuple[Option | Button, ...], answers: Mapping[str, str]
) -> int | None:
    """The number of the option taken, from 1; None at an end."""
    step = flow.steps.get(position.state)
    if step is not None:
        named = answers.get(step.id)
        if named is not None:
            return [option.id for option in step.options].index(named) + 1
        quiet = [n for n, option in enumerate(step.options, 1) if not option.signals]
        firm = [n for n in quiet if step.options[n - 1].soft != "skip"]
        return (firm or quiet or [1])[0]
    on = [n for n, button in enumerate(options, 1) if button.go == "GO_ON"]
    return on[0] if on else None


def _ended(engine: Engine, session: Session, position: Position, asked: list[str], cards: list[str]) -> Played:
    chart = engine.charts[session.flow]
    measures = chart.measures(position)
    signals = [signal for id in asked if id in chart.flow.steps for signal in chart.flow.steps[id].on_enter]
    signals += [signal for id, n in position.trail for signal in chart.flow.steps[id].options[n].signals]
    head = position.state.partition(":")[0]
    end = {"card": "END", "urgent": "URGENT"}.get(head, head.partition(".")[0])
    return Played(
        flow=session.flow,
        end=end,
        band=chart.band(measures) if end in ("END", "URGENT") else None,
        asked=tuple(asked),
        signals=tuple(dict.fromkeys(str(signal) for signal in signals)),
        routes=tuple(name for name in engine.library.routes if name in measures.routes),
        cards=tuple(cards),
        session=session,
    )


def _refuse_unknown(engine: Engine, answers: Mapping[str, str]) -> None:
    steps = {step.id: step for flow in engine.library.flows.values() for step in flow.steps.values()}
    for step_id, option_id in answers.items():
        step = steps.get(step_id)
        if step is None:
            raise WaymarkError(step_id, "is no step of any flow.", _near(step_id, list(steps)))
        known = [option.id for option in step.options]
        if option_id not in known:
            raise WaymarkError(
                f"{step_id}={option_id}", "is no option of this step.", f"Choose from {', '.join(known)}."
            )


def _near(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f'Did you mean "{close[0]}"?' if close else "waymark draw FLOW shows the steps of a flow."


def first_session(engine: Engine, flow: str, *, minor: bool, session: Session) -> Session:
    """A session at the start of a flow, whose gate counts as passed."""
    if flow not in engine.library.flows:
        raise WaymarkError(flow, "is no flow.", _near(flow, list(engine.library.flows)))
    guided = engine.library.flows[flow].family == "guided"
    flags = (Flag.MINOR if minor else Flag.NONE) | (Flag.CONSENTED | Flag.WORKER if guided else Flag.NONE)
    return replace(session.in_flow(flow), flags=flags)
