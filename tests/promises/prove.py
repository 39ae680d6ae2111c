"""Take away what keeps each promise, one control after the other, and see that its test notices.

    make prove                 all of removals.toml
    make prove PROVE="--only P24"

The tree is copied to a temporary folder and changed there. Exit code 1 where a test stayed green, 2 where a removal no
longer fits the program: then mend its passage in removals.toml.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SKIPPED = (".git", ".venv", "__pycache__", ".*_cache", ".hypothesis", "*.egg-info", "build")


@dataclass(frozen=True)
class Removal:
    """One passage of one file that is replaced. gone: what that takes away. red: the test that must fail then."""

    promise: str
    gone: str
    file: str
    find: str
    put: str
    red: str

    @contextmanager
    def made_in(self, tree: Path) -> Iterator[None]:
        """The tree without this control."""
        path = tree / self.file
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(self.find, self.put), encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(text, encoding="utf-8")


def read(path: Path = HERE / "removals.toml") -> list[Removal]:
    return [Removal(**each) for each in tomllib.loads(path.read_text(encoding="utf-8"))["removal"]]


def misfits(removals: list[Removal], tree: Path = ROOT) -> list[str]:
    """Removals whose passage does not stand in its file exactly once, or whose test is not there."""
    found = []
    for one in removals:
        times = (tree / one.file).read_text(encoding="utf-8").count(one.find)
        if times != 1 or one.find == one.put:
            found.append(f"{one.promise}: {one.file} holds the passage {times} times, not once: {one.find!r}")
        file, _, name = one.red.partition("::")
        path = tree / "tests" / "promises" / file
        if not path.exists() or f"def {name.partition('[')[0]}(" not in path.read_text(encoding="utf-8"):
            found.append(f"{one.promise}: there is no test {one.red}")
    return found


def is_red(removal: Removal, tree: Path) -> bool:
    """Whether the test fails, by its own doing: an error while it is read or prepared proves nothing."""
    command = [sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:cacheprovider", "-rf", "-x",
               f"tests/promises/{removal.red}"]  # fmt: skip
    settings = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"}
    with removal.made_in(tree):
        done = subprocess.run(command, cwd=tree, env=settings, capture_output=True, text=True)
    return done.returncode == 1 and re.search(r"^FAILED ", done.stdout, re.MULTILINE) is not None


def main() -> int:
    parser = argparse.ArgumentParser(description="Take away the controls one by one; each must turn a test red.")
    parser.add_argument("--only", metavar="P24", default="", help="the removals of one promise")
    only = parser.parse_args().only.upper()
    removals = [one for one in read() if one.promise == (only or one.promise)]
    if wrong := misfits(removals):
        print(*wrong, sep="\n", file=sys.stderr)
        return 2
    green = 0
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "waymark"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*SKIPPED))
        for one in sorted(removals, key=lambda one: one.promise):
            began = time.monotonic()
            red = is_red(one, tree)
            green += not red
            words = "red" if red else "GREEN"
            print(f"{one.promise}  {words:<5}  {time.monotonic() - began:4.0f} s  without {one.gone}", flush=True)
            if not red:
                print(f"       stayed green: {one.red}", flush=True)
    print(f"{len(removals) - green} of {len(removals)} removals were noticed")
    return 1 if green or not removals else 0


if __name__ == "__main__":
    sys.exit(main())
