"""Updates are parsed one by one: a malformed one breaks alone, a repeat is handled once, nothing spins."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path
from typing import Any

import msgspec
import pytest
from botloop import Stage, perform
from botscene import Scene, play, scene, screen

from bot.messenger.incoming import chat_of, read_update
from bot.messenger.updates import NOTHING_TO_DO_SECONDS, split

GOOD = {"message_id": 5, "date": 1, "chat": {"id": 9, "type": "private"}, "text": "fine"}
MALFORMED: list[dict[str, Any]] = [
    {"message": {"message_id": 1}},
    {"message": {"message_id": 1, "date": 1}},
    {"message": {"message_id": 1, "date": "x", "chat": {"id": 1, "type": "private"}}},
    {"message": {"message_id": 1, "date": 1, "chat": {"type": "private"}}},
    {"message": {"message_id": 1, "date": 1, "chat": 5}},
    {"message": {"message_id": 1, "date": 1, "chat": None, "text": "Zorblax"}},
    {"message": [1]},
    {"message": "Zorblax"},
    {"callback_query": {"id": "1"}},
    {"callback_query": {"id": "1", "from": {"id": 1}, "chat_instance": "1", "data": "Zorblax"}},
    {"callback_query": {"from": {"id": 1, "is_bot": False, "first_name": "Zorblax"}, "data": "x"}},
    {"my_chat_member": {"chat": {"id": 1, "type": "private"}}},
    {"message": GOOD | {"entities": [{"type": "bold"}]}},
    {"message": GOOD | {"from": {"first_name": "Zorblax"}}},
]


@pytest.mark.parametrize("broken", MALFORMED, ids=[f"{next(iter(one))} {n}" for n, one in enumerate(MALFORMED)])
def test_a_malformed_update_breaks_alone(broken: dict[str, Any]) -> None:
    """Those before and after it in the batch are handled, all are confirmed, and at most one bare line is logged."""

    async def act(stage: Stage) -> None:
        people = [stage.api.user() for _ in range(6)]
        for number, person in enumerate(people):
            if number == 3:
                stage.api.push(broken)
            person.send(f"good {number}")
        await stage.until(lambda: stage.api.is_drained)
        answered = sorted(name for name in stage.ended if name.startswith("good"))
        assert answered == [f"good {number}" for number in range(6)]
        assert stage.events() in ([], ["update_refused"])
        assert "Zorblax" not in stage.out.getvalue()

    perform(act)


def test_a_required_field_that_is_missing_is_told_by_its_kind_and_place() -> None:
    """The one line says where in our code it broke, and nothing of what was sent."""

    async def act(stage: Stage) -> None:
        stage.api.push({"message": {"message_id": 1, "text": "Zorblax"}})
        await stage.until(lambda: stage.api.is_drained)
        (line,) = map(json.loads, stage.out.getvalue().splitlines())
        assert line.pop("t")
        assert line.pop("at").startswith("messenger.updates:")
        assert line.pop("code") in ("KeyError", "TypeError", "other")
        assert line == {"lvl": "warning", "ev": "update_refused", "n": 1}

    perform(act)


UNKNOWN: list[dict[str, Any]] = [
    {},
    {"something_new": {"chat": {"id": 1}}},
    {"message": None},
    {"callback_query": None},
    {"edited_message": GOOD},
    {"channel_post": GOOD},
    {"callback_query": {
        "id": "1", "from": {"id": 9, "is_bot": False, "first_name": "A"}, "chat_instance": "1", "data": None,
    }},
    {"callback_query": {
        "id": "1", "from": {"id": 9, "is_bot": False, "first_name": "A"}, "chat_instance": "1", "data": "x",
        "inline_message_id": "5",
    }},
]  # fmt: skip


def test_unknown_kinds_and_empty_ones_are_dropped_without_a_call(tmp_path: Path) -> None:
    """What the bot did not ask for, and taps without data or message, get no answer and no log line."""

    async def act(stage: Scene) -> None:
        for one in UNKNOWN:
            stage.api.push(one)
        await stage.settle()
        assert stage.calls() == []
        assert stage.events() == ["start"]

    play(tmp_path, act)


def seeds(number: int) -> list[dict[str, Any]]:
    """Well-formed updates of one chat, one of each kind."""
    chat = {"id": number, "type": "private", "first_name": "Zorblax"}
    person = {"id": number, "is_bot": False, "first_name": "Zorblax", "language_code": "es"}
    message = {"message_id": 7, "date": 1_800_000_000, "chat": chat, "from": person, "text": "Zorblax"}
    shown = message | {"reply_markup": {"inline_keyboard": [[{"text": "Zorblax", "callback_data": "x"}]]}}
    return [
        {"message": message},
        {"message": message | {"contact": {"phone_number": "+1", "first_name": "Zorblax"}}},
        {"callback_query": {"id": "5", "from": person, "chat_instance": "1", "data": "h", "message": shown}},
        {"my_chat_member": {
            "chat": chat, "from": person, "date": 1, "old_chat_member": {"status": "member", "user": person},
            "new_chat_member": {"status": "kicked", "user": person, "until_date": 0},
        }},
    ]  # fmt: skip


def mutants(number: int) -> list[dict[str, Any]]:
    """Updates of as many chats with values removed, replaced or grown, the same ones every time."""
    rng = random.Random(20)
    strange = [
        None,
        "",
        "Zorblax",
        "x" * 9_000,
        0,
        -1,
        2**63,
        1.5,
        True,
        [],
        {},
        [None],
        {"id": None},
        "\ud800",
        "A" * 64,
    ]
    made = []
    for chat in range(number):
        update = rng.choice(seeds(31_000 + chat))
        for _ in range(rng.randint(1, 3)):
            inner = update
            key = next(iter(inner), "message")
            while isinstance(inner.get(key), dict) and inner[key] and rng.random() < 0.9:
                inner = inner[key]
                key = rng.choice(list(inner))
            if rng.random() < 0.3 and key in inner:
                del inner[key]
            else:
                inner[key] = rng.choice(strange)
        made.append(update)
    return made


def test_a_thousand_mutants_stop_nobody(tmp_path: Path) -> None:
    """After each fifty of them somebody else is served; nothing is unhandled, stuck or told in the log."""

    async def act(stage: Scene) -> None:
        made = mutants(1_000)
        for begin in range(0, len(made), 50):
            for one in made[begin : begin + 50]:
                stage.api.push(one)
            person = await stage.begin()
            assert screen(person)
        assert (
            {"update_refused"}
            <= set(stage.events())
            <= {"start", "update_refused", "update_failed", "group_left", "api_refused"}
        )
        assert "Zorblax" not in stage.out.getvalue()
        assert len(stage.calls()) > 300

    async def run() -> None:  # a mutant may well lead to a call with its own strange numbers
        async with scene(tmp_path) as stage:
            await act(stage)

    asyncio.run(run())


def test_a_repeat_under_the_same_number_is_handled_once() -> None:
    """Delivery is at least once; handling is once."""

    async def act(stage: Stage) -> None:
        number = stage.api.user(9).send("once")
        body = stage.api.inbox.waiting[0].body
        await stage.until(lambda: stage.api.is_drained)
        for _ in range(5):
            stage.api.push(body)
        stage.api.user(10).send("last")
        await stage.until(lambda: stage.api.is_drained)
        assert number
        assert stage.ended == ["once", "last"]

    perform(act)


def test_an_update_without_a_number_does_not_make_the_loop_spin() -> None:
    """What cannot be confirmed comes again and again; there is a second between the looks."""

    async def act(stage: Stage) -> None:
        stage.api.push({"update_id": None, "message": GOOD})
        await stage.until(lambda: len(stage.its.asked) == 1)
        for _ in range(20):
            await asyncio.sleep(0.001)
        assert len(stage.wire.polls) == 1
        assert stage.its.asked == [NOTHING_TO_DO_SECONDS] == [1.0]
        stage.api.user().send("good")
        await stage.until(lambda: stage.ended == ["good"], passing=1)

    perform(act)


def batch(*numbers: int) -> tuple[int, bytes]:
    result = [{"update_id": number, "message": GOOD | {"text": f"{number}"}} for number in numbers]
    return 200, json.dumps({"ok": True, "result": result}).encode()


def test_numbers_that_begin_anew_lower_are_served_and_confirmed() -> None:
    """After a week without updates Telegram may count from a lower number: what comes again is confirmed by that."""

    async def run() -> None:
        stage = Stage()
        stage.wire.instead.extend([batch(900), *[batch(70, 71)] * 4])
        polling = asyncio.create_task(stage.poller.run())
        await stage.until(lambda: any("offset=72&" in url for url in stage.wire.polls), passing=1)
        await stage.poller.stop(1)
        await polling
        assert stage.ended == ["900", "70", "71"]

    asyncio.run(run())


def test_after_a_bad_request_the_loop_asks_for_whatever_there_is() -> None:
    """An offset Telegram does not take is given up; what was handled already is not handled twice."""

    async def run() -> None:
        stage = Stage()
        refused = 400, b'{"ok": false, "error_code": 400, "description": "Bad Request: offset is in the future"}'
        stage.wire.instead.extend([batch(900), refused, batch(900, 5)])
        polling = asyncio.create_task(stage.poller.run())
        await stage.until(lambda: stage.ended == ["900", "5"], passing=1)
        await stage.poller.stop(1)
        await polling
        assert "offset=0&" in stage.wire.polls[2]

    asyncio.run(run())


@pytest.mark.parametrize("raw", [*MALFORMED, *UNKNOWN], ids=str)
def test_whatever_its_shape_an_update_is_read_or_refused(raw: dict[str, Any]) -> None:
    """Of what can be read a chat's number comes out, 0 where there is none; all else is one error, told as one."""
    try:
        update = read_update(json.dumps({"update_id": 1, **raw}).encode())
    except msgspec.DecodeError:
        return
    assert isinstance(chat_of(update), int)


def test_an_update_that_breaks_its_batch_breaks_alone() -> None:
    """Half a sign in one text makes the whole answer unreadable; the others are told apart from it all the same."""
    odd = {"update_id": 8, "message": GOOD | {"text": "Zorblax \ud800"}}
    body = json.dumps({"ok": True, "result": [{"update_id": 7, "message": GOOD}, odd, {"update_id": None}]}).encode()
    apart = split(body)

    assert apart is not None
    assert [number for number, _ in apart] == [7, 8, None]
    assert read_update(apart[0][1]).message is not None
    with pytest.raises(msgspec.DecodeError):
        read_update(apart[1][1])
