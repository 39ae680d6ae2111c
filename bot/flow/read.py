"""Read flow files: TOML in, a frozen Library out, every mistake of every file reported together."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.errors import ContentError, Finding
from bot.flow.digest import digest_of
from bot.flow.hygiene import too_heavy
from bot.flow.local import join_local
from bot.flow.model import BANDS, RESULTS, Card, Flow, Library, Licence, Outcomes, Rule, Step
from bot.flow.shape import Shape, near
from bot.flow.step import Common, read_common, read_step

MAX_BYTES = 256_000
MAX_DEPTH = 12
MAX_ENTRIES = 5_000

FLOW_KEYS = {
    "id": str, "title": str, "family": str, "scoring": str, "minutes": int, "audience": str, "purpose": str,
    "start": str, "outcomes": str, "minor_outcomes": str, "none_route": str, "early_stop": bool, "quiet_stop": bool,
    "pauses": bool, "grants": str, "needs": str, "cut_off": int, "counts": str, "version": str, "minor_rule": str,
    "administration": str, "languages": list, "results": dict, "serves": str, "instrument": str, "owner": str,
    "licence": str, "citation": str, "validated": bool, "visibility": str, "step": list,
}  # fmt: skip
LICENCE_KEYS = ("instrument", "owner", "licence", "citation", "validated", "visibility")
FLOW_PLAIN = ("title", "family", "scoring", "minutes", "audience", "purpose", "outcomes", "minor_outcomes",
              "none_route", "early_stop", "quiet_stop", "pauses", "grants", "needs", "cut_off", "counts",
              "serves")  # fmt: skip
SHARED = ("common.toml", "scoring.toml", "trace.toml", "open.toml")


def parse(path: Path) -> tuple[dict[str, Any], list[Finding]]:
    """One TOML file, refused by size, depth and number of entries before anything else looks at it."""
    address = path.name
    try:
        raw = path.read_bytes()
    except OSError as error:
        return {}, [
            Finding(address, f"cannot be read ({error.strerror}).", "Check that the file exists and may be read.")
        ]
    if len(raw) > MAX_BYTES:
        return {}, [Finding(address, f"is {len(raw)} bytes long.", f"A flow file holds at most {MAX_BYTES}: split it.")]
    try:
        text = raw.decode("utf-8")
        if heavy := too_heavy(text):
            return {}, [Finding(address, heavy, "Write tables, and numbers in quotes.")]
        data = tomllib.loads(text)
        depth, entries = _measure(data)
    except UnicodeDecodeError as error:
        return {}, [Finding(address, f"is not UTF-8 at byte {error.start}.", "Save it as UTF-8.")]
    except (ValueError, RecursionError) as error:
        return {}, [Finding(address, f"broken syntax: {error}.", "Check quotes, commas and brackets there.")]
    if depth > MAX_DEPTH or entries > MAX_ENTRIES:
        what = f"nests {depth} deep with {entries} entries."
        return {}, [Finding(address, what, f"At most {MAX_DEPTH} deep and {MAX_ENTRIES} entries: split it.")]
    return data, []


def _measure(value: Any) -> tuple[int, int]:
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    depth, entries = 0, 1
    for child in children:
        below, count = _measure(child)
        depth, entries = max(depth, below), entries + count
    return depth + 1, entries


def read_flow(data: Mapping[str, Any], file: str, common: Common) -> tuple[Flow | None, list[Finding]]:
    """A flow from the tables of its file, with every mistake found on the way."""
    found: list[Finding] = []
    address = str(data.get("id") or file)
    shape = Shape(address, found)
    values = shape.take(data, FLOW_KEYS, required=("id", "title", "family", "scoring", "start", "step"))
    if Path(file).stem != values.get("id"):
        shape.note(address, f'is named "{values.get("id")}" in a file called {file}.', "Give both the same name.")
    steps: dict[str, Step] = {}
    for number, table in enumerate(values.get("step") or (), 1):
        step = read_step(table, address, number, common, found)
        if step is None:
            continue
        if step.id in steps:
            shape.note(f"{address}.{step.id}", "stands twice in this flow.", "Give one of the steps another id.")
        steps[step.id] = step
    results = Shape(f"{address}.results", found).take(values.get("results", {}), dict.fromkeys(RESULTS, str))
    if found:
        return None, found
    licence = Licence(**{key: values[key] for key in LICENCE_KEYS if key in values})
    plain = {key: values[key] for key in FLOW_PLAIN if key in values}
    return Flow(id=values["id"], start=values["start"], steps=steps, results=results, licence=licence, **plain), found


def read_scoring(data: Mapping[str, Any]) -> tuple[dict[str, tuple[Rule, ...]], list[Finding]]:
    """Scoring tables: name -> rules in order. A broken table is left out whole: half of one would give wrong bands."""
    found: list[Finding] = []
    tables: dict[str, tuple[Rule, ...]] = {}
    for name, table in data.items():
        known = len(found)
        shape = Shape(f"scoring.{name}", found)
        rules = []
        for number, entry in enumerate(shape.take(table, {"rules": list}, required=("rules",)).get("rules") or (), 1):
            at = Shape(f"scoring.{name}.{number}", found)
            rule = at.take(entry, {"band": str, "when": dict, "minor_rule": str}, required=("band",))
            at.choose("band", rule.get("band"), BANDS)
            if len(found) == known:
                rules.append(Rule(**rule))
        if len(found) == known:
            tables[name] = tuple(rules)
    return tables, found


def read_library(folders: Iterable[Path], withdraw_broken: bool = False) -> Library:
    """All flows of the folders; the first folder holds common.toml and scoring.toml, the others an organisation's own.

    withdraw_broken: leave out a flow that cannot be read instead of refusing them all (what a running bot does).
    Raises ContentError with every finding of every file.
    """
    library, found = gather(folders)
    if found and not withdraw_broken:
        raise ContentError(found)
    return library


def gather(folders: Iterable[Path]) -> tuple[Library, list[Finding]]:
    """As read_library, but returns the findings beside whatever could be read."""
    first, *others = folders
    shared, found = parse(first / "common.toml")
    common, more = read_common(shared)
    found += more
    rules, more = parse(first / "scoring.toml")
    found += more
    scoring, more = read_scoring(rules)
    found += more
    flows: dict[str, Flow] = {}
    for folder in (first, *others):
        if not folder.is_dir():
            found.append(Finding(str(folder), "is no folder.", "Name a folder that holds flow files."))
        for path in sorted(folder.glob("*.toml")):
            if path.name in SHARED:
                continue
            # A file of another folder is named whole: its mistakes are none of the shipped flow of the same name.
            own = "" if folder is first else f"{folder.name}/{path.name}"
            data, more = parse(path)
            flow = None
            if not more:
                flow, more = read_flow(data, path.name, common)
            found += [replace(finding, address=f"{own}: {finding.address}") if own else finding for finding in more]
            if flow is not None and flow.id in flows:
                again = f"{own or path.name}: {flow.id}"
                found.append(Finding(again, "is defined already.", "Give the flow an id of its own."))
            elif flow is not None and flow.scoring in scoring:
                flows[flow.id] = replace(flow, is_local=folder is not first)
            elif flow is not None and flow.scoring not in rules:  # where the table is broken, that was said above
                found.append(Finding(flow.id, f'scoring is "{flow.scoring}".', near(flow.scoring, scoring)))
    return _bind(flows, common, scoring), found


def _bind(flows: dict[str, Flow], common: Common, scoring: dict[str, tuple[Rule, ...]]) -> Library:
    """The library with each flow's structure digest, which also covers the cards and rules it ends in."""
    flows, menu = join_local(flows, common.menu)
    library = Library(flows, common.cards, common.routes, common.outcomes, scoring, menu, common.constructs)
    sealed = {id: replace(flow, digest=digest_of(flow, library)) for id, flow in flows.items()}
    return replace(library, flows=sealed, by_digest={flow.digest: flow for flow in sealed.values()})


__all__ = ["Card", "Outcomes", "gather", "parse", "read_flow", "read_library", "read_scoring"]
