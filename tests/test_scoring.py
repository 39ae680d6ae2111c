"""From answers to a band: every rule of flows/scoring.toml, and just short of every rule."""

from __future__ import annotations

import pytest
from stage import quiet, seen

from bot.engine.engine import Engine
from bot.engine.session import Flag, Session
from bot.flow.model import Flow, Library, Option, Signal, Step
from bot.flow.scoring import Measures, band_of, measure


def told(*answers: str) -> Measures:
    """Measures of answers written as "C05 coercion:2 g.C09 minor": a construct and what the answer signals."""
    given = []
    for answer in answers:
        construct, *marks = answer.split()
        group = next((mark[2:] for mark in marks if mark.startswith("g.")), "")
        pairs = [mark.partition(":") for mark in marks if not mark.startswith("g.")]
        signals = tuple(Signal(tag, int(strength or 0)) for tag, _, strength in pairs)
        option = Option("yes", "Yes", "END", signals, group)
        given.append((Step("step", "?", True, (option,), construct), option))
    return measure(given)


def band(library: Library, scoring: str, *answers: str, minor_rule: str = "us", cut_off: int = 0) -> str | None:
    """The band that answers get under one table."""
    flow = Flow("f", "F", "self", scoring, "step", {}, cut_off=cut_off)
    return band_of(flow, library.scoring[scoring], told(*answers), minor_rule)


FIVE_WEAK = ("C04 fraud:1", "C05 coercion:1", "C06 coercion:1", "C07 coercion:1", "C08 coercion:1")
FOUR_WEAK = FIVE_WEAK[:4]

# table, answers, band; the first answers that reach a rule, then the nearest that do not
AMP: dict[str, tuple[tuple[str, ...], str]] = {
    "danger now": (("C02 urgent",), "urgent"),
    "a minor and sex for value": (("C01 minor", "C12 purpose_sex:2"), "strong"),
    "a minor and an offer only": (("C01 minor", "C12 purpose_sex:1"), "some"),
    "an adult and sex for value": (("C12 purpose_sex:2",), "none"),
    "force for a gain": (("C03 purpose_labour:1", "C11 force:3"), "strong"),
    "some force for a gain": (("C03 purpose_labour:1", "C11 force:2"), "some"),
    "force, no gain named": (("C11 force:3",), "none"),
    "five, with a strong sign": (("C03 purpose_other:1", "C04 fraud:2", "C08 coercion:3"), "strong"),
    "five, two middling": (("C03 purpose_sex:1", "C04 fraud:2", "C05 coercion:2", "C06 coercion:1"), "strong"),
    "five weak signs": (("C03 purpose_labour:1", *FIVE_WEAK), "some"),
    "six weak signs and one middling": (("C03 purpose_labour:1", *FIVE_WEAK, "C09 coercion:2"), "some"),
    "four, with a strong sign": (("C03 purpose_labour:1", "C08 coercion:3", "C04 fraud:1"), "some"),
    "two for a gain": (("C03 purpose_labour:1", "C04 fraud:2"), "some"),
    "one for a gain": (("C03 purpose_labour:1", "C04 fraud:1"), "none"),
    "a gain alone": (("C03 purpose_labour:3",), "none"),
    "a minor for a gain": (("C01 minor", "C03 purpose_labour:1"), "some"),
    "a minor and two": (("C01 minor", "C04 fraud:2"), "some"),
    "a minor and one": (("C01 minor", "C04 fraud:1"), "none"),
    "a minor alone": (("C01 minor",), "none"),
    "recruited": (("C17 act", "C08 coercion:3"), "some"),
    "recruited, little else": (("C17 act", "C08 coercion:2"), "none"),
    "kind not told": (("C03 f.kind_unknown", "C07 coercion:3"), "some"),
    "kind not told, little else": (("C03 f.kind_unknown", "C07 coercion:2"), "none"),
    "held on the way": (("C02 transit", "C25 force:3"), "some"),
    "pressed on the way": (("C02 transit", "C25 coercion:3"), "none"),
    "some force on the way": (("C02 transit", "C25 force:2"), "none"),
    "heavy control, no gain named": (("C07 coercion:3", "C08 coercion:3"), "some"),
    "control, no gain named": (("C07 coercion:3", "C08 coercion:2"), "none"),
    "nothing": ((), "none"),
}  # fmt: skip

ANY1: dict[str, tuple[tuple[str, ...], str]] = {
    "danger now": (("C02 urgent",), "urgent"),
    "a minor and sex for value": (("C01 minor", "C12 purpose_sex:2"), "strong"),
    "force for a gain": (("C03 purpose_labour:1", "C11 force:3"), "strong"),
    "five, with a strong sign": (("C03 purpose_labour:1", "C04 fraud:2", "C08 coercion:3"), "strong"),
    "five weak signs": (("C03 purpose_labour:1", *FIVE_WEAK), "some"),
    "one sign": (("C04 fraud:1",), "some"),
    "sex for value": (("C12 purpose_sex:2",), "some"),
    "own choice": (("C12 purpose_sex:1",), "none"),
    "a minor for a gain": (("C01 minor", "C03 purpose_other:1"), "some"),
    "a minor alone": (("C01 minor",), "none"),
    "work alone": (("C03 purpose_labour:3",), "none"),
}  # fmt: skip

RISK: dict[str, tuple[tuple[str, ...], str]] = {
    "danger now": (("C02 urgent",), "urgent"),
    "a minor and sex for value": (("C01 minor", "C12 purpose_sex:2"), "strong"),
    "one strong sign": (("C08 coercion:3",), "strong"),
    "one strong sign of a gain": (("C08 purpose_labour:3",), "strong"),
    "six, two groups firm": (("C08 coercion:2", "C04 fraud:2", "C05 fraud:1", "C06 coercion:1"), "strong"),
    "six, one group firm": (("C08 coercion:2", *FOUR_WEAK), "some"),
    "five, two groups firm": (("C08 coercion:2", "C04 fraud:2", "C05 fraud:1"), "some"),
    "two": (("C18 familial:2",), "some"),
    "one": (("C18 familial:1",), "none"),
    "one for a minor": (("C27 minor coercion:1",), "some"),
    "a minor alone": (("C27 minor",), "none"),
}  # fmt: skip

CASES = [
    pytest.param(table, answers, wanted, id=f"{table}: {name}")
    for table, cases in (("amp", AMP), ("any1", ANY1), ("risk", RISK))
    for name, (answers, wanted) in cases.items()
]


@pytest.mark.parametrize(("table", "answers", "wanted"), CASES)
def test_a_rule_holds_from_its_threshold_on(
    library: Library, table: str, answers: tuple[str, ...], wanted: str
) -> None:
    """Answers that just reach a rule get its band, and those just short of it get the next one down."""
    assert band(library, table, *answers) == wanted


def test_every_rule_decides_some_case(library: Library) -> None:
    """No rule of the scoring tables stands without a case above in which it is the first to hold."""
    undecided = {(table, number) for table in ("amp", "any1", "risk") for number in range(len(library.scoring[table]))}
    for table, cases in (("amp", AMP), ("any1", ANY1), ("risk", RISK)):
        for answers, _ in cases.values():
            for minor_rule in ("us", "palermo"):
                undecided.discard((table, _first(library, table, told(*answers), minor_rule)))
    for table in ("amp", "any1", "risk"):
        measures = told("C01 minor", "C03 purpose_labour:2")
        undecided.discard((table, _first(library, table, measures, "palermo")))

    assert undecided == set()


def _first(library: Library, table: str, measures: Measures, minor_rule: str) -> int:
    """The number of the rule that decides."""
    flow = Flow("f", "F", "self", table, "step", {})
    rules = library.scoring[table]
    return next(n for n in range(len(rules)) if band_of(flow, rules[n : n + 1], measures, minor_rule) is not None)


@pytest.mark.parametrize("table", ["amp", "any1", "risk"])
def test_the_minor_rule_of_the_deployment_decides_about_work_of_children(library: Library, table: str) -> None:
    """Under `palermo` a minor put to gainful use needs no means to be strong; under `us` that holds for sex alone."""
    child_at_work = ("C01 minor", "C03 purpose_labour:2")

    assert band(library, table, *child_at_work) == "some"
    assert band(library, table, *child_at_work, minor_rule="palermo") == "strong"
    assert band(library, table, "C01 minor", "C03 purpose_labour:1", minor_rule="palermo") != "strong"
    assert band(library, table, "C03 purpose_labour:2", minor_rule="palermo") != "strong"


def test_after_danger_the_next_rule_gives_the_card(library: Library) -> None:
    """Danger comes first, and the band without it is still known for the card that follows."""
    flow = Flow("f", "F", "self", "amp", "step", {})
    measures = told("C02 urgent", "C03 purpose_labour:1", "C11 force:3")

    assert band_of(flow, library.scoring["amp"], measures) == "urgent"
    assert band_of(flow, library.scoring["amp"], measures, but_urgent=True) == "strong"


@pytest.mark.parametrize("table", ["check", "learn", "none"])
def test_tables_without_rules_give_no_band(library: Library, table: str) -> None:
    """Checklists, learning and gates keep no score, whatever is answered."""
    assert band(library, table, "C08 coercion:3", "C03 purpose_labour:3") is None


def test_a_counted_tool_has_its_own_cut_off(library: Library) -> None:
    """A licensed tool adds up its points, also within one construct, and is strong from its cut-off on."""
    answers = ("C05 count:1", "C05 count:2", "C06 count:3")

    assert band(library, "count", *answers, cut_off=6) == "strong"
    assert band(library, "count", *answers, cut_off=7) == "none"


# -- groups ------------------------------------------------------------------------------------------------------------


def test_one_construct_counts_once() -> None:
    """Two answers about the same fact count as the stronger of them; two facts add up."""
    assert told("C05 coercion:2", "C05 coercion:1", "C05 fraud:2").amounts["means"] == 2
    assert told("C05 coercion:2", "C06 coercion:1").amounts["means"] == 3


def test_an_option_may_count_under_another_construct() -> None:
    """An answer that names a group counts there and not under its own question."""
    measures = told("C05 coercion:2", "C06 coercion:1 g.C05")

    assert measures.amounts["means"] == 2


def test_purpose_is_the_highest_and_total_takes_any_tag() -> None:
    """Purpose does not add up over answers; the total takes the strongest tag of each construct, of any kind."""
    measures = told("C03 purpose_labour:2", "C12 purpose_sex:1 coercion:1", "C18 familial:2")

    assert (measures.amounts["purpose"], measures.amounts["means"], measures.amounts["total"]) == (2, 1, 5)
    assert (measures.amounts["strongest"], measures.amounts["firm_groups"]) == (2, 2)


@pytest.mark.parametrize(
    ("answers", "is_solid"),
    [
        (("C08 coercion:3",), True),
        (("C08 coercion:2", "C05 fraud:2"), True),
        (("C08 coercion:2", "C08 fraud:2"), False),
        (("C08 coercion:2", "C05 purpose_labour:3"), False),
        (FIVE_WEAK, False),
    ],
)
def test_what_is_solid(answers: tuple[str, ...], is_solid: bool) -> None:
    """One strong means sign or two constructs with a middling one are solid; weak ones and gains never are."""
    assert ("solid" in told(*answers).facts) == is_solid


def test_routes_keep_the_order_they_were_met_in_and_come_once() -> None:
    """Routes and flags carry no score."""
    measures = told("C05 r.labour_rights", "C07 r.abuse", "C11 r.abuse f.current")

    assert measures.routes == ("labour_rights", "abuse")
    assert "current" in measures.facts
    assert measures.amounts["total"] == 0


def test_a_checklist_is_kept_by_state() -> None:
    """Items of a checklist are listed by how far they are in place."""
    assert told("C30 k.none", "C30 k.full").checklist == {"none": ("step",), "full": ("step",)}


def test_a_minor_told_of_before_stays_one() -> None:
    """What was said in an earlier flow about age holds in the next."""
    assert "minor" in measure([], minor=True).facts


# -- what the rules mean in the flows that ship ------------------------------------------------------------------------


def ended(engine: Engine, flow: str, **answers: str) -> tuple[str | None, list[str]]:
    """Band and route cards of a walk, quiet but for the answers named."""
    screen = seen(engine, quiet(engine, Session(flow, flags=Flag.CONSENTED), **answers))
    return screen.band, [text.key for text in screen.texts if text.key.startswith("card.r_")]


def test_harm_without_gain_is_sent_to_a_line_for_abuse(engine: Engine) -> None:
    """Control at home with no work, sex or crime for gain gives band none and the abuse card."""
    assert ended(engine, "relationship", rl_2="yes", rl_6="yes_for_other_reasons") == ("none", ["card.r_abuse.text"])


def test_heavy_control_is_caught_where_the_gain_is_not_named(engine: Engine) -> None:
    """Two strong signs give band some even when the person named no work."""
    answers = {"sa_kind": "none_of_these", "sa_n1": "no", "sa_3": "yes", "sa_4": "other_i_can_t_get_it"}

    assert ended(engine, "self_adult", **answers) == ("some", ["card.r_abuse.text"])


def test_low_pay_alone_is_a_matter_of_worker_rights(engine: Engine) -> None:
    """Less pay than promised gives band none and the card about worker rights."""
    answers = {"sa_kind": "a_job_or_other_work", "sa_w2": "less_than_promised"}

    assert ended(engine, "self_adult", **answers) == ("none", ["card.r_labour_rights.text"])


def test_own_choice_is_no_sign(engine: Engine) -> None:
    """An adult who sells sex, can refuse and answers no to the rest gets band none and no route."""
    assert ended(engine, "self_adult", sa_kind="sex_for_money_or_things") == ("none", [])


def test_a_paid_guide_without_harm_is_no_trafficking(engine: Engine) -> None:
    """A journey without signs ends in band none, with the card that tells smuggling and trafficking apart."""
    assert ended(engine, "journey") == ("none", ["card.r_smuggled.text"])


def test_the_same_fact_asked_twice_counts_once(engine: Engine) -> None:
    """Held back pay and pay lost on leaving are one fact: two together stay at the strength of one."""
    answers = {"gl_1": "hotel_shop_other", "gl_3": "held_back_or_none", "gl_6": "lose_pay_owed"}
    end = quiet(engine, Session("guided_labour", flags=Flag.CONSENTED), **answers)
    position = engine.locate(end)
    assert position is not None

    assert engine.charts["guided_labour"].measures(position).amounts["means"] == 2
    assert seen(engine, end).band == "some"


def test_work_of_a_minor_without_means_is_some_or_strong_by_deployment(engine: Engine, library: Library) -> None:
    """Work that a child feels it must do is some; where the deployment follows the Palermo protocol it is strong."""
    assert ended(engine, "self_youth", sy_2="yes_i_feel_i_must")[0] == "some"
    assert ended(Engine(library, "palermo"), "self_youth", sy_2="yes_i_feel_i_must")[0] == "strong"
