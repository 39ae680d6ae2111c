"""An organisation's own forms: read from its own folder, behind the same gate, in its own words, never counted."""

from __future__ import annotations

import ast
import inspect as source_of
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from stage import SPANISH, Clock, Phone, at_door, cards, offered, open_talk, quiet, seen

import bot.inspect
from bot.config import Config, read_config
from bot.counts.tally import Pending, Tally
from bot.engine.engine import Engine
from bot.engine.prove import prove_flow
from bot.engine.session import ANSWER_LIMIT, Flag, Session
from bot.errors import Finding
from bot.flow import local
from bot.flow.check import check_library
from bot.flow.local import check_local
from bot.flow.model import Flow, Library, Licence
from bot.flow.read import gather
from bot.house import Content, content_version, read_content
from bot.locale import update_files
from bot.messenger.app import open_counts
from bot.progress import status_rows
from bot.texts.offer import Offers
from bot.texts.source import messages, ours

FOLDER = Path(__file__).parent / "instruments"
FORM, CHECK = "harbour_scale", "pier_check"
ABOVE = "At or over the cut-off of this form. Read the manual of the form on what to do next."
BELOW = "Under the cut-off of this form. The manual says that this does not rule out a need."
NAMED = (
    "Instrument: Harbour Scale (an invented form). Owner: Harbour House, a made-up owner. "
    "Harbour House (2020). The Harbour Scale: a form that does not exist."
)
CONSENT = ("Yes", "Yes", "No", "I said it", "I said it", "Yes", "18 or older")


@pytest.fixture(scope="module")
def private() -> Content:
    """What ships, with the invented forms of tests/instruments beside it."""
    return read_content(Config(flows=(FOLDER,)))


@pytest.fixture(scope="module")
def house(private: Content) -> Engine:
    return Engine(private.library)


@pytest.fixture
def phone(private: Content) -> Phone:
    """A worker at the choice of forms, after consent, with an adult."""
    at = at_door(open_talk(private))
    at.tap("Go on", "Yes, it is safe", "I am an outreach worker", *CONSENT)
    return at


def changed(library: Library, **what: object) -> Flow:
    """The invented form with some of its head changed."""
    licence = {key: what.pop(key) for key in list(what) if key in Licence.__dataclass_fields__}
    form = library.flows[FORM]
    return replace(form, licence=replace(form.licence, **licence), **what)  # type: ignore[arg-type]


# -- read and reached --------------------------------------------------------------------------------------------------


def test_a_folder_of_its_own_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """WAYMARK_FLOWS names the folder; its flows stand beside those that ship, and nothing else changes."""
    config = read_config({"WAYMARK_FLOWS": str(FOLDER)}, tmp_path)

    library = read_content(config).library

    assert {id for id, flow in library.flows.items() if flow.is_local} == {FORM, CHECK}
    assert len(library.flows) == len(read_content(Config()).library.flows) + 2


def test_the_invented_forms_pass_the_check(private: Content, house: Engine) -> None:
    """A licensed form holds every proof; that its fixed wording is hard to read is said and blocks nothing."""
    found = [finding for finding in check_library(private.library) if finding.level == "error"]
    paths = [one for id in (FORM, CHECK) for one in prove_flow(house.charts[id], ANSWER_LIMIT)[0]]

    assert [*found, *paths] == []
    assert [str(one) for one in check_library(private.library)] == [
        "harbour_scale.hs_3: reads at grade 11.1. At most 6: shorter sentences and words."
    ]


def test_a_form_for_adults_is_offered_after_consent(phone: Phone) -> None:
    """The choice of forms has one button more for an adult, in the form's own name."""
    assert phone.labels[:5] == ["Short, 5 questions", "Full, 8 parts", "Work only", "On the move", "Harbour scale"]


def test_a_form_for_adults_is_not_offered_for_a_minor(house: Engine) -> None:
    """Where the person is or may be under 18, a form that serves adults is no answer."""
    young = seen(house, quiet(house, Session("guided_setup"), until="gs_8y", gs_7="under_18"))

    assert [choice.label for choice in young.choices if choice.label] == []


@pytest.mark.parametrize(("serves", "steps"), [("adults", {"gs_8"}), ("minors", {"gs_8y"}), ("all", {"gs_8", "gs_8y"})])
def test_whom_a_form_serves_decides_where_it_is_offered(tmp_path: Path, serves: str, steps: set[str]) -> None:
    """`serves` says where a guided form joins the choice: for adults, for minors, or both."""
    text = (FOLDER / f"{FORM}.toml").read_text(encoding="utf-8").replace('serves = "adults"', f'serves = "{serves}"')
    (tmp_path / f"{FORM}.toml").write_text(text, encoding="utf-8")

    library, found = gather([Config().root / "flows", tmp_path])

    gate = library.flows["guided_setup"].steps.values()
    assert found == []
    assert {step.id for step in gate for option in step.options if option.id == FORM} == steps


def test_a_form_never_opens_without_consent(house: Engine) -> None:
    """A session at a private form that nobody agreed to shows the talk that asks for it."""
    for answers in ((), (1,), (1, 1, 2)):
        assert seen(house, Session(FORM, answers=answers)).session.flow == "guided_setup"


def test_a_check_for_a_job_stands_in_the_menu(private: Content) -> None:
    """A private check that is not guided is found where checks for jobs are, in its own name."""
    at = at_door(open_talk(private))
    at.tap("Go on", "Yes, it is safe", "Learn, or my job", "Signs at my work")
    assert "Check the pier" in at.labels

    at.tap("Check the pier")

    assert at.reply.text == "Is a rope tied so that no one can leave?"


def test_a_menu_and_a_choice_of_forms_have_room_for_ten(private: Content, content: Content) -> None:
    """Forms past the room of a screen are left out and said to be; what ships stays whole."""
    flows = dict(content.library.flows)
    for number in range(9):
        own = {f"{id}_{number}": private.library.flows[id] for id in (FORM, CHECK)}
        flows |= {id: replace(flow, id=id) for id, flow in own.items()}

    joined, menu = local.join_local(flows, content.library.menu)
    library = replace(private.library, flows=joined, menu=menu)

    assert len(joined["guided_setup"].steps["gs_8"].options) == 10
    assert len(menu["roles"]) == 10
    lost = [
        id for id, flow in joined.items() if any("offered nowhere" in one.what for one in check_local(flow, library))
    ]
    assert len(lost) == (9 - 6) + (9 - 3)


# -- in its own words --------------------------------------------------------------------------------------------------


def test_owner_and_citation_stand_before_the_first_question(phone: Phone) -> None:
    """The worker reads whose form it is and where it is described, once, before anything is asked."""
    phone.tap("Harbour scale")
    assert NAMED in phone.reply.text

    phone.tap("Start")

    assert "Harbour House" not in phone.reply.text
    assert "Did you see the sea this week?" in phone.reply.text


def test_forms_that_are_no_instrument_say_nothing_of_one(house: Engine, engine: Engine) -> None:
    """Nothing that ships passes for a named instrument."""
    for flow in engine.library.flows.values():
        assert flow.licence == Licence()
        assert all(
            text.key != "ui.instrument" for text in seen(engine, Session(flow.id, flags=Flag.CONSENTED)).guidance
        )
    assert seen(house, Session(CHECK)).guidance == ()


def test_a_client_who_holds_the_phone_reads_nothing_of_it(house: Engine) -> None:
    """Name, owner and citation are for the worker."""
    screen = seen(house, Session(FORM, flags=Flag.CONSENTED | Flag.WORKER | Flag.CLIENT))

    assert (screen.guidance, [text.key for text in screen.texts]) == ((), ["ui.please_return"])


@pytest.mark.parametrize(
    ("answers", "words", "band"),
    [
        (("Start", "Often", "No", "No", "No"), ABOVE, "strong"),
        (("Start", "Once", "Yes", "Yes", "No"), ABOVE, "strong"),
        (("Start", "Often", "Yes", "No", "No"), BELOW, "none"),
        (("Start", "Once", "Yes", "Not clear", "No"), BELOW, "none"),
        (("Start", "Not asked", "Not asked", "Not asked", "No"), BELOW, "none"),
    ],
)
def test_the_result_is_the_forms_own(phone: Phone, answers: tuple[str, ...], words: str, band: str) -> None:
    """At the cut-off or over it the form's own words for that side; no card of ours, no figure, contacts below."""
    phone.tap("Harbour scale", *answers)

    assert phone.reply.text.startswith(words)
    assert "Strong signs" not in phone.reply.text
    assert "No signs in these answers" not in phone.reply.text
    assert not any(figure in phone.reply.text.partition("Read this once")[0] for figure in "0123456789")
    assert len(phone.reply.contacts) >= 2
    assert phone.labels[:2] == ["Contacts", "Close the talk"]


def test_danger_comes_before_the_result(phone: Phone) -> None:
    """An urgent answer stops a licensed form as it stops any other; the result follows it, with contacts."""
    phone.tap("Harbour scale", "Start", "Often", "No", "Yes", "Yes")
    assert phone.reply.text.startswith("Stop the form. See to safety first")

    phone.tap("Go back to the form")

    assert phone.reply.text.index("Stop the form") < phone.reply.text.index(ABOVE)
    assert phone.reply.contacts


def test_a_local_check_uses_the_cards_that_all_share(house: Engine) -> None:
    """A check without a cut-off ends in the cards of its band."""
    end = seen(house, quiet(house, Session(CHECK), pc_1="yes"))

    assert (end.band, cards(end)) == ("strong", ["o_strong_role"])
    assert offered(end) == ["who_to_call", "note"]


# -- other languages ---------------------------------------------------------------------------------------------------


def test_a_form_is_withheld_where_nobody_has_put_it_into_words(private: Content) -> None:
    """In another language the choice of forms stays in that language; the form itself gives way to contacts."""
    at = at_door(open_talk(private))
    at.tap("Go on", "Yes, it is safe", "I am an outreach worker", *CONSENT)
    shown = at.talk.seal.open(at.data("Back"), at.place)
    assert shown is not None
    here = replace(shown, locale=SPANISH).marked(shown.turn.HERE)

    at.press(at.talk.seal.seal(here, at.place))
    assert at.reply.language == "es"
    assert "Harbour scale" in at.labels
    at.tap("Harbour scale")

    assert "Ask all four" not in at.reply.text
    assert "English" in at.labels
    assert at.reply.contacts


def test_no_catalogue_is_owed_for_a_private_form(private: Content, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words of a private form are spoken in English, and never written into the catalogues that are shared."""
    monkeypatch.setenv("WAYMARK_FLOWS", str(FOLDER))
    own = {key for key in messages(private.library) if key.startswith((FORM, CHECK))}

    assert f"{FORM}.results.above" in own
    assert own & set(ours(private.library)) == set()
    assert not any("harbour" in key or "pier" in key for key in ours(private.library))
    assert not [path for path in update_files((), dry_run=True) if FORM in path.name or CHECK in path.name]
    monkeypatch.setattr(bot.inspect, "check_paths", lambda engine, known: ([], []))  # slow, and proven elsewhere
    assert [str(finding) for finding in bot.inspect.inspect().findings if finding.level == "error"] == []


def test_a_private_form_changes_no_figure_of_coverage(monkeypatch: pytest.MonkeyPatch) -> None:
    """How far a language is translated is counted over what ships."""
    before = [{key: row[key] for key in ("tag", "coverage", "checked")} for row in status_rows()]
    monkeypatch.setenv("WAYMARK_FLOWS", str(FOLDER))

    assert [{key: row[key] for key in ("tag", "coverage", "checked")} for row in status_rows()] == before


def test_a_screen_of_what_ships_is_the_same_beside_it(private: Content, content: Content) -> None:
    """Which languages a flow that ships may be walked in does not hang on an organisation's own."""
    for language in content.languages.by_tag.values():
        here, there = (Offers(one.languages, one.catalogues, one.library) for one in (content, private))
        flows = content.library.flows.values()
        assert [here.has_flow(flow, language) for flow in flows] == [there.has_flow(flow, language) for flow in flows]


# -- never counted -----------------------------------------------------------------------------------------------------


class Heard:
    """A counter that remembers what it was told."""

    def __init__(self) -> None:
        self.tallies: list[Tally] = []

    def add(self, tally: Tally) -> None:
        self.tallies.append(tally)


def test_a_private_form_is_never_counted(private: Content) -> None:
    """Its very name may say too much: no tally is made, neither of its start nor of its end."""
    heard = Heard()
    at = at_door(open_talk(private, Clock(), heard))
    at.tap(
        "Go on",
        "Yes, it is safe",
        "I am an outreach worker",
        *CONSENT,
        "Harbour scale",
        "Start",
        "Once",
        "No",
        "No",
        "No",
    )
    assert at.reply.text.startswith(BELOW)
    assert heard.tallies == []

    at.tap("Close the talk")
    at.send("start")
    at.tap("English", "Go on", "Yes, it is safe", "I am an outreach worker", *CONSENT, "Short, 5 questions", "No")

    assert [tally.flow for tally in heard.tallies] == ["guided_short"]


def test_no_cell_of_the_store_names_a_private_form(private: Content, content: Content, tmp_path: Path) -> None:
    """The closed list of what may be counted, and its digest, are those of what ships."""
    cells: list[set[str]] = []
    for one in (private, content):
        folder = tmp_path / str(len(cells))
        folder.mkdir()
        counter, writer = open_counts(Config(data=folder), one, Offers(one.languages, one.catalogues, one.library))
        assert isinstance(counter, Pending)
        assert writer is not None
        cells.append(set(counter._counts))
        writer.close()

    assert cells[0] == cells[1]
    assert not any(FORM in cell or CHECK in cell for cell in cells[0])


def test_a_form_that_is_public_may_be_counted(private: Content) -> None:
    """Who wants a form counted marks it public; gates keep no count either way."""
    form = private.library.flows[FORM]

    assert not form.is_counted
    assert changed(private.library, visibility="public").is_counted
    assert not private.library.flows["guided_setup"].is_counted


# -- refused -----------------------------------------------------------------------------------------------------------

REFUSED: dict[str, tuple[dict[str, object], list[str]]] = {
    "validated without a licence": (
        {"licence": ""},
        ["is marked validated and has no licence. Add licence = with its text and proof."],
    ),
    "validated without a name": (
        {"instrument": "none"},
        ["is marked validated and names no instrument. Add instrument = with its name."],
    ),
    "an instrument without an owner": (
        {"owner": "", "validated": False},
        ["is an instrument and names no owner. Add owner = to be shown before it."],
    ),
    "an instrument without a citation": (
        {"citation": ""},
        ["is an instrument and names no citation. Add citation = to be shown before it."],
    ),
    "validated and scored by our rules": (
        {"scoring": "amp", "cut_off": 0, "results": {}},
        ['is marked validated and scored by "amp". A validated tool keeps its own result: scoring = "count".'],
    ),
    "a cut-off without a count": (
        {"scoring": "amp", "validated": False},
        ['has results or a cut_off and the scoring "amp". They belong to scoring = "count".'],
    ),
    "a count without a cut-off": (
        {"cut_off": 0},
        ["cut_off is 0. Scoring by count needs cut_off = 1 or more."],
    ),
    "a count without words": (
        {"results": {"above": ABOVE}},
        ['has no words for a count "below" its cut-off. Add below = to results.'],
    ),
    "a visibility that is none": (
        {"visibility": "secret"},
        ['visibility is "secret". Known: private, public.'],
    ),
    "an age that is none": (
        {"serves": "adult"},
        ['serves is "adult". Did you mean "adults"?'],
    ),
    "private among the public": (
        {"is_local": False},
        ["is private and lies among the public flows. Move it to a folder of its own and name that in WAYMARK_FLOWS."],
    ),
    "guided without a gate": (
        {"needs": ""},
        ['is a guided form and opens without consent. Add needs = "consented".'],
    ),
    "a gate that no flow grants": (
        {"needs": "consent"},
        ['needs "consent", which no flow grants. Did you mean "consented"?'],
    ),
    "offered nowhere": (
        {"id": "harbour_scale_2"},
        [
            "is offered nowhere: a screen holds 10 buttons, and a form stands behind what it needs."
            " Take another flow out, or mend needs and serves."
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_form_that_does_not_say_what_it_must_is_refused(private: Content, name: str) -> None:
    """Each gap gives exactly its own finding, with the form's address."""
    change, says = REFUSED[name]
    form = changed(private.library, **dict(change))

    assert [str(finding) for finding in check_local(form, private.library)] == [f"{form.id}: {line}" for line in says]


def test_every_finding_has_a_case(private: Content, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each place that makes a finding about local forms is reached by one of the cases above."""
    reached: set[int] = set()

    def recorded(address: str, what: str, remedy: str, level: str = "error") -> Finding:
        reached.add(sys._getframe(1).f_lineno)
        return Finding(address, what, remedy, level)

    monkeypatch.setattr(local, "Finding", recorded)
    for change, _ in REFUSED.values():
        list(check_local(changed(private.library, **dict(change)), private.library))

    calls = [node for node in ast.walk(ast.parse(source_of.getsource(local))) if isinstance(node, ast.Call)]
    places = {node.lineno for node in calls if isinstance(node.func, ast.Name) and node.func.id == "Finding"}
    assert places - reached == set()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("below =", "beneath =", 'harbour_scale.results: has an unknown key "beneath".'),
        ('results = { above = "', 'results = { above = 1, other = "', "harbour_scale.results: above is 1."),
        ('id = "hs_0"\n', 'id = "hs_0"\nforms = "children"\n', 'harbour_scale.hs_0: forms is "children".'),
    ],
)
def test_a_key_that_is_wrong_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    """Slips in the keys of a licensed form are found where they stand."""
    text = (FOLDER / f"{FORM}.toml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (tmp_path / f"{FORM}.toml").write_text(text.replace(old, new), encoding="utf-8")

    _, found = gather([Config().root / "flows", tmp_path])

    own = f"{tmp_path.name}/{FORM}.toml: "
    assert any(str(finding).startswith(own + says) for finding in found), [str(finding) for finding in found]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace('licence = "Used', '# licence = "Used'),
        lambda text: text.replace("Harbour scale", "Short, 5 questions"),
        lambda text: text.replace("Harbour scale", "A scale with a very long name"),
        lambda text: text.replace("cut_off = 3", "cut_off = 0"),
        lambda text: text.replace("go = ", "go ", 1),
    ],
)
def test_a_form_that_is_refused_takes_nothing_else_down(
    tmp_path: Path, spoil: Callable[[str], str], content: Content
) -> None:
    """A mistake in an organisation's form withdraws that form alone: the gate and its other forms stay open."""
    text = (FOLDER / f"{FORM}.toml").read_text(encoding="utf-8")
    (tmp_path / f"{FORM}.toml").write_text(spoil(text), encoding="utf-8")
    spoilt = read_content(Config(flows=(tmp_path,)))

    assert set(spoilt.sound) == set(content.library.flows)
    assert spoilt.found != ()

    at = at_door(open_talk(spoilt))
    at.tap("Go on", "Yes, it is safe", "I am an outreach worker", *CONSENT)
    assert at.labels[:5] == ["Short, 5 questions", "Full, 8 parts", "Work only", "On the move", "Client's language"]


def test_a_changed_form_changes_the_version_of_the_content(tmp_path: Path) -> None:
    """The short code on the page about the bot covers an organisation's own folder."""
    (tmp_path / f"{FORM}.toml").write_text((FOLDER / f"{FORM}.toml").read_text(encoding="utf-8"), encoding="utf-8")
    before = content_version(Config(flows=(tmp_path,)))
    (tmp_path / f"{FORM}.toml").write_text("# changed", encoding="utf-8")

    assert content_version(Config(flows=(tmp_path,))) != before
