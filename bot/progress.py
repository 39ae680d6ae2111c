"""How far every language is: what is translated, read by people, told back and recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.config import read_config
from bot.errors import WaymarkError
from bot.flow.shape import near
from bot.house import read_content
from bot.texts import back
from bot.texts.catalogue import Catalogue
from bot.texts.languages import ENGLISH, Language
from bot.texts.offer import Offers
from bot.texts.source import SAFETY, ours
from bot.texts.update import SAFETY_ALONE
from bot.texts.words import Message


def status_rows(tag: str = "") -> list[dict[str, Any]]:
    """One row per language of the table, in the order of their numbers, or the one of a tag.

    Shares run from 0 to 1. audio: of screens' main texts. not_told_back: texts whose meaning nobody has compared.
    """
    content = read_content(read_config())
    offers = Offers(content.languages, content.catalogues, content.library)
    source = ours(content.library)
    back_keys = back.wanted(content.library, source)
    known = content.languages.by_tag
    if tag and (tag not in known or tag == ENGLISH):
        raise WaymarkError(tag, "is no language to translate into.", near(tag, known))
    rows = []
    for language in sorted(content.languages.by_tag.values(), key=lambda one: one.number):
        if language.tag == tag or (not tag and language.tag != ENGLISH):
            catalogue = content.catalogues.get(language.tag)
            rows.append(_status(language, catalogue, offers, source, back_keys))
    return rows


def _status(
    language: Language, catalogue: Catalogue, offers: Offers, source: Mapping[str, Message], back_keys: list[str]
) -> dict[str, Any]:
    texts = [key for key in source if key.endswith(".text")]
    heard = set(offers.recordings.keys(catalogue))
    backs, _ = back.read_back(offers.catalogues.root, language.tag)
    return {
        "tag": language.tag,
        "tier": language.tier,
        **_share(catalogue, list(source)),
        "safety": _share(catalogue, [key for key, one in source.items() if one.domain == SAFETY])["coverage"],
        "offered": offers.has_language(language),
        "flows": sum(offers.opens(flow, language) for flow in offers.library.flows.values()),
        "audio": len(heard.intersection(texts)) / len(texts),
        "not_told_back": len(back.open_keys(back_keys, source, catalogue.whole, backs)),
        "needs_speaker": language.tier >= SAFETY_ALONE and not catalogue.words,
        "by_flow": {
            flow.id: _share(catalogue, [key for key in source if key.startswith(f"{flow.id}.")])
            | {"open": offers.opens(flow, language)}
            for flow in offers.library.flows.values()
            if not flow.is_local
        },
    }


def _share(catalogue: Catalogue, keys: list[str]) -> dict[str, Any]:
    """How much of some messages is translated (0 to 1), and how many are checked and approved."""
    states = [catalogue.state(key) for key in keys if key in catalogue.words]
    return {
        "coverage": len(states) / len(keys),
        "checked": len(states) - states.count("draft"),
        "approved": states.count("approved"),
    }


def language_lines(rows: list[dict[str, Any]]) -> Iterator[str]:
    """The table of languages."""
    head = f"{'tag':8} {'tier':>4} {'words':>6} {'safety':>6} {'checked':>8} {'approved':>9}"
    yield f"{head} {'flows':>6} {'audio':>6}  people"
    for row in rows:
        share = f"{row['coverage']:>6.0%} {row['safety']:>6.0%} {row['checked']:>8} {row['approved']:>9}"
        people = "can choose it" if row["offered"] else "needs a speaker" if row["needs_speaker"] else "not yet"
        yield f"{row['tag']:8} {row['tier']:>4} {share} {row['flows']:>6} {row['audio']:>6.0%}  {people}"


def flow_lines(row: dict[str, Any]) -> Iterator[str]:
    """The table of one language's flows."""
    yield from language_lines([row])
    yield f"{row['not_told_back']} texts have no settled back-translation"
    yield f"\n{'flow':18} {'words':>6} {'checked':>8} {'approved':>9}  open"
    for id, one in row["by_flow"].items():
        share = f"{one['coverage']:>6.0%} {one['checked']:>8} {one['approved']:>9}"
        yield f"{id:18} {share}  {'yes' if one['open'] else 'no'}"
