"""The bot as a process: killed, given a wrong token or setting; and what others on the machine can see."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from botprocess import PATIENCE_SECONDS, BotProcess, bot_process
from botscene import FIRST_QUESTION, screen
from test_log import fits

from bot.simulator.botapi import LOCAL_TOKEN
from bot.simulator.faults import Fault
from bot.simulator.people import Person

SECRET = LOCAL_TOKEN.partition(":")[2]


def tap(process: BotProcess, person: Person, *buttons: str) -> None:
    for button in buttons:
        person.tap(button)
        process.settle()


def begin(process: BotProcess) -> Person:
    person = process.api.user(first_name="Zorblax")
    person.send("/start")
    process.settle()
    tap(process, person, "English", "Go on")
    assert screen(person) == FIRST_QUESTION
    return person


def log_lines(text: str) -> list[dict[str, object]]:
    """Every line printed, each of which must be one of the closed shape."""
    lines = [json.loads(line) for line in text.splitlines()]
    assert all(fits(line) for line in lines), text
    return lines


def test_killed_in_mid_flow_the_next_tap_goes_on_there(tmp_path: Path) -> None:
    """After kill -9 and a new start every open talk continues at its question, and nobody notices."""
    with bot_process(tmp_path) as process:
        process.start()
        people = [begin(process) for _ in range(5)]
        for person in people:
            tap(process, person, "Yes, it is safe", "Check my own life")
        before = [screen(person) for person in people]
        process.kill()
        for person in people:
            person.tap("Start")
        process.start()
        process.settle()
        for person, text in zip(people, before, strict=True):
            assert screen(person) != text
            tap(process, person, "Back")
            assert screen(person) == text
        tap(process, people[0], "Leave now")
        assert people[0].messages() == []
        assert process.stop() == 0
        log_lines(process.output())
    assert not list(process.api.wrong_calls)


def test_killed_while_an_update_is_handled_it_is_handled_again(tmp_path: Path) -> None:
    """The tap that was under way when the process died is answered by the next one."""
    with bot_process(tmp_path) as process:
        process.start()
        person = begin(process)
        process.api.plan("editMessageText", [Fault.silence(is_carried_out=False)])
        edits = sum(call.method == "editMessageText" for call in process.api.calls)
        person.tap("Someone may look")
        process.api.wait(lambda: sum(call.method == "editMessageText" for call in process.api.calls) > edits)
        process.kill()
        assert screen(person) == FIRST_QUESTION
        process.start()
        process.settle()
        assert screen(person).startswith("Tips:")


@pytest.mark.parametrize("token", ["7000000001:" + "Wrong0Wrong0" * 3, "7000000009:" + "B" * 35])
def test_a_wrong_token_ends_in_a_sentence_without_it(token: str, tmp_path: Path) -> None:
    """Exit code 2; the sentence names the setting; neither the token nor half of it is printed."""
    with bot_process(tmp_path, token=token) as process:
        child = process.launch()
        assert child.wait(PATIENCE_SECONDS) == 2
        said = process.output()
    assert "WAYMARK_TOKEN_FILE: holds a token that Telegram refuses. Put the current one in it.\n" in said
    assert token.partition(":")[2][:12] not in said
    assert "Traceback" not in said


def test_a_token_that_is_revoked_meanwhile_ends_it_likewise(tmp_path: Path) -> None:
    """A running bot whose token Telegram refuses stops with the same sentence and exit code."""
    with bot_process(tmp_path) as process:
        process.start()
        process.api.token = "7000000001:" + "another-token".ljust(35, "-")
        process.api.user().send("/start")
        assert process.child.wait(PATIENCE_SECONDS) == 2
        said = process.output()
    assert "WAYMARK_TOKEN_FILE: holds a token that Telegram refuses." in said
    assert SECRET not in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ({"WAYMARK_KEYS": "/no/such/folder"}, "WAYMARK_KEYS: "),
        ({"WAYMARK_TOKEN_FILE": "/no/such/file"}, "WAYMARK_TOKEN_FILE: "),
        ({"WAYMARK_COUNTRY": "ZZ"}, "WAYMARK_COUNTRY: "),
        ({"WAYMARK_TOKENFILE": "x"}, "WAYMARK_TOKENFILE: is no setting. "),
    ],
)
def test_a_wrong_setting_ends_in_a_sentence(setting: dict[str, str], says: str, tmp_path: Path) -> None:
    """Exit code 2 and one sentence, no trace."""
    with bot_process(tmp_path) as process:
        assert process.launch(**setting).wait(PATIENCE_SECONDS) == 2
        last = process.output().splitlines()[-1]
        assert last.startswith(says)
        assert "Traceback" not in process.output()
        assert not process.api.calls


def test_a_proxy_meant_for_the_internet_is_not_asked_for_this_machine(tmp_path: Path) -> None:
    """Where every connection goes through a proxy, the Bot API server of this machine is reached directly."""
    nowhere = "http://127.0.0.1:9"
    with bot_process(tmp_path) as process:
        process.start(HTTP_PROXY=nowhere, http_proxy=nowhere, ALL_PROXY=nowhere, HTTPS_PROXY=nowhere)
        assert begin(process)


def test_the_token_is_nowhere_to_be_seen(tmp_path: Path) -> None:
    """Not in the command line, not in the environment, not in any output while errors of all kinds happen."""
    with bot_process(tmp_path) as process:
        process.start()
        proc = Path(f"/proc/{process.child.pid}")
        assert SECRET.encode() not in (proc / "cmdline").read_bytes()
        try:
            environment = (proc / "environ").read_bytes()
        except PermissionError:
            environment = b""  # not even this account may look
        assert SECRET.encode() not in environment
        person = begin(process)
        for method in ("editMessageText", "answerCallbackQuery", "getUpdates", "deleteMessage", "sendMessage"):
            faults = [Fault(status=400, description="Bad Request: odd"), Fault.html(), Fault.reset(), Fault.server()]
            process.api.plan(method, faults if method != "getUpdates" else [Fault.html()])
        for text in ("one", "/help", "two"):
            person.send(text)
        process.settle()
        assert process.stop() == 0
        said = process.output()
    assert {"api_unreachable", "api_refused"} <= {str(line["ev"]) for line in log_lines(said)}
    assert not re.search(f"{re.escape(SECRET[:12])}|{LOCAL_TOKEN.partition(':')[0]}|Zorblax|http", said)
