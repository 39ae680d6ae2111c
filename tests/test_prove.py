"""One defect for every proof over the paths of a flow, each said in its own words; what ships has none."""

from __future__ import annotations

import ast
import inspect as source_of
import random
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import small

from bot.engine import explore, monotone, proofs, prove
from bot.engine.engine import Engine
from bot.engine.explore import Map, Summary
from bot.engine.screen import Screen
from bot.engine.session import Session
from bot.errors import Finding
from bot.flow.model import Library
from bot.flow.read import read_library
from bot.house import Content
from bot.screens import check_screens
from bot.texts.offer import Offers
from bot.texts.speak import Button, Reply, Speaker

HEAD = 'id = "work"\ntitle = "Check my work"\nfamily = "self"\nscoring = "amp"\nstart = "a"\noutcomes = "work"\n'
MINOR_RULES = (
    '[amp]\nrules = [\n  { band = "strong", when = { minor = true, purpose_sex = 3 } },\n  { band = "none" },\n]\n'
)
NO_MINOR_RULES = '[amp]\nrules = [\n  { band = "strong", when = { force = 3 } },\n  { band = "none" },\n]\n'
FORCE_RULES = '[amp]\nrules = [\n  { band = "strong", when = { force = 1 } },\n  { band = "none" },\n]\n'
HIDDEN_RULES = """\
[amp]
rules = [
  { band = "strong", when = { force = 1 } },
  { band = "some", when = { force = 2 } },
  { band = "none" },
]
"""
MISORDERED_RULES = """\
[amp]
rules = [
  { band = "some", when = { coercion = 3 } },
  { band = "strong", when = { force = 3 } },
  { band = "none" },
]
"""


def step(id: str, *options: str, only_if: str = "", **more: str) -> str:
    """A question. options: "id go signal signal ..."."""
    lines = [f'[[step]]\nid = "{id}"\nask = "Is it so?"\nconstruct = "C0{5 + ord(id[0]) % 2}"']
    lines += [f'only_if = "{only_if}"'] if only_if else []
    lines += [f'{key} = "{value}"' for key, value in more.items()]
    entries = []
    for option in options:
        name, go, *signals = option.split()
        marks = ", ".join(f'"{signal}"' for signal in signals)
        entries.append(f'{{ id = "{name}", say = "{name}", go = "{go}", signals = [{marks}] }}')
    return "\n".join([*lines, f"options = [{', '.join(entries)}]", ""])


def house(folder: Path, flow: str = small.WORK, common: str = small.COMMON, scoring: str = small.SCORING) -> Engine:
    """An engine over one flow, one file of cards and one of rules."""
    rules = scoring if "[none]" in scoring else scoring + "\n[count]\nrules = []\n\n[none]\nrules = []\n"
    for name, text in (("common.toml", common), ("scoring.toml", rules), ("work.toml", flow)):
        (folder / name).write_text(text, encoding="utf-8")
    return Engine(read_library([folder]))


def said(engine: Engine) -> list[str]:
    """All findings over the paths of an engine's flows."""
    found, _ = proofs.check_paths(engine, [])
    return [str(finding) for finding in found]


def flow(*steps: str, head: str = HEAD) -> str:
    return head + "\n".join(steps)


QUIET = 'urgent = ["o_urgent"]\nstrong = "o_strong"\nsome = "o_some"\nnone = "o_none"\nnone_few = "o_few"'
FORCED = 'strong = "o_strong"\nnone = "o_none"'
YOUNG = '[outcomes.young]\nstrong = "o_some"\nnone = "o_few"\n\n'
THREE = 'strong = "o_strong"\nsome = "o_some"\nnone = "o_none"'
NONE_ONLY = 'none = "o_none"'
CARDS = small.COMMON


def cards(outcomes: str) -> str:
    assert QUIET in CARDS
    return CARDS.replace(QUIET, outcomes)


def long_flow(questions: int, answers: int) -> str:
    """A flow of many questions with many answers each."""
    names = [f"q{n}" for n in range(questions)]
    ways = zip(names, [*names[1:], "END"], strict=True)
    steps = [step(name, *(f"o{n} {go}" for n in range(answers))) for name, go in ways]
    return flow(*steps, head=HEAD.replace('"a"', '"q0"').replace('"amp"', '"none"').replace('"work"\n', '"calm"\n', 1)
                .replace('id = "calm"', 'id = "work"').replace('outcomes = "work"', 'outcomes = "calm"'))  # fmt: skip


DEFECTS: dict[str, tuple[dict[str, str], list[str]]] = {
    "a way back": (
        {"flow": flow(step("a", "on b"), step("b", "back a", "on END"))},
        ['work.b.back: leads back to "a", which was answered before. Lead on; Back is on every screen anyway.'],
    ),
    "a long way back": (
        {"flow": flow(step("a", "on b"), step("b", "on c"), step("c", "back a", "on END"))},
        ['work.c.back: leads back to "a", which was answered before. Lead on; Back is on every screen anyway.'],
    ),
    "a band without a card": (
        {
            "flow": flow(step("a", "yes b coercion:2", "no b"), step("b", "on END", only_if="coercion")),
            "common": cards(NONE_ONLY),
            "scoring": '[amp]\nrules = [\n  { band = "some", when = { means = 2 } },\n  { band = "none" },\n]\n',
        },
        ["work.b.on: leads nowhere on some path. Give every band of its outcomes a card."],
    ),
    "a guard that never holds": (
        {
            "flow": flow(step("a", "yes b force:1", "no b"), step("b", "yes END", "no END", only_if="purpose")),
            "common": cards(FORCED),
            "scoring": FORCE_RULES,
        },
        ["work.b: is shown on no path. Lead an answer to it, or loosen its only_if."],
    ),
    "a step passed by that leaves": (
        {
            "flow": flow(step("a", "yes b force:1", "no b"), step("b", "out LEAVE", "on END", only_if="force")),
            "common": cards(FORCED),
            "scoring": FORCE_RULES,
        },
        ["work.b: leads to LEAVE where its only_if does not hold. Put an answer that leads on first."],
    ),
    "a stop card without a way on": (
        {
            "flow": flow(step("a", "yes b force:1", "skip b"), step("b", "yes c", "skip c"), step("c", "on END")),
            "common": cards(FORCED).replace('"We can stop here."\nbuttons = ["go_on"]', '"Stop."\nbuttons = ["talk"]'),
            "scoring": FORCE_RULES,
        },
        ["work.pause: stops before c for good. Give the stop card a button to GO_ON."],
    ),
    "a band no answer reaches": (
        {
            "flow": flow(step("a", "yes END force:1", "no END")),
            "common": cards(THREE),
            "scoring": FORCE_RULES,
        },
        ['work: never ends in "some". Check its signals and the rules of its scoring.'],
    ),
    "a band no answer of a minor reaches": (
        {
            "flow": flow(
                step("a", "under b minor", "no c"),
                step("b", "yes END", "no END"),
                step("c", "yes END force:1", "no END"),
                head=HEAD + 'minor_outcomes = "young"\n',
            ),
            "common": cards(FORCED).replace("[outcomes.calm]", YOUNG + "[outcomes.calm]"),
            "scoring": FORCE_RULES.replace("force = 1", "force = 1, transit = true"),
        },
        [
            'work: never ends in "strong". Check its signals and the rules of its scoring.',
            'work: never ends in "strong" for a minor. Check its signals and the rules of its scoring.',
        ],
    ),
    "a flow that scores and never ends": (
        {
            "flow": flow(step("a", "yes CONTACTS force:1", "no CONTACTS")),
            "common": cards(FORCED),
            "scoring": FORCE_RULES,
        },
        [
            'work: never ends in "strong". Check its signals and the rules of its scoring.',
            'work: never ends in "none". Check its signals and the rules of its scoring.',
        ],
    ),
    "a rule hidden by another": (
        {
            "flow": flow(step("a", "yes END force:3", "no END")),
            "common": cards(FORCED),
            "scoring": HIDDEN_RULES,
        },
        [
            "scoring.amp.2: (some when {'force': 2}) never decides a band."
            " Remove it, or put it before the rule that hides it."
        ],
    ),
    "a minor's rule made harder": (
        {
            "flow": flow(
                step("a", "under b minor", "no b"),
                step("b", "yes END purpose_sex:3", "lent END purpose_sex:2", "no END"),
            ),
            "common": cards(FORCED),
            "scoring": MINOR_RULES,
        },
        ['work: ends in "none" for a minor with sex for value. Path: a=under, b=lent. Check signals and rules.'],
    ),
    "a minor's rule removed": (
        {
            "flow": flow(
                step("a", "under b minor", "no b"),
                step("b", "no c", "lent c purpose_sex:1", "yes c purpose_sex:2"),
                step("c", "yes END force:3", "no END"),
            ),
            "common": cards(FORCED),
            "scoring": NO_MINOR_RULES,
        },
        ['work: ends in "none" for a minor with sex for value. Path: a=under, b=yes, c=no. Check signals and rules.'],
    ),
    "not sure to everything is strong": (
        {
            "flow": flow(step("a", "yes b force:1", "no b", "unsure b force:1"), step("b", "yes END", "no END")),
            "common": cards(FORCED),
            "scoring": FORCE_RULES,
        },
        ['work: is "strong" after "Not sure" to everything. Path: a=unsure, b=yes. Check signals and rules.'],
    ),
    "a No that signals": (
        {
            "flow": flow(step("a", "yes END", "no END force:1")),
            "common": cards(FORCED),
            "scoring": FORCE_RULES,
        },
        [
            'work.a: "Yes" instead of "No" lowers a band from "strong" to "none".'
            " Signals must only ever add; check scoring and guards."
        ],
    ),
    "a Yes that hides what is asked later": (
        {
            "flow": flow(step("a", "yes c", "no b"), step("b", "yes c force:1", "no c"), step("c", "on END")),
            "common": cards(FORCED),
            "scoring": FORCE_RULES,
        },
        [
            'work.a: "Yes" instead of "No" lowers a band from "strong" to "none".'
            " Signals must only ever add; check scoring and guards."
        ],
    ),
    "a guard that a Yes turns past a question": (
        {
            "flow": flow(
                step("a", "yes b coercion:1", "no b"),
                step("b", "more c", "on END", only_if="coercion"),
                step("c", "yes END force:1", "no END"),
            ),
            "common": cards(FORCED),
            "scoring": FORCE_RULES,
        },
        [
            'work.a: "Yes" instead of "No" lowers a band from "strong" to "none".'
            " Signals must only ever add; check scoring and guards."
        ],
    ),
    "a rule for more before one for less": (
        {
            "flow": flow(step("a", "yes b coercion:3", "no b"), step("b", "yes END force:3", "no END")),
            "common": cards(THREE),
            "scoring": MISORDERED_RULES,
        },
        [
            'work.a: "Yes" instead of "No" lowers a band from "strong" to "some".'
            " Signals must only ever add; check scoring and guards."
        ],
    ),
    "answers too many for a button": (
        {"flow": long_flow(41, 7)},
        [
            "work: has a path to card:o_none that needs 124 bits; a button holds 120."
            " Split it into two flows joined by a jump."
        ],
    ),
    "taps too many for a button": (
        {"flow": long_flow(64, 1)},
        ["work: has a path of 64 taps to card:o_none; a button holds 63. Split it into two flows joined by a jump."],
    ),
    "a stop card far from help": (
        {
            "flow": flow(
                *(step(f"q{n}", f"yes q{n + 1} force:1", f"skip q{n + 1}") for n in range(8)),
                step("q8", "on END"),
                head=HEAD.replace('"a"', '"q0"'),
            ),
            "common": cards(FORCED),
            "scoring": FORCE_RULES,
        },
        ["work.pause: shows no contacts within 2 taps. Add a button to CONTACTS."],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DEFECTS)
def test_each_defect_is_found_and_said(name: str, tmp_path: Path) -> None:
    """A flow with one defect gives exactly the findings written beside it."""
    files, says = DEFECTS[name]

    assert said(house(tmp_path, **files)) == says


def two_flows(folder: Path, there: str) -> Engine:
    """A flow that jumps into the middle of another one."""
    plain = HEAD.replace('"amp"', '"none"').replace('outcomes = "work"', 'outcomes = "calm"')
    house(folder, flow(step("a", "yes @other.b", "no END"), head=plain))
    other = plain.replace('id = "work"', 'id = "other"').replace("Check my work", "Other")
    (folder / "other.toml").write_text(other + there, encoding="utf-8")
    return Engine(read_library([folder]))


def test_a_jump_past_answers_that_count_is_found(tmp_path: Path) -> None:
    """A jump into the middle of a flow may not make up answers that tell something."""
    assert said(two_flows(tmp_path, step("a", "yes b coercion:2") + step("b", "on END"))) == [
        'work.a.yes: jumps to "@other.b" past answers that count. Jump to an earlier step.'
    ]


def test_a_jump_to_a_step_that_is_not_reached_is_found(tmp_path: Path) -> None:
    """A jump to a step behind a guard that never holds would land at the start instead."""
    engine = two_flows(tmp_path, step("a", "yes b", "no b") + step("b", "on END", only_if="purpose"))

    assert sorted(said(engine)) == [
        "other.b: is shown on no path. Lead an answer to it, or loosen its only_if.",
        'work.a.yes: jumps to "@other.b", which no path reaches. Name a step that is shown.',
    ]


def test_a_flow_too_wide_to_walk_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Past the most pairs that are walked, an author is told to split the flow rather than left waiting."""
    monkeypatch.setattr(prove, "MOST_PAIRS", 3)
    monkeypatch.setattr(explore, "MOST_PAIRS", 3)

    assert said(house(tmp_path)) == [
        "work: has more than 3 pairs of screen and scores. Split it into two flows joined by a jump."
    ]


def test_danger_that_no_path_meets_is_found(tmp_path: Path) -> None:
    """An urgent answer behind a guard that never holds gives a card that nobody sees."""
    danger = step("b", "yes URGENT urgent", "no END", only_if="purpose")
    engine = house(tmp_path, flow(step("a", "yes b force:1", "no b"), danger), cards(QUIET), FORCE_RULES)

    assert said(engine) == [
        "work.b: is shown on no path. Lead an answer to it, or loosen its only_if.",
        'work: never ends in "some". Check its signals and the rules of its scoring.',
        "work: never shows its urgent card. Lead an answer to URGENT.",
    ]


def test_a_tool_that_counts_keeps_its_own_polarity(tmp_path: Path) -> None:
    """In a tool that counts, "No" or "Not sure" may be what counts; only its two sides must be reached."""
    head = HEAD.replace('"amp"', '"count"') + "cut_off = 2\n"
    counts = house(
        tmp_path, flow(step("a", "yes b", "no b count:1"), step("b", "no END", "unsure END count:1"), head=head)
    )
    assert said(counts) == []

    far = house(tmp_path, flow(step("a", "yes END", "no END count:1"), head=head))
    assert said(far) == ['work: never ends in "strong". Check its signals and the rules of its scoring.']


# -- screens -----------------------------------------------------------------------------------------------------------


class Bare(Speaker):
    """A speaker that leaves out the buttons with one label, or says other words."""

    def __init__(self, content: Content, without: str = "", words: str | None = None, **more: object) -> None:
        offers = Offers(content.languages, content.catalogues, content.library)
        super().__init__(offers, content.directory, lambda: date(2026, 11, 22))
        self.without, self.words, self.more = without, words, more

    def speak(self, screen: Screen, seal: Callable[[Session], str]) -> Reply:
        reply = super().speak(screen, seal if self.without != "Back" else lambda session: "." * 64)
        rows = tuple(tuple(one for one in row if one.label != self.without) for row in reply.rows)
        if "data" in self.more:
            rows = (*rows, (Button("Wide", str(self.more["data"])),))
        return replace(reply, rows=rows, text=reply.text if self.words is None else self.words)


@pytest.fixture(scope="module")
def learn(engine: Engine) -> Map:
    """Every path of a small flow that ships."""
    return explore.explore(engine.charts["learn"])


@pytest.mark.parametrize("word", ["Back", "Get help now", "Leave now"])
def test_a_screen_without_a_way_out_is_found(content: Content, engine: Engine, learn: Map, word: str) -> None:
    """Each screen that lacks Back, help or leave is named."""
    said = [str(finding) for finding in check_screens(engine, Bare(content, word), [learn])]

    assert f'learn.le_1: has no "{word}" button. Every screen has one: look at bot/texts/speak.py.' in said
    assert {finding.partition(": ")[2] for finding in said} == {
        f'has no "{word}" button. Every screen has one: look at bot/texts/speak.py.'
    }
    shown = {pair[0] for pair in learn.positions if not pair[0].startswith("@")}
    assert shown <= {finding.partition(": ")[0][6:] for finding in said}


def test_a_screen_that_cannot_be_sent_is_found(content: Content, engine: Engine, learn: Map) -> None:
    """No words, too many words and buttons that Telegram refuses are named before anybody taps there."""
    found = {
        key: {finding.what for finding in check_screens(engine, speaker, [learn])}
        for key, speaker in {
            "empty": Bare(content, words=" "),
            "long": Bare(content, words="\N{GRINNING FACE}" * 2049),
            "wide": Bare(content, data="x" * 65),
            "sound": Bare(content),
        }.items()
    }

    assert found == {
        "empty": {"is 1 units long."},
        "long": {"is 4098 units long."},
        "wide": {"has buttons Telegram refuses."},
        "sound": set(),
    }


def test_a_path_that_has_no_screen_is_found(content: Content, engine: Engine, learn: Map) -> None:
    """A session of the map that shows nothing is named, not passed over."""
    lost = Engine(engine.library, only=[id for id in engine.charts if id != "learn"])

    assert next(check_screens(lost, Bare(content), [learn])).what == "has no screen after the answers ()."
    assert all(finding.address == "learn" for finding in check_screens(lost, Bare(content), [learn]))


# -- the proofs themselves ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def proven(engine: Engine) -> tuple[list[Finding], dict[str, Map]]:
    """What the proofs say of the flows that ship, and the map of each."""
    found, maps = proofs.check_paths(engine, [])
    return found, {walked.chart.flow.id: walked for walked in maps}


Proven = tuple[list[Finding], dict[str, Map]]


def test_what_ships_has_no_defect(proven: Proven, library: Library, content: Content, engine: Engine) -> None:
    """Every path and every screen of every flow holds every proof."""
    found, maps = proven

    assert found == []
    assert set(maps) == set(library.flows)
    assert list(check_screens(engine, Bare(content), maps.values())) == []


def test_what_ships_has_no_defect_under_the_other_rule_for_minors(library: Library) -> None:
    """An operator who chooses the wider rule for minors gets flows that hold every proof as well."""
    assert said(Engine(library, "palermo")) == []


def test_every_screen_of_a_flow_is_looked_at(proven: Proven, engine: Engine, screens: list[Session]) -> None:
    """The sessions that stand for a flow's screens cover every state that some path reaches, outcome cards included."""
    looked_at = set()
    for flow, session in proofs.one_of_each(proven[1].values()):
        position = engine.locate(session)
        assert position is not None
        looked_at.add((flow, position.state))
    places = ((session.flow, engine.locate(session)) for session in screens)

    assert {(flow, position.state) for flow, position in places if position} - looked_at == set()
    assert {("online", "card:o_strong_youth"), ("online", "card:o_none_few"), ("concern", "CONTACTS")} <= looked_at


@pytest.mark.parametrize("flow", ["self_adult", "self_youth", "guided_full", "journey", "job_offer", "guided_short"])
def test_the_map_of_a_flow_is_true(proven: Proven, flow: str) -> None:
    """Whatever is answered, the map has the pair a walk stands at, and leads on as the walk does, with the same band.

    This is what lets a proof look at pairs in place of paths. The two cards of band none are one to a proof.
    """
    walked, rng = proven[1][flow], random.Random(11)
    chart, summary = walked.chart, Summary(walked.chart)
    few = {f"card:{outcomes.none_few}" for minor in (False, True) if (outcomes := chart.outcomes(minor))}
    none = {f"card:{outcomes.bands['none']}" for minor in (False, True) if (outcomes := chart.outcomes(minor))}

    def alike(state: str) -> str:
        return "card:none" if state in few | none else state

    for _ in range(150):
        position = chart.start(rng.random() < 0.5)
        pair = summary.pair(position)
        while chart.count(position):
            option = rng.randint(1, chart.count(position))
            further = chart.advance(position, option)
            assert further is not None
            expected = walked.ways[pair][option - 1]
            reached = summary.pair(further)
            assert (alike(reached[0]), reached[1:]) == (alike(expected[0]), expected[1:])
            assert chart.band(chart.measures(further)) == chart.band(chart.measures(walked.positions[expected]))
            if reached[0] != expected[0]:
                break
            position, pair = further, reached


def test_a_pair_tells_apart_whatever_a_rule_or_guard_asks(tmp_path: Path) -> None:
    """Measures that only a rule or a guard of one flow asks for are part of its pairs: no path hides behind another."""
    rules = "".join(
        f'  {{ band = "{band}", when = {{ {name} = {least} }} }},\n'
        for band, name, least in (("strong", "fraud", 3), ("some", "firm_groups", 2))
    )
    steps = (
        step("a", "no b", "some b fraud:2", "more b fraud:3"),
        step("b", "no c", "yes c familial:2"),
        step("c", "no END"),
    )
    engine = house(tmp_path, flow(*steps), cards(THREE), f'[amp]\nrules = [\n{rules}  {{ band = "none" }},\n]\n')
    chart = engine.charts["work"]

    bands = {chart.band(chart.measures(position)) for _, position in explore.explore(chart).ends()}

    assert bands == {"none", "some", "strong"}


def test_every_finding_of_a_proof_has_a_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each place in the proofs that makes a finding is reached by a defect above: no proof that cannot fail."""
    reached: set[tuple[str, int]] = set()

    def recorded(address: str, what: str, remedy: str, level: str = "error") -> Finding:
        frame = sys._getframe(1)
        reached.add((frame.f_globals["__name__"], frame.f_lineno))
        return Finding(address, what, remedy, level)

    for module in (prove, proofs, monotone):
        monkeypatch.setattr(module, "Finding", recorded)
    for files, _ in DEFECTS.values():
        said(house(tmp_path, **files))
    for test in (test_a_jump_past_answers_that_count_is_found, test_a_jump_to_a_step_that_is_not_reached_is_found):
        (tmp_path / test.__name__).mkdir()
        test(tmp_path / test.__name__)
    (tmp_path / "danger").mkdir()
    test_danger_that_no_path_meets_is_found(tmp_path / "danger")
    (tmp_path / "wide").mkdir()
    test_a_flow_too_wide_to_walk_is_said_so(tmp_path / "wide", monkeypatch)

    for module in (prove, proofs, monotone):
        assert _places(module.__name__, source_of.getsource(module)) - reached == set()


def _places(name: str, source: str) -> set[tuple[str, int]]:
    calls: Iterable[ast.Call] = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return {(name, node.lineno) for node in calls if isinstance(node.func, ast.Name) and node.func.id == "Finding"}
