"""Choosing a language by buttons alone: likely ones first, all others under their own letters one tap further."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import combinations

import pytest

from bot.house import Content
from bot.texts.languages import Language
from bot.texts.picker import LIKELY, PER_PAGE, Entry, likely, pages

MOST_BUTTONS = 20


def everyone(content: Content) -> list[Language]:
    return list(content.languages.by_tag.values())


def picker(offered: Sequence[Language], near: Sequence[Language] = (), country: str = "US") -> list[list[Entry]]:
    return pages(offered, likely(offered, near, country))


def tags(entries: Sequence[Entry]) -> list[str]:
    return [entry.language.tag for entry in entries if entry.language]


@pytest.mark.parametrize("country", ["US", "IR", "IN", "CD", "MM", ""])
@pytest.mark.parametrize("tag", ["en", "fa_AF", "rw", "my", "rhg", "kek"])
def test_every_language_is_within_two_taps(content: Content, tag: str, country: str) -> None:
    """On the first page or on a page it names, wherever the bot runs and whatever Telegram says; no page is long."""
    front, *behind = picker(everyone(content), [content.languages.by_tag[tag]], country)

    named = [behind[entry.page - 1] for entry in front if entry.page]
    assert {tag for page in (front, *named) for tag in tags(page)} == set(content.languages.by_tag)
    assert len(front) <= MOST_BUTTONS
    assert all(len(page) <= PER_PAGE for page in behind)


def test_no_page_names_a_language_twice(content: Content) -> None:
    """Each label of a page is there once, and is the name its speakers use."""
    for page in picker(everyone(content)):
        assert len({entry.label for entry in page}) == len(page)
        assert all(entry.label == entry.language.native for entry in page if entry.language)


def test_labels_are_made_of_names_alone(content: Content) -> None:
    """A group's button shows names, or first words of names, in the letters of that group: no word to be translated."""
    words = {word for language in everyone(content) for word in (language.native, *language.native.split())}
    for entry in picker(everyone(content))[0]:
        if entry.page:
            parts = entry.label.removesuffix(" …").replace(" – ", " · ").split(" · ")
            assert set(parts) <= words, entry.label
            assert len(entry.label) <= 28


def test_a_group_is_known_by_its_letters(content: Content) -> None:
    """Every script stands on the first page, on a button of its own or of a group: a reader sees letters they know."""
    front, *behind = picker(everyone(content))
    seen = {unicodedata.name(letter).split()[0] for entry in front for letter in entry.label if letter.isalpha()} - {
        "MODIFIER"
    }

    assert seen == {unicodedata.name(one.native[0]).split()[0] for one in everyone(content)}
    assert all(behind)


def test_what_telegram_names_stands_first_with_its_neighbours(content: Content) -> None:
    """Somebody whose telephone speaks Dari finds Dari, Farsi and Pashto before all others."""
    dari = content.languages.by_tag["fa_AF"]

    assert tags(picker(everyone(content), [dari])[0])[:3] == ["fa_AF", "fa", "ps"]


@pytest.mark.parametrize(
    ("country", "first"),
    [("US", ["en", "es"]), ("IR", ["fa"]), ("AF", ["fa_AF"]), ("BR", ["pt_BR"]), ("UA", ["uk"]), ("TH", ["th"])],
)
def test_languages_of_the_country_come_before_the_largest(content: Content, country: str, first: list[str]) -> None:
    """Without a hint the country the bot assumes decides; a variety of another country comes after its own."""
    assert tags(picker(everyone(content), [], country)[0])[: len(first)] == first


def test_the_hint_only_orders(content: Content) -> None:
    """Whatever is near, the same languages can be reached, and English is always on the first page."""
    sets = []
    for one in everyone(content):
        front, *behind = picker(everyone(content), [one])
        sets.append({tag for page in (front, *behind) for tag in tags(page)})
        assert "en" in tags(front)[:LIKELY]
        assert tags(front)[0] == one.tag

    assert all(one == other for one, other in combinations(sets[:3], 2))
    assert len({frozenset(one) for one in sets}) == 1


def test_a_page_keeps_its_number_whatever_stands_first(content: Content) -> None:
    """A button of an older screen still opens the group it named."""
    found = [picker(everyone(content), [one])[1:] for one in everyone(content)]

    assert all([tags(page) for page in one] == [tags(page) for page in found[0]] for one in found)


@pytest.mark.parametrize("count", [1, 2, 12, 13, 20])
def test_few_languages_need_no_groups(content: Content, count: int) -> None:
    """Up to twelve stand on one page; a group of one is that language."""
    front, *behind = picker(everyone(content)[:count])

    assert bool(behind) == (count > PER_PAGE)
    named = [behind[entry.page - 1] for entry in front if entry.page]
    assert all(len(page) > 1 for page in named)
    assert {tag for page in (front, *named) for tag in tags(page)} == {one.tag for one in everyone(content)[:count]}
