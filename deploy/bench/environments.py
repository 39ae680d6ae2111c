"""What the other foundations need, in folders that go with the bench: never in the product's own environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

THERE = Path(__file__).resolve().parent / "others"
KEPT = "BENCH_ENVIRONMENTS"  # a folder to keep them in from one bench to the next


def python_of(folder: Path, say: Callable[[str], None]) -> Path | None:
    """A Python with the libraries of others/requirements.txt; None where they cannot be had."""
    home = _home(folder) / "python"
    python = home / "bin" / "python"
    if not python.exists():
        say("making an environment for aiogram-dialog ...")
        wanted = ["-r", str(THERE / "requirements.txt")]
        pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "-q", *wanted]
        if not (_done([sys.executable, "-m", "venv", "--without-pip", str(home)]) and _done(pip)):
            shutil.rmtree(home, ignore_errors=True)
            say("aiogram-dialog is left out: it could not be installed.")
            return None
    return python


def node_folder(folder: Path, say: Callable[[str], None]) -> Path | None:
    """A folder with the packages of others/package.json; None where there is no Node, or they cannot be had."""
    home = _home(folder) / "node"
    if shutil.which("node") is None or shutil.which("npm") is None:
        say("grammY is left out: there is no Node on this machine.")
        return None
    if not (home / "node_modules").exists():
        say("making an environment for grammY ...")
        home.mkdir(parents=True, exist_ok=True)
        shutil.copy(THERE / "package.json", home)
        if not _done(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(home)]):
            shutil.rmtree(home, ignore_errors=True)
            say("grammY is left out: it could not be installed.")
            return None
    return home


def _home(folder: Path) -> Path:
    return Path(os.environ[KEPT]).resolve() if os.environ.get(KEPT) else folder


def _done(command: list[str]) -> bool:
    return subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
