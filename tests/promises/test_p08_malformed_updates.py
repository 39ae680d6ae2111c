"""Every malformed update gets a reply or a silent drop, never a crash or a stall."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from botprocess import PATIENCE_SECONDS
from faults import Nursery, bench
from sizes import MALFORMED, Report
from test_log import fits
from test_updates import UNKNOWN, mutants

DEEP: Any = "Zorblax"
for _ in range(200):
    DEEP = [DEEP]
BY_HAND: list[dict[str, Any]] = [
    *UNKNOWN,
    {"message": []}, {"message": "Zorblax"}, {"message": {"text": "Zorblax"}}, {"message": {"chat": "Zorblax"}},
    {"callback_query": {"data": "Zorblax" * 50, "message": DEEP}}, {"callback_query": {"from": None}},
    {"my_chat_member": {"chat": {"id": "Zorblax", "type": 5}}}, {"message": DEEP}, {"update_id": -1},
    {"update_id": "Zorblax", "message": {}}, {"update_id": None}, {"update_id": True},
    {"message": {"message_id": 1, "date": 10**30, "chat": {"id": 5, "type": "private"}, "from": {"id": 5}}},
]  # fmt: skip


def malformed(number: int) -> list[dict[str, Any]]:
    """The list made by hand, and mutants of sound updates up to so many."""
    made = [*BY_HAND, *mutants(number - len(BY_HAND))]
    random.Random(8).shuffle(made)
    return made


def test_malformed_updates_stop_nobody(tmp_path: Path, nursery: Nursery, progress: Report) -> None:
    """A real process, malformed updates in hundreds: after each batch somebody new is answered and what could be
    confirmed is, the process lives, and no line of its log holds anything of them."""
    with bench(nursery, tmp_path) as one:
        one.start()
        made = malformed(MALFORMED)
        for begin in range(0, len(made), 50):
            for update in made[begin : begin + 50]:
                one.api.push(json.loads(json.dumps(update)))
            person = one.api.user()
            person.send("/start")
            one.api.wait(lambda person=person: person.screen is not None, PATIENCE_SECONDS)
            assert one.ended() is None
            one.api.inbox.clear() if any("update_id" in update for update in made[begin : begin + 50]) else one.settle()
            progress(begin + 50, len(made))
        assert one.send(15) == 0
        assert all(fits(line) for line in one.lines())
        assert "Zorblax" not in one.output()
        assert "unhandled" not in {line["ev"] for line in one.lines()}
