"""Where each question comes from: construct, sources and seed items, and which of them no step carries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import Finding
from bot.flow.model import Library
from bot.flow.read import parse
from bot.flow.shape import Shape, near

FILE = "trace.toml"


@dataclass(frozen=True, slots=True)
class Origins:
    """sources: code -> (name, address). seed: item -> what it asks for. elsewhere: item -> what carries it instead."""

    sources: Mapping[str, tuple[str, str]]
    seed: Mapping[str, str]
    elsewhere: Mapping[str, str]


def read_origins(folder: Path) -> tuple[Origins, list[Finding]]:
    """trace.toml of a flow folder."""
    data, found = parse(folder / FILE)
    tables = Shape("trace", found).take(data, {"sources": dict, "seed": dict, "elsewhere": dict})
    sources = {code: _named(code, value, found) for code, value in tables.get("sources", {}).items()}
    return Origins(sources, tables.get("seed", {}), tables.get("elsewhere", {})), found


def _named(code: str, value: Any, found: list[Finding]) -> tuple[str, str]:
    if isinstance(value, list) and len(value) == 2 and all(isinstance(part, str) for part in value):
        return value[0], value[1]
    found.append(Finding(f"trace.sources.{code}", f"is {value!r}.", 'Write ["name", "address"].'))
    return "", ""


def check_origins(library: Library, origins: Origins) -> Iterator[Finding]:
    """Codes that no table knows; constructs and seed items that no step carries."""
    constructs, seed = set(), set()
    for flow in library.flows.values():
        for step in flow.steps.values():
            address = f"{flow.id}.{step.id}"
            constructs |= {step.construct, *(option.group for option in step.options)}
            seed |= set(step.seed)
            for code in step.sources:
                if code not in origins.sources:
                    yield Finding(address, f'names the source "{code}".', near(code, origins.sources))
            for item in step.seed:
                if item not in origins.seed:
                    yield Finding(address, f'names the seed item "{item}".', near(item, origins.seed))
            if not step.sources and flow.licence.visibility == "public":
                yield Finding(address, "names no source.", "Add sources = [ ... ], or say why in trace.toml.")
    for code in library.constructs:
        if code not in constructs:
            yield Finding(f"common.constructs.{code}", "is carried by no step.", "Remove it, or give a step to it.")
    for item in origins.seed:
        if item not in seed:
            yield Finding(f"trace.seed.{item}", "is carried by no step.", "Give a step to it, or move it to elsewhere.")


def trace(library: Library, origins: Origins) -> Iterator[str]:
    """One line a step: address, construct, sources, seed items."""
    for flow in library.flows.values():
        for step in flow.steps.values():
            construct = f"{step.construct} {library.constructs.get(step.construct, '')}"
            names = "; ".join(origins.sources.get(code, (code, ""))[0] for code in step.sources)
            yield f"{flow.id}.{step.id} -> {construct} -> {names} -> {', '.join(step.seed) or '-'}"
    for item, instead in origins.elsewhere.items():
        yield f"{item} -> {instead}"
