"""Picking a place in every language: at most three taps to any country or region, in the order CLDR has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.contacts.read import load
from bot.texts.collate import fold, key, read_orders
from bot.texts.languages import read_languages
from bot.texts.order import codes, digest, write
from bot.texts.places import LIKELY, PER_PAGE, Places
from bot.texts.territories import spoken, territories

ROOT = Path(__file__).parents[1]
DIRECTORY = load([ROOT / "flows" / "contacts"])
TAGS = tuple(read_languages(ROOT / "locales" / "languages.toml").by_tag)
ORDER = ROOT / "locales" / "order.toml"


@pytest.fixture(scope="module")
def places() -> Places:
    return Places(DIRECTORY)


def taps_to_countries(places: Places, tag: str, likely: int) -> dict[int, int]:
    """Country number -> taps from the button that opens the list: that tap, a range, the country."""
    taps: dict[int, int] = {}
    for entry in places.countries(tag, likely, 0):
        if entry.page:
            for inner in places.countries(tag, likely, entry.page):
                taps.setdefault(inner.number, 3)
        else:
            taps[entry.number] = 2
    return taps


@pytest.mark.parametrize("tag", TAGS)
def test_any_country_is_three_taps_away_in_any_language(places: Places, tag: str) -> None:
    """85 countries, whatever the language and the operator's default; never more than sixteen buttons."""
    everywhere = {country.number for country in DIRECTORY.countries.values()}
    for likely in (0, DIRECTORY.countries["US"].number, DIRECTORY.countries["TH"].number):
        taps = taps_to_countries(places, tag, likely)
        first = places.countries(tag, likely, 0)
        pages = [places.countries(tag, likely, entry.page) for entry in first if entry.page]

        assert taps.keys() == everywhere
        assert max(taps.values()) <= 3
        assert all(len(page) <= PER_PAGE for page in (first, *pages))
        assert not any(inner.page for page in pages for inner in page)
        assert not likely or first[0].number == likely


@pytest.mark.parametrize("tag", TAGS)
def test_pages_of_countries_are_in_the_order_of_the_language(places: Places, tag: str) -> None:
    """Behind the ranges the names follow each other as CLDR collates them, none left out and none twice."""
    first = places.countries(tag, 1, 0)
    shown = [entry for one in first if one.page for entry in places.countries(tag, 1, one.page)]
    order = [code for code in read_orders()[tag] if code in DIRECTORY.countries]

    assert [entry.number for entry in shown] == [DIRECTORY.countries[code].number for code in order]
    assert [entry.label for entry in shown] == [territories(tag)[code] for code in order]


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("es", ["Argentina", "Austria", "Bélgica", "Bulgaria", "Chequia", "Chipre", "Colombia"]),  # ch is no letter
        ("zh_Hant", ["不丹", "中國", "丹麥", "巴西", "日本", "英國", "德國"]),  # by strokes
        ("zh_Hans", ["巴西", "不丹", "丹麦", "德国", "日本", "英国", "中国"]),  # by pinyin
        ("sq", ["Kolumbi", "Kore e Jugut", "Rumani", "Sllovaki", "Spanjë", "Suedi", "Zvicër"]),
        ("vi", ["Ai Cập", "Áo", "Ba Lan", "Bỉ", "Campuchia", "Đan Mạch", "Đức"]),
        ("th", ["กรีซ", "เกาหลีใต้", "เกาะกวม", "เดนมาร์ก", "ไทย"]),  # by the consonant that is spoken first
        ("en", ["Côte d’Ivoire", "Cuba", "Egypt", "Zambia"]),
    ],
)
def test_names_are_collated_as_in_a_book_of_that_language(tag: str, expected: list[str]) -> None:
    """Accents, strokes, vowels written before their consonant and letters of their own stand where readers look."""
    known = set(territories(tag).values())

    names = [name for name in expected if name in known]
    assert len(names) >= 4
    assert sorted(set(names), key=key(tag)) == names


@pytest.mark.parametrize("tag", TAGS)
def test_the_order_was_made_for_the_names_that_are_shown(tag: str) -> None:
    """When CLDR renames a country this fails: make locales/order.toml anew as its first lines say."""
    text = ORDER.read_text(encoding="utf-8")

    assert f'{tag} = "{digest(tag)}"' in text.partition("[order]")[0]
    assert sorted(read_orders()[tag]) == codes(tag)


def test_an_order_is_written_as_it_is_read(tmp_path: Path) -> None:
    """What the maker writes is what the bot reads, in the order of the key it was given."""
    path = tmp_path / "order.toml"
    path.write_text("\n".join(write(["en", "de"], "0", lambda tag, name: fold(name))) + "\n", encoding="utf-8")

    orders = read_orders.__wrapped__(path)

    assert list(orders) == ["en", "de"]
    names = [fold(territories("de")[code]) for code in orders["de"]]
    assert names == sorted(names)


def test_without_an_order_names_follow_their_letters(tmp_path: Path) -> None:
    """A missing or broken file, or a name outside the list, is no reason to fail: case and accents do not count."""
    (tmp_path / "broken.toml").write_text("[order", encoding="utf-8")

    assert read_orders.__wrapped__(tmp_path / "none.toml") == {}
    assert read_orders.__wrapped__(tmp_path / "broken.toml") == {}
    assert sorted(["zone", "Élan", "apple", "Zebra"], key=key("en")) == ["apple", "Élan", "Zebra", "zone"]


def test_countries_where_the_language_is_spoken_come_first(places: Places) -> None:
    """The operator's country, then those where the language is official, then those where many speak it."""
    labels = [entry.label for entry in places.countries("ar", 1, 0) if not entry.page]
    kurdish = [entry.number for entry in places.countries("ckb", 0, 0) if not entry.page]

    assert labels[0] == territories("ar")["US"]
    assert {territories("ar")[code] for code in ("EG", "LB")} <= set(labels)
    assert len(labels) == LIKELY
    assert kurdish == [DIRECTORY.countries["IQ"].number]
    assert spoken("TR", "ku") > spoken("DE", "ku") == 0


def test_every_region_is_two_taps_into_its_country(places: Places) -> None:
    """The 51 regions of the United States stand behind ranges, the few of Belgium on one page, each once."""
    for country in DIRECTORY.countries.values():
        first = places.regions(country.number, 0)
        pages = [places.regions(country.number, entry.page) for entry in first if entry.page]
        shown = [entry.number for page in (first, *pages) for entry in page if entry.number]

        assert sorted(shown) == sorted(region.number for region in country.regions)
        assert all(len(page) <= PER_PAGE for page in (first, *pages))
        assert bool(pages) == (len(country.regions) > PER_PAGE)
    assert [entry.label for entry in places.regions(1, 1)][:3] == ["Alabama", "Alaska", "Arizona"]


def test_an_old_page_leads_to_the_first(places: Places) -> None:
    """A button of a list that has changed does no harm, nor does a country that is gone."""
    assert places.countries("en", 1, 9) == places.countries("en", 1, 0)
    assert places.regions(1, 9) == places.regions(1, 0)
    assert places.regions(998, 0) == []


def test_the_button_of_a_range_stays_short(places: Places) -> None:
    """Long official names are cut to their first words, so that both ends can be read on a telephone."""
    for tag in TAGS:
        for entry in places.countries(tag, 1, 0):
            assert not entry.page or len(entry.label) <= 40, entry.label
