"""Fixtures shared by all tests. What only reads is made once; whatever can change is made anew for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings
from stage import Clock, every_screen, open_talk
from valkeyserver import Server, valkey_server

from bot.config import Config
from bot.engine.engine import Engine
from bot.engine.session import Session
from bot.flow.model import Library
from bot.house import Content, read_content
from bot.talk import Talk

# No deadline: a slow machine is no fault. A failing example is printed so that it can be run again.
settings.register_profile("waymark", deadline=None, print_blob=True)
settings.load_profile("waymark")


@pytest.fixture(scope="session")
def content() -> Content:
    """Flows, words and contacts as they ship."""
    return read_content(Config())


@pytest.fixture(scope="session")
def library(content: Content) -> Library:
    """The flows that ship."""
    return content.library


@pytest.fixture(scope="session")
def engine(library: Library) -> Engine:
    """The engine over the flows that ship; what it remembers changes no result (test_engine.py)."""
    return Engine(library)


@pytest.fixture(scope="session")
def screens(engine: Engine) -> list[Session]:
    """A session for every state of every flow that some path reaches."""
    return list(every_screen(engine))


@pytest.fixture
def clock() -> Clock:
    """22 November 2026, 09:30 UTC, until a test moves it."""
    return Clock()


@pytest.fixture
def talk(content: Content, clock: Clock) -> Talk:
    """A talk in the United States, with known keys and numbers."""
    return open_talk(content, clock)


@pytest.fixture(scope="session")
def one_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real Valkey or Redis server; tests take it empty, as `valkey`."""
    with valkey_server(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture
def valkey(one_valkey: Server) -> Server:
    """A real Valkey or Redis server with nothing on it."""
    one_valkey.ask("FLUSHALL")
    return one_valkey
