"""Who may import whom. Rooms know only what lies below them; each third-party library lives in one place."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / "bot").rglob("*.py"))

# A room and what it may know of the house; deeper names narrow what they open. Every room is listed.
ARROWS: dict[str, tuple[str, ...]] = {
    "bot.errors": (),
    "bot.log": (),
    "bot.notify": (),
    "bot.flow": ("bot.errors", "bot.flow"),
    "bot.engine": ("bot.errors", "bot.flow", "bot.engine"),
    "bot.seal": ("bot.engine.session", "bot.seal"),
    "bot.contacts": ("bot.errors", "bot.flow.hygiene", "bot.contacts"),
    "bot.counts": ("bot.errors", "bot.counts"),
    "bot.volatile": ("bot.errors", "bot.volatile", "bot.counts.once", "bot.counts.tally"),
    "bot.texts": ("bot.errors", "bot.flow", "bot.engine", "bot.contacts", "bot.seal.static", "bot.texts"),
    "bot.talk": ("bot.engine", "bot.seal", "bot.texts", "bot.plan", "bot.counts.once", "bot.counts.tally"),
    "bot.plan": ("bot.engine", "bot.seal", "bot.texts", "bot.counts.tally"),
    "bot.config": ("bot.errors", "bot.flow.model"),
    "bot.simulator": ("bot.errors", "bot.simulator"),
}
TOOLS = {"bot/texts/order.py": "bot.config"}  # run by a maintainer, by hand: its own composition root
OUTSIDE = ("bot.messenger", "bot.simulator")  # what reaches people; nothing below may know it
DOORS = ("bot.cli", "bot.verbs", "bot.__main__")  # the composition root, which alone opens them

# A third-party library and the files it may be imported in.
HOMES: dict[str, tuple[str, ...]] = {
    "transitions": ("bot/engine/machine.py",),
    "cryptography": ("bot/seal/token.py",),
    "sqlite_utils": ("bot/counts/ledger.py",),
    "babel": ("bot/texts/",),
    "phonenumbers": ("bot/contacts/",),
    "telegram": ("bot/messenger/",),
    "msgspec": ("bot/messenger/",),
    "httptools": ("bot/messenger/client.py", "bot/messenger/door.py"),
    "certifi": ("bot/messenger/client.py",),
    "uvloop": ("bot/messenger/line.py",),
    "starlette": ("bot/simulator/",),
    "uvicorn": ("bot/simulator/",),
    "httpx": ("bot/simulator/",),
    "redis": ("bot/volatile/opening.py",),
    "click": ("bot/cli.py", "bot/verbs/", "bot/terminal.py"),
}
CLOCKS = {"time", "datetime", "random", "secrets", "uuid", "os", "socket", "threading", "asyncio"}
NOW = {"now", "utcnow", "today", "monotonic", "perf_counter", "time_ns"}
KEEPS_TIME = ("bot/house.py", "bot/messenger/", "bot/simulator/", "bot/cli.py")


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Everything in a file's syntax tree."""
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def imports(path: Path) -> Iterator[str]:
    """Every module a file imports, in functions and for type checking too, as full names."""
    here = path.relative_to(ROOT).with_suffix("").parts
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(here[: -node.level]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            yield from (f"{module}.{alias.name}" for alias in node.names)


def room(path: Path) -> str:
    """The room a file belongs to: `bot.flow`, or the module itself where it stands alone."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts[:2])


def lies_in(module: str, places: tuple[str, ...]) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


def of_the_house(module: str) -> bool:
    return module.partition(".")[0] == "bot"


def test_the_tests_see_the_files() -> None:
    """The checks below look at real files: every room of the table is there."""
    assert set(ARROWS) <= {room(path) for path in FILES}


@pytest.mark.parametrize("name", ARROWS)
def test_a_room_knows_only_what_lies_below(name: str) -> None:
    """Each import of the house that a room makes is on its list."""
    files = [path for path in FILES if room(path) == name]
    strange = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in files
        for module in imports(path)
        if of_the_house(module) and not lies_in(module, (*ARROWS[name], TOOLS.get(str(path.relative_to(ROOT)), name)))
    }

    assert strange == set()


def test_nothing_below_knows_the_messenger_or_the_simulator() -> None:
    """Only the command line opens the two doors to people; neither opens the other."""
    knowing = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in FILES
        for module in imports(path)
        for door in OUTSIDE
        if lies_in(module, (door,)) and room(path) not in (*DOORS, door)
    }

    assert knowing == set()


@pytest.mark.parametrize("library", HOMES)
def test_a_library_has_one_home(library: str) -> None:
    """A third-party library is imported in its own file or folder, and there it is imported."""
    users = {
        str(path.relative_to(ROOT))
        for path in FILES
        if any(module.partition(".")[0] == library for module in imports(path))
    }

    assert users
    assert {user for user in users if not user.startswith(HOMES[library])} == set()


def test_no_library_is_imported_that_has_no_home() -> None:
    """Everything that is neither Python's nor ours is on the list of libraries with a home."""
    known = {*sys.stdlib_module_names, *HOMES, "bot"}
    strange = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in FILES
        for module in imports(path)
        if module.partition(".")[0] not in known
    }

    assert strange == set()


@pytest.mark.parametrize("name", ["bot.flow", "bot.engine"])
def test_flow_and_engine_know_no_clock_and_no_chance(name: str) -> None:
    """What is on screen hangs on the session alone: no time, randomness, environment or thread is near it."""
    found = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in FILES
        if room(path) == name
        for module in imports(path)
        if module.partition(".")[0] in CLOCKS
    }

    assert found == set()


def test_flow_imports_nothing_but_python_itself() -> None:
    """The rooms of flow files need no third-party library."""
    found = {
        module
        for path in FILES
        if room(path) == "bot.flow"
        for module in imports(path)
        if not of_the_house(module) and module.partition(".")[0] not in sys.stdlib_module_names
    }

    assert found == set()


def test_only_the_edges_ask_what_time_it_is() -> None:
    """Logic is told the time. A call on a module or class of dates happens at the edges alone."""
    asking = set()
    for path in FILES:
        place = str(path.relative_to(ROOT))
        for node in nodes(path):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in NOW:
                continue
            owner = node.func.value
            if (
                isinstance(owner, ast.Name)
                and owner.id in ("datetime", "date", "time")
                and not place.startswith(KEEPS_TIME)
            ):
                asking.add(f"{place}:{node.lineno}")

    assert asking == set()


def test_only_the_messenger_and_the_simulator_await() -> None:
    """Everything else is plain functions, so that it can be tested without a loop."""
    waiting = {
        str(path.relative_to(ROOT))
        for path in FILES
        for node in nodes(path)
        if isinstance(node, ast.AsyncFunctionDef | ast.Await)
    }

    assert {place for place in waiting if not place.startswith(("bot/messenger/", "bot/simulator/"))} == set()
