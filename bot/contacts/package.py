"""Open Referral files on disk: JSON, a zip or a folder of tables; every bound holds before anything is unpacked."""

from __future__ import annotations

import csv
import io
import json
import stat
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from bot.errors import ContentError, Finding

from .bundle import READ, Bundle, Record, bundles, join
from .limits import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_MEMBERS,
    MAX_RATIO,
    MAX_RECORDS,
    MAX_UNPACKED,
    depth,
    read_bytes,
    read_text,
    refuse,
)
from .sheet import NUMBERS, escape, read_cell, read_rows

MANIFEST = "datapackage.json"
PLURALS = {"taxonomy_term": "taxonomy_terms", "service_area": "service_areas"}
EPOCH = (1980, 1, 1, 0, 0, 0)  # one date for all members, so that equal contents give equal files
_SMALL = 64 * 1024  # below this a ratio means nothing
Reader = Callable[[str], bytes]


def read_package(path: Path) -> list[Bundle]:
    """The services of a JSON file, of a zip or of a folder with tables."""
    if path.is_dir():
        members = {one.name: one for one in path.iterdir() if one.suffix.lower() in (".csv", ".json")}
        return _read_tables(members, lambda name: read_bytes(members[name]), path.name)
    if path.name == MANIFEST:
        return read_package(path.parent)
    if path.suffix.lower() == ".zip" or zipfile.is_zipfile(path):
        return _read_zip(path)
    return bundles(read_json(read_bytes(path), path.name), path.name)


def read_json(data: bytes, name: str) -> Any:
    """The value of a JSON file, refused when it is nested deeply, names a key twice or holds what is no JSON."""
    text = read_text(data, name)
    level = depth(text)
    if level > MAX_DEPTH:
        raise refuse(name, f"is nested {level} deep.", f"Stay within {MAX_DEPTH}.")
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except json.JSONDecodeError as error:
        where = f"{name} row {error.lineno}, column {error.colno}"
        raise refuse(where, f"is no JSON: {error.msg}.", "Export the file again.") from None
    except ValueError as error:
        raise refuse(name, f"cannot be read: {str(error)[:100]}.", "Export the file again.") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f'key "{next(key for key in keys if keys.count(key) > 1)}" is there twice')
    return found


def _constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _read_zip(path: Path) -> list[Bundle]:
    read_bytes(path)
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            _check_zip(infos, path.name)
            members = {PurePosixPath(info.filename).name: info for info in infos if not info.is_dir()}
            return _read_tables(members, lambda name: _unpack(archive, members[name], path.name), path.name)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, OSError) as error:
        raise refuse(path.name, f"cannot be unpacked: {error}.", "Pack the tables again as a plain zip.") from None


def _check_zip(infos: list[zipfile.ZipInfo], name: str) -> None:
    if len(infos) > MAX_MEMBERS:
        raise refuse(name, f"holds {len(infos)} files.", f"Pack at most {MAX_MEMBERS}: one for each table.")
    if sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise refuse(name, f"unpacks to more than {MAX_UNPACKED} bytes.", "Split it into smaller packages.")
    seen = set()
    for info in infos:
        where, pure = f"{name}: {info.filename}", PurePosixPath(info.filename)
        if pure.is_absolute() or ".." in pure.parts or "\\" in info.filename:
            raise refuse(where, "points out of the package.", "Pack the tables again.")
        if info.flag_bits & 1:
            raise refuse(where, "is encrypted.", "Pack the tables without a password.")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise refuse(where, "is a link.", "Pack the tables themselves.")
        if info.file_size > _SMALL and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise refuse(where, f"unpacks to over {MAX_RATIO} times its size.", "Pack the tables again.")
        if pure.name in seen and not info.is_dir():
            raise refuse(where, "is there twice.", "Pack each table once.")
        seen.add(pure.name)


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> bytes:
    """One member, never more than it may hold, whatever its header promises."""
    with archive.open(info) as member:
        data = member.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise refuse(f"{name}: {info.filename}", f"has more than {MAX_BYTES} bytes.", "Split it into smaller files.")
    return data


def _read_tables(members: Mapping[str, Any], read: Reader, name: str) -> list[Bundle]:
    paths = _paths(read_json(read(MANIFEST), f"{name}: {MANIFEST}"), name) if MANIFEST in members else {}
    tables: dict[str, list[Record]] = {}
    for table in READ:
        wanted = [paths.get(table), f"{table}.csv", f"{PLURALS.get(table, f'{table}s')}.csv"]
        file = next((one for one in wanted if one in members), None)
        if file is not None:
            tables[table] = _read_table(read(file), f"{name}: {file}")
    if "service" not in tables:
        raise refuse(name, "holds no table of services.", "Add services.csv, as HSDS 3.0 has it.")
    return join(tables, name)


def _paths(manifest: Any, name: str) -> dict[str, str]:
    """The file of each table, as the manifest names it; only tables that are read."""
    found = {}
    resources = manifest.get("resources") if isinstance(manifest, dict) else None
    for resource in resources if isinstance(resources, list) else ():
        title, path = (resource.get("name"), resource.get("path")) if isinstance(resource, dict) else (None, None)
        table = next((one for one in READ if title in (one, PLURALS.get(one, f"{one}s"))), None)
        if table is None:
            continue
        pure = PurePosixPath(path) if isinstance(path, str) else None
        if pure is None or pure.is_absolute() or ".." in pure.parts or "://" in str(path) or pure.suffix != ".csv":
            raise refuse(f"{name}: {MANIFEST}", f"names {path!r} for {table}.", "Name a .csv file of the package.")
        found[table] = pure.name
    return found


def _read_table(data: bytes, name: str) -> list[Record]:
    header, rows = read_rows(data, name, MAX_RECORDS)
    findings: list[Finding] = []
    records: list[Record] = []
    for number, cells in rows:
        if len(cells) != len(header):
            what = f"has {len(cells)} cells, but the first row has {len(header)}."
            findings.append(Finding(f"{name} row {number}", what, "Put texts with commas in quotation marks."))
            continue
        record = {}
        for column, text in zip(header, cells, strict=True):
            try:
                record[column] = read_cell(text, NUMBERS[0] if column == "number" else "name")
            except ValueError as error:
                findings.append(Finding(f"{name} row {number}, column {column}", *error.args))
        records.append(record)
    if findings:
        raise ContentError(findings)
    return records


def write_package(tables: Mapping[str, Iterable[Mapping[str, str]]]) -> bytes:
    """Tables as a zip with its manifest."""
    out = io.BytesIO()
    resources = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for table, records in tables.items():
            title, rows = PLURALS.get(table, f"{table}s"), list(records)
            fields = list(dict.fromkeys(key for row in rows for key in row))
            _add(archive, f"{title}.csv", _write_table(fields, rows))
            schema = {"fields": [{"name": name, "type": "string"} for name in fields]}
            resources.append(
                {"name": title, "path": f"{title}.csv", "profile": "tabular-data-resource", "schema": schema}
            )
        manifest = {"name": "waymark-contacts", "profile": "tabular-data-package", "resources": resources}
        _add(archive, MANIFEST, json.dumps(manifest, indent=2) + "\n")
    return out.getvalue()


def _write_table(fields: list[str], rows: list[Mapping[str, str]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(fields)
    for row in rows:
        writer.writerow([escape(row.get(field, ""), "phone" if field == "number" else "") for field in fields])
    return out.getvalue()


def _add(archive: zipfile.ZipFile, name: str, text: str) -> None:
    info = zipfile.ZipInfo(name, EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, text.encode())
