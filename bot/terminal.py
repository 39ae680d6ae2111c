"""Talk and play in a terminal: the same screens as on Telegram, in numbered lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from bot.config import PSEUDO, Config, read_config
from bot.contacts.read import read as read_contacts
from bot.engine.engine import Engine
from bot.engine.play import Played, first_session, play, screen_cards
from bot.engine.session import Session
from bot.errors import WaymarkError
from bot.flow.shape import near
from bot.house import Content, build_talk, read_content, refuse_shut_door, utc_now
from bot.seal.keyring import KEY_BYTES, Keyring
from bot.seal.token import Place
from bot.talk import Talk, minutes_since_epoch

HERE = Place(0, 0, 0)
USUAL_COUNTRY = "US"


def settle(country: str | None, config: Config | None = None) -> Config:
    """The settings, for the country named: the one asked for, else the operator's, else the United States.

    Raises WaymarkError for a country that has no contacts.
    """
    config = config or read_config()
    if country is None:
        return config if config.country else replace(config, country=USUAL_COUNTRY)
    known = read_contacts([config.root / "flows" / "contacts", *config.contacts]).directory.countries
    if country.upper() not in known:
        raise WaymarkError("--country", f'is "{country}".', near(country.upper(), known))
    return replace(config, country=country.upper(), region="")


def _open(country: str | None, locale: str) -> tuple[Config, Content, Talk, Session]:
    """A talk of this process alone, and a session in the language and country named."""
    config = settle(country)
    if locale in PSEUDO:
        config = replace(config, pseudo=locale)
    content = read_content(config)
    refuse_shut_door(content, lambda address: click.echo(f"withdrawn: {address}", err=True))
    if locale not in content.languages.by_tag:
        raise WaymarkError("--locale", f'is "{locale}".', near(locale, content.languages.by_tag))
    keys = Keyring(None, lambda: 0, lambda length: bytes(range(KEY_BYTES)))
    talk = build_talk(config, content, keys)
    start = replace(
        talk.fresh(None), locale=content.languages.by_tag[locale].number, started=minutes_since_epoch(utc_now())
    )
    return config, content, talk, start


def play_flow(flow: str, answers: Mapping[str, str], minor: bool, country: str | None, locale: str) -> dict[str, Any]:
    """One walk as plain values, for people and programs."""
    _, _, talk, start = _open(country, locale)
    session = first_session(talk.engine, flow, minor=minor, session=start)
    walked = play(talk.engine, session, answers)
    return as_dict(walked, contacts_of(talk, walked.session))


def contacts_of(talk: Talk, session: Session) -> list[str]:
    """Ids of the contacts a person sees one tap from where the walk ended."""
    position = talk.engine.locate(session)
    screen = talk.engine.show(session)
    if position is None or screen is None:
        return []
    picked = talk.speaker.pick(replace(screen, want=talk.engine.want(session, position)))
    return [contact.id for contact in picked.contacts] if picked else []


def as_dict(walked: Played, contacts: list[str]) -> dict[str, Any]:
    """The keys `waymark play --json` prints."""
    return {
        "flow": walked.flow,
        "end": walked.end,
        "band": walked.band,
        "asked": list(walked.asked),
        "signals": list(walked.signals),
        "routes": list(walked.routes),
        "cards": list(walked.cards),
        "contacts": contacts,
    }


def converse(
    flow: str, locale: str, country: str | None, record: Path | None, ask: Callable[[str], str] | None = None
) -> None:
    """A talk with numbered choices; an empty line or the Leave button ends it."""
    if record is not None and not record.parent.is_dir():
        raise WaymarkError("--record", f'"{record.parent}" is no folder.', "Name a file in a folder that exists.")
    _, _, talk, start = _open(country, locale)
    session = first_session(talk.engine, flow, minor=False, session=start)
    reply = talk.turn(talk.seal.seal(session, HERE), HERE)
    while not reply.leave:
        buttons = [button for row in reply.rows for button in row]
        click.echo("\n" + click.style(reply.text, bold=True) + "\n")
        for number, button in enumerate(buttons, 1):
            click.echo(f"  {number:2}  {button.label}")
        chosen = (ask or _prompt)("> ").strip()
        if not chosen:
            break
        if not chosen.isdigit() or not 1 <= int(chosen) <= len(buttons):
            click.echo(f"Type a number from 1 to {len(buttons)}, or nothing to end.")
            continue
        beside = [button.data for button in buttons]
        if (opened := talk.seal.open(buttons[int(chosen) - 1].data, HERE)) is not None:
            session = opened
        reply = talk.turn(buttons[int(chosen) - 1].data, HERE, beside)
    if record is not None:
        _write(record, journey(talk.engine, session))


def _write(record: Path, text: str) -> None:
    try:
        record.write_text(text, encoding="utf-8")
    except OSError as error:
        raise WaymarkError(
            "--record", f'"{record}" cannot be written: {error.strerror}.', "Choose another place."
        ) from None
    click.echo(f"Wrote {record}")


def _prompt(text: str) -> str:
    try:
        return input(text)
    except EOFError:
        return ""


def journey(engine: Engine, session: Session) -> str:
    """A finished talk as a journey file: the answers that stand, and where they end."""
    shown = engine.show(session)
    if shown is None:
        return ""
    position = engine.locate(shown.session)
    assert position is not None
    flow = engine.library.flows[shown.session.flow]
    lines = ["[[journey]]", f'name = "{flow.title}: say what this talk shows"', f'flow = "{flow.id}"', "answers = ["]
    for step, index in position.trail:
        lines.append(f'  ["{step}", "{flow.steps[step].options[index].id}"],')
    cards = ", ".join(f'"{card}"' for card in screen_cards(shown.texts))
    return "\n".join([*lines, "]", f'band = "{shown.band or ""}"', f"cards = [{cards}]", ""])
