"""The publication folder: a period is put into words once, and those very bytes are handed out ever after."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.errors import WaymarkError

FOLDER = "released"


def freeze(data: Path, period: str, write: Callable[[], Mapping[str, str]]) -> dict[str, bytes]:
    """Name -> bytes of the files of a period; `write` is asked only the first time, its answer kept beside the counts.

    Raises WaymarkError where the folder cannot be written.
    """
    home = data / FOLDER / period
    if not home.is_dir():
        texts = write()
        new = home.with_name(f".{period}.new")
        try:
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir(parents=True, mode=0o755)
            for name, text in texts.items():
                (new / name).write_bytes(text.encode())
            new.rename(home)
        except OSError as error:
            raise WaymarkError(f"counts {period}", f"cannot be kept: {error.strerror}.", "Check the folder.") from None
    return {path.name: path.read_bytes() for path in sorted(home.iterdir())}


def hand_out(files: Mapping[str, bytes], out: Path) -> list[Path]:
    """Put frozen files into a folder. Raises WaymarkError, with nothing written, where another file has such a name."""
    for name, content in files.items():
        there = out / name
        if there.exists() and there.read_bytes() != content:
            what = "is there and differs from what was released."
            raise WaymarkError(str(there), what, "Move it away, or name another folder.")
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (out / name).write_bytes(content)
    except OSError as error:
        raise WaymarkError(str(out), f"cannot be written: {error.strerror}.", "Name another folder.") from None
    return [out / name for name in files]
