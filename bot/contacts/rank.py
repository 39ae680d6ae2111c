"""In which order rows that may be offered come: one key per row, smallest first."""

from __future__ import annotations

from collections.abc import Mapping

from .lists import CONFIDENCES, INTERPRETERS
from .need import Need
from .pool import ELSEWHERE, HERE, Offer

Key = tuple[int, ...]

# How well a topic fits; a topic that is not named here is offered only for a route that asks for it.
HELP: Mapping[str, int] = {
    "trafficking": 0,
    "victims": 1,
    "abuse": 2,
    "rights": 2,
    "shelter": 3,
    "legal": 3,
    "humanitarian": 3,
    "tips": 3,
    "labour": 4,
    "immigration": 4,
    "crisis": 5,
    "health": 6,
}
CHILD: Mapping[str, int] = {**HELP, "child": 2, "runaway": 3, "unaccompanied": 3, "missing": 5}
OTHER: Mapping[str, int] = {
    "labour": 0,
    "legal": 1,
    "abuse": 2,
    "immigration": 2,
    "rights": 2,
    "health": 3,
    "crisis": 3,
    "shelter": 3,
    "humanitarian": 3,
    "victims": 4,
    "trafficking": 6,
}
TRAINING: Mapping[str, int] = {"training": 0}

# Rows for a group the person may not belong to come after rows for everybody.
NARROW = frozenset({"lgbtq", "indigenous", "origin", "newcomers", "refugees", "farmworkers", "seafarers", "disaster"})
POLICE = {"no": 0, "unknown": 1, "yes": 2}
KINDS = {"shelter_intake": 1, "legal": 1, "immigration": 1, "labor": 1, "tipline": 2}  # all others talk first: 0

# Languages that one table tag of the bot and one word of the rows name differently.
SAME_LANGUAGE = {"tl": "fil", "prs": "fa", "cmn": "zh", "yue": "zh", "nb": "no", "nn": "no", "kmr": "ku", "ckb": "ku"}


def fit(offer: Offer, need: Need) -> int | None:
    """How well a row's topics fit, 0 best; None when nothing it does was asked for."""
    table = {"training": TRAINING, "other": OTHER}.get(need.purpose, CHILD if need.minor else HELP)
    fits = [2 * table[topic] + place for place, topic in enumerate(offer.row.topics) if topic in table]
    if not fits:
        return None
    best = min(fits)
    if need.minor and not offer.row.is_child:
        best += 10 if "child" in offer.row.topics else 20
    return best


def key(offer: Offer, need: Need) -> Key:
    """Sorting key: fear first, then what is doubtful or narrow, then fit, then language, place and quality."""
    row, contact = offer.row, offer.contact
    best = fit(offer, need)
    police = POLICE[contact.police_involved]
    return (
        (2 if row.is_police else police) if need.fear else 0,
        contact.confidence == "low",
        not row.has_number,
        0 if contact.tier == "A" else {"fresh": 0, "stale": 1}.get(offer.state, 2),
        row.nearness == ELSEWHERE,
        narrowness(contact.serves, need.language),
        need.quiet and not offer.contact.takes_text,
        99 if best is None else best,
        KINDS.get(contact.kind, 0) if need.purpose == "help" else 0,
        tongue(contact.languages, need.language),
        contact.tier == "C" and row.nearness != HERE,
        row.nearness,
        police,
        CONFIDENCES.index(contact.confidence),
        not contact.is_always_open,
        row.order,
    )


def narrowness(serves: tuple[str, ...], language: str) -> int:
    """0 for rows open to everybody of the audience, 1 for a named group, 2 for sign language when it is not spoken."""
    if "deaf" in serves:
        return 0 if language == "ase" else 2
    return 0 if NARROW.isdisjoint(serves) else 1


def tongue(languages: tuple[str, ...], language: str) -> int:
    """0 when the line speaks the language or has interpreters, 1 when nothing is known, 2 when it names others."""
    if not languages:
        return 0 if language == "en" else 1
    return 0 if speaks(languages, language) else 2


def speaks(languages: tuple[str, ...], language: str) -> bool:
    """Whether a row names the language or interpreters."""
    return INTERPRETERS in languages or names(languages, language)


def names(languages: tuple[str, ...], language: str) -> bool:
    """Whether a row names the language itself."""
    wanted = _base(language)
    return any(_base(name) == wanted for name in languages)


def _base(tag: str) -> str:
    first = tag.replace("_", "-").partition("-")[0].lower()
    return SAME_LANGUAGE.get(first, first)
