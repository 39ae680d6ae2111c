"""What is remembered for minutes: limits, one screen a chat, what lies about, updates seen. Time is passed in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sharing import Replicas

from bot.volatile.local import (
    BUCKET,
    CARD_SECONDS,
    HELP_EVERY_SECONDS,
    IDLE_SECONDS,
    LEFT_SECONDS,
    MOST_LYING,
    MOST_UPDATES,
    REFILL_PER_SECOND,
    TYPED_COST,
    WORKER_IDLE_SECONDS,
    Local,
)  # fmt: skip
from bot.volatile.valkey import CLAIM_SECONDS

CHAT, OTHER = 7, 8
Memory = Local | Replicas


@pytest.fixture
def local() -> Local:
    return Local()


@pytest.fixture(params=["alone", "replicas"])
def memory(request: pytest.FixtureRequest) -> Iterator[Memory]:
    """What one process remembers, and what two of them remember together: the same rules hold."""
    if request.param == "alone":
        yield Local()
        return
    replicas = Replicas(request.getfixturevalue("valkey"))
    yield replicas
    replicas.close()


def served(memory: Memory, chat: int, now: float, times: int, is_help: bool = False) -> int:
    return sum(memory.allows(chat, now, is_help) for _ in range(times))


def test_ten_at_once_then_one_every_two_seconds(memory: Memory) -> None:
    """The bucket holds ten and refills by one in two seconds, up to ten and no more."""
    assert served(memory, CHAT, 100.0, 30) == BUCKET
    assert served(memory, CHAT, 101.9, 1) == 0
    assert served(memory, CHAT, 102.3, 1) == 1
    assert served(memory, CHAT, 120.3, 30) == 18 * REFILL_PER_SECOND
    assert served(memory, CHAT, 9_999.0, 30) == BUCKET


def test_who_goes_on_past_the_limit_waits_longer(memory: Memory) -> None:
    """Ten tries a second get nothing more as long as they last; soon after they end a tap is served."""
    served(memory, CHAT, 100.0, 30)

    assert sum(memory.allows(CHAT, 100.0 + tenth / 10) for tenth in range(600)) == 0
    assert served(memory, CHAT, 162.2, 1) == 1


def test_chats_are_limited_apart(memory: Memory) -> None:
    """One chat's rush takes nothing from another."""
    served(memory, CHAT, 100.0, 1_000)

    assert served(memory, OTHER, 100.0, 30) == BUCKET


def test_help_is_served_past_the_limit(memory: Memory) -> None:
    """Once per five seconds, also right after the limit is reached; it takes nothing that others could have had."""
    served(memory, CHAT, 100.0, 30)

    assert served(memory, CHAT, 100.0, 5, is_help=True) == 1
    assert served(memory, CHAT, 100.0 + HELP_EVERY_SECONDS - 3.5, 5, is_help=True) == 0
    assert served(memory, CHAT, 100.0 + HELP_EVERY_SECONDS, 5, is_help=True) == 3
    assert served(memory, CHAT, 100.0 + HELP_EVERY_SECONDS, 5) == 0


def test_leaving_what_is_shown_is_always_allowed(memory: Memory) -> None:
    """Past any limit, as long as it was not left yet, and without taking help's turn; it takes what taps there were."""
    memory.keep_screen(CHAT, 50, 100.0)
    assert all(memory.allows(CHAT, 100.0, is_leave=True) for _ in range(50))
    assert served(memory, CHAT, 100.0, 5) == 0
    assert served(memory, CHAT, 100.0, 5, is_help=True) == 1


def test_leaving_again_and_again_is_limited(memory: Memory) -> None:
    """With nothing shown since, once per five seconds past the limit; a screen makes it free again."""
    served(memory, CHAT, 100.0, 30)
    memory.leave(CHAT, 100.0)
    assert not memory.allows(CHAT, 104.9, is_leave=True, cost=BUCKET)
    assert memory.allows(CHAT, 105.0, is_leave=True, cost=BUCKET)
    memory.leave(CHAT, 105.0)
    memory.keep_screen(CHAT, 50, 105.1)
    assert memory.allows(CHAT, 105.2, is_leave=True, cost=BUCKET)


def test_what_is_typed_costs_more_than_a_tap(memory: Memory) -> None:
    """Three in a rush, and one tap is left; a fourth has to wait until three taps' time has passed."""
    assert sum(memory.allows(CHAT, 100.0, cost=TYPED_COST) for _ in range(3)) == BUCKET // TYPED_COST == 3
    assert served(memory, CHAT, 100.0, 5) == 1
    assert not memory.allows(CHAT, 105.9, cost=TYPED_COST)
    assert memory.allows(CHAT, 106.3, cost=TYPED_COST)


def test_a_chat_counts_as_left_for_a_moment(memory: Memory) -> None:
    """Ten seconds, kept that long though the chat has no screen, and over as soon as a screen is shown."""
    memory.keep_screen(CHAT, 50, 100.0)
    assert not memory.has_left(CHAT, 100.0)
    memory.leave(CHAT, 100.0)
    memory.idle(100.0 + LEFT_SECONDS - 1)
    assert memory.screen(CHAT) == 0
    assert memory.has_left(CHAT, 100.0 + LEFT_SECONDS - 1)
    assert not memory.has_left(CHAT, 100.0 + LEFT_SECONDS)
    memory.leave(CHAT, 200.0)
    memory.keep_screen(CHAT, 51, 201.0)
    assert not memory.has_left(CHAT, 201.0)


def test_the_card_is_remembered_for_a_moment(memory: Memory) -> None:
    """Thirty seconds, on a screen that is there; leaving forgets it."""
    memory.keep_card(CHAT, 100.0)
    assert not memory.has_card(CHAT, 100.0)
    memory.keep_screen(CHAT, 50, 100.0)
    memory.keep_card(CHAT, 100.0)
    assert memory.has_card(CHAT, 100.0 + CARD_SECONDS - 1)
    assert not memory.has_card(CHAT, 100.0 + CARD_SECONDS)
    memory.leave(CHAT, 101.0)
    assert not memory.has_card(CHAT, 101.0)


def test_forgetting_a_screen_does_not_refill(memory: Memory) -> None:
    """Who leaves is as limited as before."""
    served(memory, CHAT, 100.0, 30)
    memory.forget(CHAT)

    assert served(memory, CHAT, 100.0, 30) == 0


@pytest.mark.parametrize(("worker", "seconds"), [(False, IDLE_SECONDS), (True, WORKER_IDLE_SECONDS)])
def test_a_screen_is_idle_after_its_time(memory: Memory, worker: bool, seconds: float) -> None:
    """Fifteen minutes after it was last shown, a worker's after an hour, and until it is said to be blank."""
    memory.keep_screen(CHAT, 50, 100.0, worker)

    assert memory.idle(100.0 + seconds - 1) == []
    assert memory.idle(100.0 + seconds) == [(CHAT, 50)]
    again = 100.0 + seconds + CLAIM_SECONDS  # replicas leave it to the one that was told first for so long
    assert memory.idle(again) == [(CHAT, 50)]
    memory.blanked(CHAT, 50, again)
    assert memory.idle(again + CLAIM_SECONDS) == []
    assert memory.screen(CHAT) == 0


def test_a_screen_used_while_it_was_blanked_is_kept(memory: Memory) -> None:
    """The person came back in that very moment: the screen is theirs again."""
    memory.keep_screen(CHAT, 50, 100.0)
    (idle,) = memory.idle(100.0 + IDLE_SECONDS)
    memory.keep_screen(CHAT, 50, 100.0 + IDLE_SECONDS)
    memory.blanked(*idle, 100.0 + IDLE_SECONDS)

    assert memory.screen(CHAT) == 50


def test_another_screen_is_not_forgotten_for_the_one_that_went_blank(memory: Memory) -> None:
    """Only the message that was blanked is forgotten."""
    memory.keep_screen(CHAT, 50, 100.0)
    memory.keep_screen(CHAT, 51, 100.0)
    memory.blanked(CHAT, 50, 9_999.0)

    assert memory.screen(CHAT) == 51


def test_nothing_of_a_chat_outlives_its_use(local: Local) -> None:
    """Without a screen a chat is dropped from memory as soon as its taps are refilled."""
    served(local, CHAT, 100.0, 30)
    local.keep_screen(CHAT, 50, 100.0)
    local.forget(CHAT)
    local.idle(100.0 + BUCKET / REFILL_PER_SECOND - 1)
    assert len(local._chats) == 1
    local.idle(100.0 + BUCKET / REFILL_PER_SECOND)

    assert len(local._chats) == 0


def test_too_many_chats_push_out_the_oldest() -> None:
    """Memory is bounded; who came last is kept."""
    local = Local(most_chats=100)
    for chat in range(1, 301):
        local.keep_screen(chat, chat, 100.0)
        local.lay(chat, 5)

    assert [local.screen(chat) for chat in (1, 200, 201, 300)] == [0, 0, 201, 300]
    assert len(local.lying()) == 100


def test_a_screen_pushed_out_of_memory_goes_blank_at_once() -> None:
    """It is told as idle until it is blank, or used again; a chat without a screen is just forgotten."""
    local = Local(most_chats=2)
    local.keep_screen(1, 10, 100.0)
    local.keep_screen(2, 20, 100.0)
    local.allows(3, 100.0)
    local.allows(4, 100.0)
    local.allows(5, 100.0)
    assert local.idle(100.0) == [(1, 10), (2, 20)]
    local.blanked(1, 10, 100.0)
    local.keep_screen(2, 20, 100.0)
    assert local.idle(100.0) == []


def test_screens_that_are_owed_are_bounded() -> None:
    """Of more than there may be chats, the newest stay; no screen is owed nothing."""
    local = Local(most_chats=3)
    for chat in range(1, 10):
        local.owe(chat, 5)
    local.owe(10, 0)
    assert local.idle(100.0) == [(7, 5), (8, 5), (9, 5)]


def test_what_lies_about_is_told_once(local: Local) -> None:
    """By chat, in order, at most as many as one call removes, the newest."""
    for number in range(MOST_LYING + 20):
        local.lay(CHAT, number)
    local.lay(OTHER, 1)

    assert local.lying() == [(CHAT, list(range(20, MOST_LYING + 20))), (OTHER, [1])]
    assert local.lying() == []


def test_an_update_is_new_once(local: Local) -> None:
    """The last ten thousand numbers are remembered, older ones are not."""
    assert [local.is_new(number) for number in (1, 2, 1, 2)] == [True, True, False, False]
    for number in range(3, MOST_UPDATES + 2):
        assert local.is_new(number)
    assert local.is_new(1)
    assert not local.is_new(MOST_UPDATES + 1)
