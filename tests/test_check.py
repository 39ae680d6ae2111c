"""One bad flow for every finding of the flow check, and none for the flows that ship."""

from __future__ import annotations

import ast
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import small
from mutations import MUTATIONS, Mutation

from bot.errors import Finding
from bot.flow import check
from bot.flow.check import check_library
from bot.flow.model import Library, Rule
from bot.flow.read import read_library


def findings(folder: Path, mutation: Mutation | None = None) -> list[str]:
    """What the check says of the tiny house, with one mistake planted in it."""
    planted = (mutation.file, mutation.old, mutation.new) if mutation else ()
    return [str(finding) for finding in check_library(read_library([small.write(folder, *planted)]))]


def misbanded(library: Library) -> Library:
    """A library whose first rule gives a band that is none; no file can say so, since reading refuses it."""
    rules = (Rule("likely", {"urgent": True}), *library.scoring["amp"][1:])  # type: ignore[arg-type]
    return replace(library, scoring={**library.scoring, "amp": rules})


def test_a_sound_flow_gives_no_finding(tmp_path: Path) -> None:
    """The tiny house is without a mistake, so that every finding below is the one that was planted."""
    assert findings(tmp_path) == []


@pytest.mark.parametrize("mutation", MUTATIONS, ids=[mutation.name for mutation in MUTATIONS])
def test_each_mistake_is_named_with_its_address_and_remedy(mutation: Mutation, tmp_path: Path) -> None:
    """A mistake gives exactly the findings written beside it: where, what with the value, and what to do."""
    assert findings(tmp_path, mutation) == list(mutation.says)


def test_a_rule_that_code_made_up_is_named_too(tmp_path: Path) -> None:
    """A band that no card knows is found even where it did not come from a file."""
    library = misbanded(read_library([small.write(tmp_path)]))

    assert [str(finding) for finding in check_library(library)] == [
        'scoring.amp.1: band is "likely". Known: none, some, strong, urgent.'
    ]


def test_every_finding_has_a_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each place in the check that makes a finding is reached by one of the mutations: no finding without a case."""
    reached: set[int] = set()

    def recorded(address: str, what: str, remedy: str, level: str = "error") -> Finding:
        reached.add(sys._getframe(1).f_lineno)
        return Finding(address, what, remedy, level)

    monkeypatch.setattr(check, "Finding", recorded)
    for number, mutation in enumerate(MUTATIONS):
        folder = tmp_path / str(number)
        folder.mkdir()
        findings(folder, mutation)
    check_library(misbanded(read_library([small.write(tmp_path)])))

    source = Path(check.__file__).read_text(encoding="utf-8")
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    places = {node.lineno for node in calls if isinstance(node.func, ast.Name) and node.func.id == "Finding"}
    assert places - reached == set()


def test_mutations_have_names_of_their_own() -> None:
    """Two cases of one name would hide each other in a report."""
    names = [mutation.name for mutation in MUTATIONS]

    assert sorted(set(names)) == sorted(names)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """An author who made three mistakes in one flow reads three findings, in the order of the file."""
    small.write(tmp_path)
    work = (tmp_path / "work.toml").read_text(encoding="utf-8")
    work = work.replace('"self"', '"selfish"').replace("Who holds your papers?", "Is it secure?")
    (tmp_path / "work.toml").write_text(work.replace('go = "END"', 'go = "ENDE"'), encoding="utf-8")

    found = check_library(read_library([tmp_path]))

    assert [finding.address for finding in found] == [
        "work", "work.papers", "work.pay.yes", "work.pay.no", "work.pay.unsure", "work.pay.skip",
    ]  # fmt: skip


def test_a_year_is_no_telephone_number(tmp_path: Path) -> None:
    """A year may stand in a question; a short code such as 911 may not."""
    year = Mutation("", "work.toml", "Could you stop tomorrow?", "Did you go? Was it in 2024?", ())

    assert findings(tmp_path, year) == []


def test_what_ships_has_no_finding(library: Library) -> None:
    """The flows of this repository pass their own check."""
    assert check_library(library) == []
