"""The flow as data: what a flow file says, checked for sense and frozen. Field names are the file's keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Band = Literal["urgent", "strong", "some", "none"]
BANDS: tuple[Band, ...] = ("urgent", "strong", "some", "none")
FAMILIES = ("self", "guided", "learn", "role", "policy")

MEANS = ("force", "fraud", "coercion")
PURPOSES = ("purpose_labour", "purpose_sex", "purpose_other")
GRADED = (*MEANS, *PURPOSES, "familial", "count")  # carry a strength of 1 (weak) to 3 (strong)
PLAIN = ("act", "minor", "transit", "urgent")  # yes or no
FLAGS = ("current", "trusted_adult", "kind_unknown")  # written f.<name>
STATES = ("full", "part", "none", "na")  # of a checklist item, written k.<name>

# Where an option may lead besides a step or another flow. `CONTACTS.training` narrows what is offered.
ENDS = ("END", "URGENT", "LEAVE", "CONTACTS", "MENU", "DONE")
HELP_KINDS = ("help", "training", "other")
AGES = ("adults", "minors")  # whom a form is for; a flow may also serve "all"
MAX_BUTTONS = 10  # of answers or menu entries on one screen
RESULTS = ("above", "below")  # the cut-off of a tool that counts


class Signal(NamedTuple):
    """What an answer tells: `coercion:3`, `minor`, `r.abuse` (route), `f.current` (flag), `k.full` (checklist).

    strength: 1 to 3 for graded tags, 0 for all others.
    """

    tag: str
    strength: int = 0

    def __str__(self) -> str:
        return f"{self.tag}:{self.strength}" if self.strength else self.tag


@dataclass(frozen=True, slots=True)
class Option:
    """One answer button: its words, where it leads and what it signals.

    group: construct code under which its signals count instead of the step's own (written `g.C05`), or "".
    soft: how the answer is counted when few answers were given: "skip", "unsure" or "".
    is_name: the words are the name of an organisation's own form, which no language changes.
    """

    id: str
    say: str
    go: str
    signals: tuple[Signal, ...] = ()
    group: str = ""
    soft: str = ""
    is_name: bool = False

    @property
    def is_urgent(self) -> bool:
        return any(signal.tag == "urgent" for signal in self.signals)


@dataclass(frozen=True, slots=True)
class Step:
    """One screen of a flow: a question (`ask`) or an information card (`tell`).

    only_if: measure names of which one must be at least 1, else the step is passed by; () always shows it.
    for_worker: never shown to a client who holds the phone.
    weight: message class S, Q, I or N where it differs from the usual one ("" = Q for questions, I for cards).
    forms: "adults" or "minors" where an organisation's own guided forms for them join the answers, or "".
    """

    id: str
    text: str
    is_question: bool
    options: tuple[Option, ...]
    construct: str
    sources: tuple[str, ...] = ()
    seed: tuple[str, ...] = ()
    on_enter: tuple[Signal, ...] = ()
    only_if: tuple[str, ...] = ()
    note: str = ""
    weight: str = ""
    for_worker: bool = False
    forms: str = ""

    @property
    def is_scored(self) -> bool:
        return self.is_question and any(s.tag in GRADED or s.tag == "minor" for o in self.options for s in o.signals)


@dataclass(frozen=True, slots=True)
class Button:
    """A button of a card: `go` is a card, CONTACTS, CONTACTS.quiet, SIGNS, LIST, MENU, LEAVE, GO_ON or @flow."""

    id: str
    say: str
    go: str


@dataclass(frozen=True, slots=True)
class Card:
    """A fixed text outside the questions: outcomes, route cards, stop cards."""

    id: str
    say: str
    buttons: tuple[Button, ...] = ()
    note: str = ""
    weight: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """`band` holds when every condition of `when` does; the first rule that holds gives the band.

    minor_rule: the rule counts only where the operator chose this one ("" = always).
    """

    band: Band
    when: Mapping[str, int | bool] = field(default_factory=dict)
    minor_rule: str = ""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Which card each band shows; `urgent` cards also serve as the interrupt, `none_few` when most was skipped."""

    id: str
    urgent: tuple[str, ...]
    bands: Mapping[str, str]
    none_few: str = ""


@dataclass(frozen=True, slots=True)
class Licence:
    """What a licensed or local instrument must say of itself; shown before its first question.

    licence: text of the licence and where its proof lies. visibility: "private" is never counted, so no table names it.
    """

    instrument: str = "none"
    owner: str = ""
    licence: str = ""
    citation: str = ""
    validated: bool = False
    visibility: str = "public"


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow file, read whole.

    outcomes, minor_outcomes: ids of card sets in common.toml ("" = none). none_route: route card added to band none.
    early_stop: offer help when the band first becomes strong. quiet_stop: tell the worker the same in one line.
    grants, needs: flag a flow sets when it leads on, and flag it refuses to open without.
    cut_off, results: for scoring "count" alone: least count for "above", and its own words for "above" and "below".
    counts: "bands", or "completed" where a result must not be counted. serves: "adults", "minors" or "all".
    is_local: read from an organisation's own folder.
    """

    id: str
    title: str
    family: str
    scoring: str
    start: str
    steps: Mapping[str, Step]
    minutes: int = 1
    audience: str = ""
    purpose: str = ""
    outcomes: str = ""
    minor_outcomes: str = ""
    none_route: str = ""
    early_stop: bool = False
    quiet_stop: bool = False
    pauses: bool = True
    grants: str = ""
    needs: str = ""
    cut_off: int = 0
    results: Mapping[str, str] = field(default_factory=dict)
    counts: str = "bands"
    serves: str = "all"
    licence: Licence = Licence()
    is_local: bool = False
    digest: bytes = b""

    @property
    def is_counted(self) -> bool:
        """Gates keep no count; a private form keeps none either, for its very name may say too much."""
        return self.scoring != "none" and self.licence.visibility == "public"


@dataclass(frozen=True, slots=True)
class Library:
    """Everything read from `flows/`: flows by id, cards, route order, scoring tables and the menu's groups.

    menu: group id -> flow ids; the group "top" stands on the first menu screen. constructs: code -> meaning.
    """

    flows: Mapping[str, Flow]
    cards: Mapping[str, Card]
    routes: Mapping[str, str]
    outcomes: Mapping[str, Outcomes]
    scoring: Mapping[str, tuple[Rule, ...]]
    menu: Mapping[str, tuple[str, ...]]
    constructs: Mapping[str, str] = field(default_factory=dict)
    by_digest: Mapping[bytes, Flow] = field(default_factory=dict)
