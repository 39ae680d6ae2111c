"""Broken snippets of flow files and the exact message each gives its author."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import small

from bot.errors import ContentError, Finding
from bot.flow import read, shape, step
from bot.flow.check import check_library
from bot.flow.model import Library
from bot.flow.read import MAX_BYTES, MAX_DEPTH, gather, parse, read_library

DEEP = "deep = " + "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1) + "\n"
WIDE = f"wide = [{'1, ' * 5001}]\n"
FIFTEEN = "".join(f'  {{ id = "o{n}", say = "{n}", go = "leave" }},\n' for n in range(13))
GUARDS = "coercion, force, fraud, means, purpose, purpose_labour, purpose_other, purpose_sex, total"

# file, passage, what stands there instead, every finding of reading
SNIPPETS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    # scoring.toml
    "scoring: rules are no list": (
        "scoring.toml", "[none]\nrules = []", '[none]\nrules = "all"',
        ('scoring.none: rules is \'all\'. Write a list [ ... ].',),
    ),
    "scoring: rules are missing": (
        "scoring.toml", "[none]\nrules = []", "[none]",
        ('scoring.none: lacks "rules". Add rules = a list [ ... ].',),
    ),
    "scoring: a rule without a band": (
        "scoring.toml", 'band = "some", ', "", ('scoring.amp.4: lacks "band". Add band = text in quotes.',),
    ),
    "scoring: band misspelt": (
        "scoring.toml", 'band = "some"', 'band = "sum"',
        ('scoring.amp.4: band is "sum". Known: none, some, strong, urgent.',),
    ),
    "scoring: table that no file has": (
        "work.toml", 'scoring = "amp"', 'scoring = "ampp"', ('work: scoring is "ampp". Did you mean "amp"?',),
    ),
    # common.toml
    "common: a table is missing": (
        "common.toml", "[buttons]\n", "[button]\n",
        (
            'common: has an unknown key "button". Did you mean "buttons"?',
            'common: lacks "buttons". Add buttons = a table { ... }.',
            'common.o_urgent: buttons is "talk". Known: .', 'common.o_urgent: buttons is "go_on". Known: .',
            'common.o_strong: buttons is "talk". Known: .', 'common.o_some: buttons is "talk". Known: .',
            'common.s_two_skips: buttons is "go_on". Known: .', 'common.s_more: buttons is "go_on". Known: .',
        ),
    ),
    "common: button without words": (
        "common.toml", 'say = "Go on", ', "", ('common.buttons.go_on: lacks "say". Add say = text in quotes.',),
    ),
    "common: card that stands twice": (
        "common.toml", 'id = "s_more"', 'id = "o_few"',
        ("common.o_few: stands twice. Give one of the cards another id.",),
    ),
    "common: card with a button that is gone": (
        "common.toml", 'buttons = ["talk", "go_on"]', 'buttons = ["talk", "goon"]',
        ('common.o_urgent: buttons is "goon". Did you mean "go_on"?',),
    ),
    "common: card weight unknown": (
        "common.toml", 'weight = "S"', 'weight = "X"', ('common.o_urgent: weight is "X". Known: I, N, Q, S.',),
    ),
    "common: card without words": (
        "common.toml", 'say = "I saw no signs."\n', "", ('common.o_none: lacks "say". Add say = text in quotes.',),
    ),
    "common: no text where there must be one": (
        "common.toml", 'abuse = "r_abuse"', "abuse = 5",
        ("common.routes: abuse holds 5. Write texts in quotes, separated by commas.",),
    ),
    "common: shared answer without an id": (
        "common.toml", '{ id = "no", say = "No" }', '{ say = "No" }',
        ('common.answers.yn: lacks "id". Add id = text in quotes.',),
    ),
    "common: shared answer that lends something else": (
        "common.toml", 'signals = "weak"', 'signals = "half"',
        ('common.answers.yn: signals is "half". Known: step, weak.',),
    ),
    "common: soft answers of an unknown kind": (
        "common.toml", 'unsure = ["unsure"]', 'unshure = ["unsure"]',
        ('common.soft: a kind is "unshure". Did you mean "unsure"?',),
    ),
    # the head of a flow
    "flow: unknown key": (
        "work.toml", 'family = "self"', 'familiy = "self"',
        ('work: has an unknown key "familiy". Did you mean "family"?',
         'work: lacks "family". Add family = text in quotes.'),
    ),
    "flow: key of another kind": (
        "work.toml", 'family = "self"', 'family = "self"\nminutes = "four"',
        ("work: minutes is 'four'. Write a whole number.",),
    ),
    "flow: a number is no yes": (
        "work.toml", 'family = "self"', 'family = "self"\nearly_stop = 1',
        ("work: early_stop is 1. Write true or false.",),
    ),
    "flow: a yes is no number": (
        "work.toml", 'family = "self"', 'family = "self"\nminutes = true',
        ("work: minutes is True. Write a whole number.",),
    ),
    "flow: empty title": (
        "work.toml", 'title = "Check my work"', 'title = ""', ("work: title is empty. Write text in quotes.",),
    ),
    "flow: another name than its file": (
        "work.toml", 'id = "work"', 'id = "job"',
        ('job: is named "job" in a file called work.toml. Give both the same name.',),
    ),
    # steps
    "step: no id": (
        "work.toml", 'id = "papers"\n', "", ('work.1: lacks "id". Add id = text in quotes.',),
    ),
    "step: stands twice": (
        "work.toml", 'id = "leave"', 'id = "papers"',
        ("work.papers: stands twice in this flow. Give one of the steps another id.",),
    ),
    "step: neither question nor card": (
        "work.toml", 'ask = "Who holds your papers?"\n', "",
        ("work.papers: must have one of ask and tell. Write ask = for a question, tell = for a card.",),
    ),
    "step: empty question": (
        "work.toml", 'ask = "Who holds your papers?"', 'ask = ""',
        ("work.papers: ask is empty. Write text in quotes.",),
    ),
    "step: question and card": (
        "work.toml", 'ask = "Who holds', 'tell = "Read this."\nask = "Who holds',
        ("work.papers: must have one of ask and tell. Write ask = for a question, tell = for a card.",),
    ),
    "step: unknown key": (
        "work.toml", "[[step]]\nid = \"pay\"", 'on_entry = []\n[[step]]\nid = "pay"',
        ('work.leave: has an unknown key "on_entry". Did you mean "on_enter"?',),
    ),
    "step: weight unknown": (
        "work.toml", 'construct = "C06"', 'construct = "C06"\nweight = "s"',
        ('work.leave: weight is "s". Known: I, N, Q, S.',),
    ),
    "step: guard misspelt": (
        "work.toml", "purpose or means", "purpose or mean", ('work.pay: only_if is "mean". Did you mean "means"?',),
    ),
    "step: guard of no measure": (
        "work.toml", "purpose or means", "minor", (f'work.pay: only_if is "minor". Known: {GUARDS}.',),
    ),
    "step: group on entering": (
        "work.toml", 'construct = "C06"', 'construct = "C06"\non_enter = ["transit", "g.C05"]',
        ('work.leave.on_enter: names the group "C05". Groups belong to options.',),
    ),
    "step: signals without a shared set": (
        "work.toml", 'construct = "C06"', 'construct = "C06"\nsignals = ["act"]',
        ('work.leave: has signals but no shared answer set. Add answers = "yn", or put them on options.',),
    ),
    "step: shared set misspelt": (
        "work.toml", 'answers = "yn"', 'answers = "ny"',
        (
            'work.pay: answers is "ny". Known: yn.',
            'work.pay: has no options. Add options = [ ... ], or a shared set with answers = "yn".',
        ),
    ),
    "step: no answers": (
        "work.toml", 'answers = "yn"\nsignals = ["coercion:2", "purpose_labour:1"]\n', "",
        ('work.pay: has no options. Add options = [ ... ], or a shared set with answers = "yn".',),
    ),
    "step: more answers than any screen holds": (
        "work.toml", '  { id = "skip", go', FIFTEEN + '  { id = "skip", go',
        ("work.papers: has 16 options. A screen holds at most 14: split the step.",),
    ),
    "step: sources that are no texts": (
        "work.toml", 'sources = ["A2"]', "sources = [2]",
        ("work.papers: sources holds 2. Write texts in quotes, separated by commas.",),
    ),
    # options, addressed flow.step.option
    "option: unknown key": (
        "work.toml", 'id = "me", say', 'id = "me", next = "pay", say',
        ('work.papers.me: has an unknown key "next". Known: go, id, say, signals.',),
    ),
    "option: no id": (
        "work.toml", 'id = "me", say', "say",
        ('work.papers.1: lacks "id". Add id = text in quotes.',),
    ),
    "option: no table": (
        "work.toml", 'options = [\n  { id = "me"', 'options = [\n  "yes",\n  { id = "me"',
        (
            "work.papers.1: is 'yes'. Write a table { ... } here.",
            'work.papers.1: has no words. Add say = "...", or a label "" in common.toml.',
            'work.papers.1: leads nowhere. Add go = "<step>", or one for the whole step.',
        ),
    ),
    "option: stands twice": (
        "work.toml", 'id = "boss"', 'id = "me"',
        ("work.papers.me: stands twice in this step. Give one of the options another id.",),
    ),
    "option: without words": (
        "work.toml", 'say = "I can", ', "",
        ('work.leave.can: has no words. Add say = "...", or a label "can" in common.toml.',),
    ),
    "option: leads nowhere": (
        "work.toml", 'say = "I can", go = "pay"', 'say = "I can"',
        ('work.leave.can: leads nowhere. Add go = "<step>", or one for the whole step.',),
    ),
    "option: a number instead of words": (
        "work.toml", 'say = "I can"', "say = 5",
        (
            "work.leave.can: say is 5. Write text in quotes.",
            'work.leave.can: has no words. Add say = "...", or a label "can" in common.toml.',
        ),
    ),
    "signal: no strength": (
        "work.toml", '"coercion:3"', '"coercion"',
        ('work.papers.boss: signal "coercion" has no strength of 1, 2 or 3. Write "coercion:2", say.',),
    ),
    "signal: strength out of range": (
        "work.toml", '"coercion:3"', '"coercion:4"',
        ('work.papers.boss: signal "coercion:4" has no strength of 1, 2 or 3. Write "coercion:2", say.',),
    ),
    "signal: misspelt": (
        "work.toml", '"coercion:3"', '"coersion:3"',
        ('work.papers.boss: signal "coersion:3" is unknown. Did you mean "coercion"?',),
    ),
    "signal: no text": (
        "work.toml", '"coercion:3"', "3",
        ("work.papers.boss: signals holds 3. Write texts in quotes, separated by commas.",),
    ),
}  # fmt: skip

MEND = "Check quotes, commas and brackets there."

# file, its whole text, the finding: syntax is reported with line and column, size before anything is read
WHOLE: dict[str, tuple[str, str]] = {
    "quote missing": (
        small.WORK.replace('title = "Check my work"', 'title = "Check my work'),
        f"work.toml: broken syntax: Illegal character '\\n' (at line 2, column 23). {MEND}",
    ),
    "yes without quotes": (
        small.WORK.replace('say = "I do"', "say = yes"),
        f"work.toml: broken syntax: Invalid value (at line 15, column 22). {MEND}",
    ),
    "comma missing": (
        small.WORK.replace('id = "me", say', 'id = "me" say'),
        f"work.toml: broken syntax: Unclosed inline table (at line 15, column 15). {MEND}",
    ),
    "key twice": (
        small.WORK.replace('family = "self"', 'family = "self"\nfamily = "role"'),
        f"work.toml: broken syntax: Cannot overwrite a value (at line 4, column 16). {MEND}",
    ),
    "too deep": (
        DEEP + small.WORK,
        "work.toml: nests 14 deep with 69 entries. At most 12 deep and 5000 entries: split it.",
    ),
    "too many entries": (
        WIDE + small.WORK,
        "work.toml: nests 7 deep with 5058 entries. At most 12 deep and 5000 entries: split it.",
    ),
    "too long": (
        small.WORK + "#" * MAX_BYTES,
        f"work.toml: is {len(small.WORK) + MAX_BYTES} bytes long. A flow file holds at most {MAX_BYTES}: split it.",
    ),
    "dots past all measure": (
        "a" + ".a" * 3_000 + " = 1",
        "work.toml: holds a key or value of more than 12 dotted parts. Write tables, and numbers in quotes.",
    ),
    "nested past all measure": (
        "deep = " + "[" * 100_000,
        f"work.toml: broken syntax: maximum recursion depth exceeded. {MEND}",
    ),
}  # fmt: skip


def reading(folder: Path) -> list[str]:
    """Every finding of reading a folder."""
    return [str(finding) for finding in gather([folder])[1]]


@pytest.mark.parametrize("name", SNIPPETS)
def test_a_broken_snippet_gives_its_message(name: str, tmp_path: Path) -> None:
    """Each kind of slip is told as where, what with the value found, and what to do; and told as nothing else."""
    file, old, new, says = SNIPPETS[name]

    assert reading(small.write(tmp_path, file, old, new)) == list(says)


@pytest.mark.parametrize("name", WHOLE)
def test_a_broken_file_is_told_with_line_and_column(name: str, tmp_path: Path) -> None:
    """A file that is no TOML, or no sane one, is refused whole, with the place where reading stopped."""
    text, says = WHOLE[name]
    small.write(tmp_path)
    (tmp_path / "work.toml").write_text(text, encoding="utf-8")

    assert reading(tmp_path)[0] == says


def test_every_kind_of_mistake_has_a_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each place in the reader that makes a finding is reached by a snippet or a whole file above."""
    reached: set[tuple[str, int]] = set()

    def heard(depth: int) -> None:
        frame = sys._getframe(depth)
        reached.add((Path(frame.f_code.co_filename).stem, frame.f_lineno))

    def recorded(address: str, what: str, remedy: str, level: str = "error") -> Finding:
        heard(2)
        return Finding(address, what, remedy, level)

    def noted(self: shape.Shape, address: str, what: str, remedy: str) -> None:
        heard(2)
        self.found.append(Finding(address, what, remedy))

    for module in (read, step):
        monkeypatch.setattr(module, "Finding", recorded)
    monkeypatch.setattr(shape.Shape, "note", noted)
    for number, (file, old, new, _) in enumerate(SNIPPETS.values()):
        (tmp_path / str(number)).mkdir()
        reading(small.write(tmp_path / str(number), file, old, new))
    for text, _ in WHOLE.values():
        (tmp_path / "work.toml").write_text(text, encoding="utf-8")
        parse(tmp_path / "work.toml")
    (tmp_path / "work.toml").write_bytes(b"\xff")
    parse(tmp_path / "work.toml")
    gather([small.write(tmp_path), tmp_path / "none", tmp_path / "0"])
    parse(tmp_path / "gone.toml")

    assert _places(read) | _places(step) | _places(shape) == reached


def _places(module: object) -> set[tuple[str, int]]:
    """File and line of every call that makes a finding."""
    path = Path(str(module.__file__))  # type: ignore[attr-defined]
    calls = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    made = {"Finding"} if path.stem != "shape" else set()  # there, note() is what makes them
    return {
        (path.stem, node.lineno)
        for node in calls
        if (isinstance(node.func, ast.Name) and node.func.id in made)
        or (isinstance(node.func, ast.Attribute) and node.func.attr == "note")
    }


def test_all_mistakes_of_a_file_are_told_together(tmp_path: Path) -> None:
    """An author who made four slips in one file reads all four, in the order of the file, in one error."""
    small.write(tmp_path)
    text = small.WORK.replace('family = "self"', 'familly = "self"').replace('"coercion:3"', '"coercion:9"')
    text = text.replace('go = "pay"', "go = 3").replace('"purpose or means"', '"purposes"')
    (tmp_path / "work.toml").write_text(text, encoding="utf-8")

    with pytest.raises(ContentError) as caught:
        read_library([tmp_path])

    assert [finding.address for finding in caught.value.findings] == [
        "work", "work", "work.papers.boss", "work.leave.can", "work.leave.can", "work.pay",
    ]  # fmt: skip
    assert str(caught.value).count("\n") == 5


def test_mistakes_of_all_files_are_told_together(tmp_path: Path) -> None:
    """Slips in scoring, shared texts and a flow are told in one go."""
    small.write(tmp_path, "scoring.toml", 'band = "some"', 'band = "sum"')
    (tmp_path / "common.toml").write_text(small.COMMON.replace('weight = "S"', 'weight = "T"'), encoding="utf-8")
    (tmp_path / "work.toml").write_text(small.WORK.replace('title = "', 'titel = "'), encoding="utf-8")

    addresses = [finding.address for finding in gather([tmp_path])[1]]

    assert addresses == ["common.o_urgent", "scoring.amp.4", "work", "work"]


def test_a_running_bot_goes_on_without_the_broken_flow(tmp_path: Path) -> None:
    """A flow that cannot be read is withdrawn and named, and the others stay."""
    small.write(tmp_path)
    (tmp_path / "broken.toml").write_text("id = broken", encoding="utf-8")

    library = read_library([tmp_path], withdraw_broken=True)

    assert list(library.flows) == ["work"]


def test_a_broken_scoring_table_withdraws_its_flows(tmp_path: Path) -> None:
    """Half a table would tell people in danger that there are no signs: the flows scored by it go instead."""
    small.write(tmp_path, "scoring.toml", 'band = "some"', 'band = "sum"')
    plain = small.WORK.replace('id = "work"', 'id = "plain"').replace('scoring = "amp"', 'scoring = "none"')
    (tmp_path / "plain.toml").write_text(plain, encoding="utf-8")

    library, _ = gather([tmp_path])

    assert list(library.flows) == ["plain"]
    assert sorted(library.scoring) == ["count", "none"]


def test_a_flow_may_come_from_a_folder_of_its_own(tmp_path: Path) -> None:
    """An organisation's own flow is read from its folder and shares cards and scoring; a taken id is refused."""
    house, own = tmp_path / "flows", tmp_path / "own"
    house.mkdir()
    own.mkdir()
    small.write(house)
    (own / "ours.toml").write_text(small.WORK.replace('id = "work"', 'id = "ours"'), encoding="utf-8")
    (own / "work.toml").write_text(small.WORK, encoding="utf-8")

    library, found = gather([house, own])

    assert list(library.flows) == ["work", "ours"]
    assert [str(finding) for finding in found] == [
        "own/work.toml: work: is defined already. Give the flow an id of its own."
    ]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    """A folder of flows that is not there is told, not passed over."""
    gone = tmp_path / "gone"

    assert [str(finding) for finding in gather([small.write(tmp_path), gone])[1]] == [
        f"{gone}: is no folder. Name a folder that holds flow files."
    ]


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    """The byte at which a file stops being UTF-8 is told."""
    (tmp_path / "work.toml").write_bytes(b'title = "\xe9"')

    assert [str(finding) for finding in parse(tmp_path / "work.toml")[1]] == [
        "work.toml: is not UTF-8 at byte 9. Save it as UTF-8."
    ]


def test_no_value_of_any_kind_breaks_the_reader() -> None:
    """Whatever stands in place of any value of any file, there is a finding or a sound library, never a traceback."""
    for file in small.FILES:
        for place in _spots(tomllib.loads(small.FILES[file])):
            for wrong in ("", 0, True, 1.5, [], {}, [5], ["x"], {"x": 5}, "x", None):
                check_library(_with(file, place, wrong))


def _spots(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The keys that lead to every value of a table."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inner:
        yield (*place, key)
        yield from _spots(child, (*place, key))


def _with(file: str, place: tuple[Any, ...], wrong: Any) -> Library:
    """The tiny house with one value replaced, or removed where `wrong` is None."""
    data = {name: tomllib.loads(text) for name, text in small.FILES.items()}
    table: Any = data[file]
    for key in place[:-1]:
        table = table[key]
    if wrong is None:
        del table[place[-1]]
    else:
        table[place[-1]] = wrong
    common, _ = step.read_common(data["common.toml"])
    scoring, _ = read.read_scoring(data["scoring.toml"])
    flow, _ = read.read_flow(data["work.toml"], "work.toml", common)
    flows = {flow.id: flow} if flow else {}
    return Library(flows, common.cards, common.routes, common.outcomes, scoring, common.menu, common.constructs)


def test_shared_answers_lend_and_weaken_signals(tmp_path: Path) -> None:
    """Of a shared set Yes takes the step's signals, Not sure keeps strength 1 and minor, No and Skip take none."""
    folder = small.write(
        tmp_path, "work.toml", '"coercion:2", "purpose_labour:1"', '"coercion:3", "minor", "r.abuse", "g.C08"'
    )

    options = {option.id: option for option in read_library([folder]).flows["work"].steps["pay"].options}

    assert {id: [str(signal) for signal in option.signals] for id, option in options.items()} == {
        "yes": ["coercion:3", "minor", "r.abuse"], "no": [], "unsure": ["coercion:1", "minor"], "skip": [],
    }  # fmt: skip
    assert {id: option.group for id, option in options.items()} == {"yes": "C08", "no": "", "unsure": "C08", "skip": ""}
    assert {id: option.soft for id, option in options.items()} == {
        "yes": "",
        "no": "",
        "unsure": "unsure",
        "skip": "skip",
    }


def test_a_step_may_change_one_answer_of_a_shared_set(tmp_path: Path) -> None:
    """An option named again keeps what the set says and takes what the step says."""
    folder = small.write(
        tmp_path, "work.toml", 'answers = "yn"', 'answers = "yn"\noptions = [{ id = "no", say = "Never", go = "END" }]'
    )

    options = read_library([folder]).flows["work"].steps["pay"].options

    assert [option.say for option in options] == ["Yes", "Never", "Not sure", "Skip this"]


def test_what_ships_reads_without_a_finding(library: Library) -> None:
    """The flows of this repository read clean, 27 of them."""
    assert gather([small.ROOT / "flows"])[1] == []
    assert len(library.flows) == 27
