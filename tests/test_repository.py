"""What a stranger who clones the repository relies on: locked lists, a light command, nothing of anybody's machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot.config import ROOT

RUNTIME, TEST, BUILD = (f"requirements{part}.lock" for part in ("", "-test", "-build"))
TOP = {"pyproject.toml", "bot", "flows", "locales", "tests", "deploy", "README.md", "CHANGELOG.md", "LICENSE",
       "Makefile", ".ci", ".gitignore"}  # fmt: skip
HEAVY = {"telegram", "httpx", "babel", "starlette", "uvicorn", "cryptography", "phonenumbers", "sqlite_utils",
         "sqlite3", "transitions", "asyncio"}  # fmt: skip
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = (("linux", "Linux"), ("darwin", "Darwin"))
MACHINE = re.compile(r"(?<![\w.-])/(?:work|root|home|Users|mnt|tmp|opt(?!/waymark))/[\w.-]|\b[A-Z]:\\\w")
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def lock(name: str) -> dict[str, tuple[str, list[str]]]:
    """Distribution -> version and hashes."""
    text = (ROOT / "deploy" / name).read_text(encoding="utf-8").replace("\\\n", " ")
    found: dict[str, tuple[str, list[str]]] = {}
    for line in text.splitlines():
        if match := re.match(r"([\w.-]+)==(\S+)(.*)", line):
            found[canonicalize_name(match[1])] = (match[2], re.findall(r"--hash=sha256:([0-9a-f]{64})", match[3]))
    return found


def tracked() -> list[Path]:
    """Files of the repository, those not yet committed included; found without git where that is missing."""
    if shutil.which("git") and (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        paths = [ROOT / name for name in listed.split("\0") if name]
    else:
        skipped = {"__pycache__", "build"}
        paths = [
            path
            for path in ROOT.rglob("*")
            if not any(
                part in skipped or part.endswith(".egg-info") or (part.startswith(".") and part not in TOP)
                for part in path.relative_to(ROOT).parts
            )
        ]
    return sorted(path for path in paths if path.is_file())


# -- lists of distributions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [RUNTIME, TEST, BUILD])
def test_lists_name_hashes_and_no_address(name: str) -> None:
    """Every entry is pinned to a version with at least one hash; no address, option or path stands between them."""
    text = (ROOT / "deploy" / name).read_text(encoding="utf-8")
    entries = lock(name)
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith(("#", "--hash="))]

    assert entries
    assert [entry for entry, (_, hashes) in entries.items() if not hashes] == []
    assert len(lines) == len(entries), "a line that is neither an entry nor a hash"
    assert "://" not in text
    assert not re.search(r"^\s*-(?!-hash=)", text, re.MULTILINE), "an option beside --hash"


def test_every_dependency_is_locked_at_a_version_that_is_allowed() -> None:
    """What pyproject.toml asks for stands in the list it belongs to, within its bounds."""
    wanted = [(RUNTIME, each) for each in SETTINGS["dependencies"]]
    wanted += [(TEST, each) for each in (*SETTINGS["dependencies"], *SETTINGS["optional-dependencies"]["test"])]
    wrong = []
    for name, text in wanted:
        asked, locked = Requirement(text), lock(name)
        version, _ = locked.get(canonicalize_name(asked.name), ("", []))
        if not version or not asked.specifier.contains(version):
            wrong.append(f"{name}: {text} is locked at {version or 'nothing'}")

    assert wrong == []


def test_what_runs_is_tested() -> None:
    """The tests run on exactly the versions that the bot runs on."""
    runtime, test = lock(RUNTIME), lock(TEST)

    assert [name for name, entry in runtime.items() if test.get(name) != entry] == []


def test_the_running_bot_brings_no_test_tools() -> None:
    """The runtime list holds what its direct dependencies lead to and nothing else, on every Python and system."""
    reached: set[str] = set()
    waiting = [Requirement(each) for each in SETTINGS["dependencies"]]
    while waiting:
        asked = waiting.pop()
        reached.add(canonicalize_name(asked.name))
        for text in asked_by(asked):
            if (next_one := Requirement(text)) and canonicalize_name(next_one.name) not in reached:
                waiting.append(next_one)

    assert sorted(reached ^ lock(RUNTIME).keys()) == []


def asked_by(asked: Requirement) -> list[str]:
    """What a distribution asks for with these extras, on any Python and system we name."""
    try:
        listed = requires(asked.name) or []
    except PackageNotFoundError:
        return []  # it belongs to a Python or system that this is not; the list must name it all the same
    here = {key: str(value) for key, value in default_environment().items()}
    environments = [
        here | {"python_version": python, "python_full_version": f"{python}.0", "sys_platform": platform,
                "platform_system": system, "extra": extra}
        for python in PYTHONS for platform, system in SYSTEMS for extra in ("", *asked.extras)
    ]  # fmt: skip
    return [
        text
        for text in listed
        if (marker := Requirement(text).marker) is None or any(marker.evaluate(each) for each in environments)
    ]


def test_every_distribution_has_a_reason() -> None:
    """The table of deploy/README.md names each distribution of the runtime list once, whence it comes and why."""
    text = (ROOT / "deploy" / "README.md").read_text(encoding="utf-8")
    table = text[text.index("## Every distribution") :]
    rows = re.findall(r"^\| `([\w.-]+)` \| ([^|]+) \| ([^|]+) \|$", table, re.MULTILINE)
    direct = {canonicalize_name(Requirement(each).name) for each in SETTINGS["dependencies"]}

    assert sorted(name for name, _, _ in rows) == sorted(lock(RUNTIME))
    assert {name for name, whence, _ in rows if whence == "direct"} == direct
    assert all(reason.strip() for _, _, reason in rows)


# -- the command and the tree ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["locale", "status", "--help"], ["--version"]])
def test_asking_for_help_loads_no_heavy_library(words: list[str]) -> None:
    """`waymark --help` answers without Telegram, Babel, SQLite, a web server or a cipher."""
    script = (
        "import sys\nfrom bot.cli import main\n"
        f"main({words!r}, standalone_mode=False)\nprint('loaded', *sorted(sys.modules), sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    said, _, loaded = done.stdout.partition("loaded\n")

    assert said.strip()
    assert sorted({name.partition(".")[0] for name in loaded.split()} & HEAVY) == []


def test_nothing_of_a_machine_is_in_the_tree() -> None:
    """No tracked file names a folder of somebody's machine."""
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in MACHINE.finditer(text)]

    assert found == []


def test_the_root_holds_what_it_should() -> None:
    """The top of the tree has the agreed files and folders, each of them, and no others."""
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} == TOP


def test_continuous_integration_runs_what_people_run() -> None:
    """`.ci/run` is executable, stops at the first fault and calls `make test` with CI=true."""
    script = ROOT / ".ci" / "run"
    lines = script.read_text(encoding="utf-8").splitlines()

    assert lines[0] == "#!/usr/bin/env bash"
    assert "set -euo pipefail" in lines
    assert "export CI=true" in lines
    assert lines[-1] == "exec make test"
    assert os.access(script, os.X_OK)
