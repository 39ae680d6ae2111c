"""Writing to contact files: a changed row in its place, new rows at the end, all files or none."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot.errors import WaymarkError

from .change import Plan
from .edit import edit
from .file import MAX_BYTES, MAX_ROWS, part_name
from .model import Contact, Country
from .read import MISPRINTS, files
from .table import table_of, write_rows

SPARE_BYTES = 16 * 1024  # left free in a file that is filled, for rows that grow
Texts = dict[Path, str]


def locate(folders: Iterable[Path]) -> dict[str, Path]:
    """The file of every row, by id."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in files(folder):
            if path.name != MISPRINTS:
                table = tomllib.loads(_text(path))
                found |= {row["id"]: path for row in table.get("contact", ()) if isinstance(row.get("id"), str)}
    return found


def stamp(folders: Sequence[Path], id: str, changes: Mapping[str, Any]) -> Path:
    """Change keys of one row in its file; the file that was changed."""
    path = locate(folders).get(id)
    if path is None:
        raise WaymarkError(id, "is no row of the directory.", "waymark contacts list --all names every row.")
    write({path: edit(_text(path), {id: changes})})
    return path


def texts(plan: Plan, folders: Sequence[Path], target: Path) -> Texts:
    """The files a plan changes and what will stand in them; new rows go to the target folder."""
    places, changed = locate(folders), plan.changed
    result: Texts = {}
    for path in dict.fromkeys(places[id] for id in changed):
        result[path] = edit(_text(path), {id: changes for id, changes in changed.items() if places[id] == path})
    rows: dict[str, list[Contact]] = {}
    for contact in plan.new:
        rows.setdefault(contact.country, []).append(contact)
    for code, contacts in rows.items():
        _append(result, plan.directory.countries[code], contacts, target)
    return result


def _append(result: Texts, country: Country, contacts: Sequence[Contact], target: Path) -> None:
    """Rows at the end of a country's last file, then in further files, each within its limits."""
    path = target / f"{country.code.lower()}.toml"
    while (target / part_name(path.stem)).exists():
        path = target / part_name(path.stem)
    text, room, rows = _open(result, path, country)
    parts: list[str] = []
    for contact in contacts:
        row = write_rows([table_of(contact)])
        size = len(row.encode())
        if size > room or rows >= MAX_ROWS:
            result[path] = text + "".join(parts)
            path, parts = target / part_name(path.stem), []
            text, room, rows = _open(result, path, country)
        parts.append(row)
        room, rows = room - size, rows + 1
    result[path] = text + "".join(parts)


def _open(result: Texts, path: Path, country: Country) -> tuple[str, int, int]:
    """The text of a file so far, the bytes left in it and the rows in it."""
    head = f'country = "{country.code}"\nnumber = {country.number}\n'
    text = result[path] if path in result else _text(path) if path.exists() else head
    if not text.endswith("\n"):
        text += "\n"
    return text, MAX_BYTES - SPARE_BYTES - len(text.encode()), text.count("[[contact]]")


def write(texts: Texts) -> None:
    """All of these files, or none: each is written beside its place, then all are moved, and moved back on an error."""
    for path, text in texts.items():
        tomllib.loads(text)
        if len(text.encode()) > MAX_BYTES:
            raise WaymarkError(
                path.name, f"would have more than {MAX_BYTES} bytes.", "Move rows to another file first."
            )
    before = {path: path.read_bytes() if path.exists() else None for path in texts}
    ready: dict[Path, Path] = {}
    moved: list[Path] = []
    try:
        for path, text in texts.items():
            ready[path] = path.with_name(f".{path.name}.new")
            _put(ready[path], text.encode(), path)
        for path, beside in ready.items():
            beside.replace(path)
            moved.append(path)
    except OSError as error:
        for path in moved:
            _restore(path, before[path])
        for beside in ready.values():
            with suppress(OSError):
                beside.unlink(missing_ok=True)
        name = Path(error.filename or "").name.removeprefix(".").removesuffix(".new") or "a contact file"
        raise WaymarkError(
            name, f"cannot be written: {error.strerror}.", "Nothing was changed. Free the way."
        ) from None


def _put(beside: Path, data: bytes, like: Path) -> None:
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if like.exists():
        beside.chmod(like.stat().st_mode & 0o777)


def _restore(path: Path, data: bytes | None) -> None:
    if data is None:
        path.unlink(missing_ok=True)
    else:
        path.write_bytes(data)


def _text(path: Path) -> str:
    """A file with its line ends as they are."""
    return path.read_bytes().decode("utf-8")
