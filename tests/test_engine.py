"""What is on screen after any answers, and where each button leads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stage import cards, choose, name, offered, quiet, seen

from bot.engine import engine as module
from bot.engine.engine import Engine
from bot.engine.screen import LEAVE, Screen
from bot.engine.session import MAX_ANSWERS, Flag, Session, Turn
from bot.flow.model import Library

WORK = {"sa_kind": "a_job_or_other_work", "sa_w1": "yes"}  # one middling sign with a gain
CARRIED = Session("core", locale=2, second=3, country=9, region=4, started=77, number=5, flags=Flag.QUIET | Flag.FEAR)


def wander(engine: Engine, session: Session, picks: Iterable[int]) -> Session:
    """A session further along: each pick chooses among the answers there are, until none are left."""
    for pick in picks:
        options = engine.count(session)
        if options < 1:
            break
        session = session.answer(pick % options + 1)
    return session


def back(engine: Engine, session: Session) -> Screen:
    """What the Back button of a screen shows."""
    return seen(engine, seen(engine, session).session.marked(Turn.BACK))


def state(engine: Engine, session: Session) -> str:
    """The state of the chart that a session stands in."""
    position = engine.locate(session)
    assert position is not None
    return position.state


# -- every screen of every flow ----------------------------------------------------------------------------------


def test_no_screen_is_a_dead_end(engine: Engine, screens: list[Session]) -> None:
    """Each screen says something, and each of its buttons leads to a screen or leaves."""
    for session in screens:
        screen = seen(engine, session)
        assert screen.kind in ("leave", "contacts") or screen.texts
        for choice in screen.choices:
            assert choice.go == LEAVE or (isinstance(choice.go, Session) and engine.show(choice.go) is not None)


def test_every_step_of_every_flow_is_reached(engine: Engine, library: Library, screens: list[Session]) -> None:
    """No question or card stands in a file that no answers lead to."""
    reached = {(session.flow, state(engine, session)) for session in screens}

    assert {(flow.id, step) for flow in library.flows.values() for step in flow.steps} - reached == set()


def test_the_longest_walk_fits_a_button(engine: Engine, screens: list[Session]) -> None:
    """No way through a flow takes more answers than a session holds."""
    assert max(len(session.answers) for session in screens) < MAX_ANSWERS


def test_only_ends_take_no_answer(engine: Engine, screens: list[Session]) -> None:
    """Where the person can still answer there are buttons; contacts, lists and the last line have none."""
    for session in screens:
        screen = seen(engine, session)
        ends = screen.kind in ("contacts", "signs", "list", "done", "leave") or cards(screen)[:1] != []
        assert screen.choices or ends


PICKS = st.lists(st.integers(0, 13), max_size=40)


@given(data=st.data())
def test_back_undoes(engine: Engine, data: st.DataObject) -> None:
    """From any screen of a flow, taking an answer and then Back shows that very screen again."""
    flow = data.draw(st.sampled_from(sorted(engine.charts)))
    flags = data.draw(st.sampled_from([Flag.NONE, Flag.MINOR, Flag.PAUSED | Flag.MINOR, Flag.CONSENTED | Flag.WORKER]))
    session = wander(engine, Session(flow, flags=flags), data.draw(PICKS))
    before = seen(engine, session)
    for choice in before.choices:
        if isinstance(choice.go, Session) and (after := seen(engine, choice.go)).session.flow == before.session.flow:
            undone = seen(engine, after.session.marked(Turn.BACK))
            if after.session.flags == before.session.flags:  # "I cannot talk now" stays said
                assert undone == before


def test_back_on_a_first_question_leads_to_the_menu(engine: Engine) -> None:
    """Before the first question of a flow comes the choice of flows, with nothing of the flow left but the place."""
    session = replace(CARRIED, flow="self_youth", flags=Flag.MINOR | Flag.QUIET)

    shown = back(engine, session)

    assert (shown.session.flow, state(engine, shown.session)) == ("core", "co_role")
    assert shown.session.flags == Flag.QUIET
    assert (shown.session.country, shown.session.region, shown.session.locale) == (9, 4, 2)


def test_back_on_the_very_first_card_leads_to_the_languages(engine: Engine) -> None:
    """Nothing comes before the door but the choice of a language."""
    assert back(engine, Session("core")).kind == "languages"


def test_back_leaves_the_help_screen_first(engine: Engine) -> None:
    """From contacts laid over a question Back shows that question, with all answers still there."""
    session = quiet(engine, Session("self_adult"), until="sa_3", **WORK)
    assert seen(engine, session.at(on=Flag.HELP)).kind == "contacts"

    assert back(engine, session.at(on=Flag.HELP)) == seen(engine, session)


def test_an_answer_closes_the_help_screen(engine: Engine) -> None:
    """A session one answer on does not show contacts over it any more."""
    session = Session("self_adult").at(on=Flag.HELP)

    assert not session.answer(1).has(Flag.HELP)


# -- jumps -------------------------------------------------------------------------------------------------------


def test_a_jump_starts_afresh_and_carries_what_is_not_an_answer(engine: Engine) -> None:
    """The next flow begins with no answers; place, languages, number, start and wishes come along."""
    landed = choose(engine, CARRIED, "go_on", "yes_it_is_safe", "check_my_own_life")

    assert landed == replace(CARRIED, flow="self_adult", answers=())


def test_a_jump_carries_that_somebody_is_a_minor(engine: Engine) -> None:
    """Who says under 18 goes on in the talk for the young, at its question, known as a minor."""
    landed = choose(engine, Session("self_adult"), "start", "under_18")

    assert (landed.flow, state(engine, landed)) == ("self_youth", "sy_now")
    assert landed.has(Flag.MINOR)


def test_a_jump_carries_that_the_offer_to_stop_was_made(engine: Engine) -> None:
    """Two skips are answered with an offer once in a conversation, not once in each flow."""
    paused = choose(engine, Session("role_hotel"), "start", "skip", "skip", "go_on")
    landed = choose(engine, quiet(engine, paused), "learn_more", "menu.roles", "role_fire")

    assert landed.has(Flag.PAUSED)
    assert seen(engine, choose(engine, landed, "start", "skip", "skip")).kind == "step"
    untold = choose(engine, quiet(engine, Session("role_hotel")), "learn_more", "menu.roles", "role_fire")
    assert seen(engine, choose(engine, untold, "start", "skip", "skip")).kind == "pause"


def test_a_jump_carries_consent_and_that_a_worker_talks(engine: Engine) -> None:
    """After the setup of a guided talk the form opens, known as a worker's talk with consent."""
    ready = quiet(engine, Session("guided_setup"), until="gs_8", gs_7="18_or_older")

    landed = choose(engine, ready, "short_5_questions")

    assert landed.flow == "guided_short"
    assert landed.answers == ()
    assert landed.has(Flag.CONSENTED)
    assert landed.has(Flag.WORKER)


def test_a_jump_into_the_middle_can_go_back(engine: Engine) -> None:
    """Back from a step that was jumped to shows what that flow asks before it."""
    landed = choose(engine, Session("self_adult"), "start", "under_18")

    assert state(engine, back(engine, landed).session) == "sy_0"


def test_the_way_to_the_menu_leaves_worker_and_client_behind(engine: Engine) -> None:
    """Who goes back to the menu is neither worker nor client, and consent is asked anew."""
    session = Session("guided_short", flags=Flag.WORKER | Flag.CONSENTED | Flag.CLIENT | Flag.FEAR)

    assert engine.menu(session).flags == Flag.FEAR


# -- consent -----------------------------------------------------------------------------------------------------


def test_every_guided_form_needs_consent(library: Library) -> None:
    """The setup gives consent on, the closing step asks nothing; every form between them needs it."""
    guided = {flow.id: flow for flow in library.flows.values() if flow.family == "guided"}

    assert guided.pop("guided_setup").grants == "consented"
    assert guided.pop("guided_close").needs == ""
    assert {flow.needs for flow in guided.values()} == {"consented"}
    assert len(guided) == 6


def test_a_form_without_consent_leads_to_the_setup(engine: Engine) -> None:
    """A form in a talk in which nobody agreed opens the setup that asks for it, from its first question."""
    agreed = Flag.WORKER | Flag.CONSENTED
    end = quiet(engine, Session("guided_transit", flags=agreed), gt_2="yes")  # some signs: the full form is offered

    for session in (end, choose(engine, end, "full_form"), Session("guided_short")):
        landed = seen(engine, session.at(off=Flag.CONSENTED)).session

        assert (landed.flow, landed.answers) == ("guided_setup", ())


def test_setup_stops_have_no_way_round(engine: Engine) -> None:
    """No private place, a friend as interpreter, no consent: each ends with contacts and opens no form."""
    for answers in ({"gs_1": "no"}, {"gs_2": "friend_or_kin_helps"}, {"gs_6": "no"}, {"gs_6": "not_able_to_agree"}):
        end = quiet(engine, Session("guided_setup"), **answers)

        assert seen(engine, end).kind == "contacts"
        assert end.flow == "guided_setup"
        assert not end.has(Flag.CONSENTED)


# -- danger ------------------------------------------------------------------------------------------------------


def test_danger_stops_the_flow_at_once(engine: Engine) -> None:
    """The urgent cards come before any further question, with contacts for someone in danger."""
    screen = seen(engine, choose(engine, Session("self_adult"), "start", "18_or_older", "yes"))

    assert (screen.kind, screen.band) == ("urgent", "urgent")
    assert cards(screen) == ["o_urgent_self", "o_urgent_fear"]
    assert offered(screen) == ["numbers", "cannot_talk", "go_on_questions"]
    assert screen.want is not None
    assert screen.want.urgent


def test_going_on_after_danger_asks_what_a_calm_answer_would_have_asked(engine: Engine) -> None:
    """The form goes on where the first answer without danger leads, and only because the person asked."""
    stopped = choose(engine, Session("self_adult"), "start", "18_or_older", "yes")

    assert state(engine, choose(engine, stopped, "go_on_questions")) == "sa_kind"


def test_danger_stays_said_to_the_end(engine: Engine) -> None:
    """At the end the urgent cards come first, then the card of the other answers; the band stays urgent."""
    screen = seen(engine, quiet(engine, Session("self_adult"), sa_now="yes", **WORK))

    assert cards(screen) == ["o_urgent_self", "o_urgent_fear", "o_some_self"]
    assert screen.band == "urgent"
    assert screen.want is not None
    assert screen.want.urgent


def test_danger_of_a_minor_shows_the_card_for_the_young(engine: Engine) -> None:
    """A minor in danger is spoken to as one, and child lines come first."""
    session = quiet(engine, Session("relationship"), until="rl_now", rl_age="under_18")

    screen = seen(engine, choose(engine, session, "yes"))

    assert cards(screen) == ["o_urgent_minor"]
    assert screen.want is not None
    assert screen.want.minor


def test_who_cannot_talk_is_shown_text_lines(engine: Engine) -> None:
    """The button under the urgent card marks the talk as quiet and leads to contacts with the card about text."""
    stopped = choose(engine, Session("self_adult"), "start", "18_or_older", "yes")

    quietly = choose(engine, stopped, "cannot_talk")

    assert quietly.has(Flag.QUIET)
    assert cards(seen(engine, quietly)) == ["r_cant_talk"]
    assert not choose(engine, stopped, "numbers").has(Flag.QUIET)


def test_a_watcher_is_not_asked_on(engine: Engine) -> None:
    """Who sees somebody else in danger gets numbers, and no way to go on with questions instead."""
    screen = seen(engine, choose(engine, Session("concern"), "start", "no", "yes"))

    assert offered(screen) == ["numbers"]


# -- stops -------------------------------------------------------------------------------------------------------

STRONG = {"sa_kind": "a_job_or_other_work", "sa_w1": "yes"}


def turned_strong(engine: Engine) -> Session:
    """A session just after the answer that made it strong, with four questions left."""
    session = quiet(engine, Session("self_adult"), until="sa_4", **STRONG)
    return choose(engine, session, "other_i_can_t_get_it")


def test_help_is_offered_as_soon_as_signs_are_strong(engine: Engine) -> None:
    """The first answer that makes the band strong is followed by the offer to see help now or to go on."""
    screen = seen(engine, turned_strong(engine))

    assert (screen.kind, cards(screen)) == ("more", ["s_more"])
    assert offered(screen) == ["show_help", "go_on"]


def test_the_offer_leads_to_the_outcome_or_on(engine: Engine) -> None:
    """Show help now gives the outcome of the answers so far; Go on asks the next question."""
    assert cards(seen(engine, choose(engine, turned_strong(engine), "show_help"))) == ["o_strong_self"]
    assert state(engine, choose(engine, turned_strong(engine), "go_on")) == "sa_5"


def test_the_offer_comes_once(engine: Engine) -> None:
    """Further strong answers are not stopped again."""
    on = choose(engine, turned_strong(engine), "go_on", "yes")

    assert state(engine, on) == "sa_6"


def test_near_the_end_nothing_is_offered(engine: Engine) -> None:
    """With fewer than two questions left the form just goes on."""
    session = quiet(engine, Session("self_adult"), until="sa_7", **STRONG)

    assert state(engine, choose(engine, session, "yes_for_that_reason")) == "sa_8"
    session = quiet(engine, Session("self_adult"), until="sa_6", **STRONG)
    assert seen(engine, choose(engine, session, "no_i_am_watched_or_kept")).kind == "more"


@pytest.mark.parametrize("flow", ["guided_full", "role_fire", "job_offer"])
def test_only_the_talks_of_a_person_themselves_stop_early(library: Library, flow: str) -> None:
    """Guided forms, checks at work and of an offer run to their end."""
    assert not library.flows[flow].early_stop


def test_a_worker_reads_one_quiet_line_instead(engine: Engine) -> None:
    """In a guided form strong signs add a line for the worker to the next question, and no card."""
    session = Session("guided_short", flags=Flag.WORKER | Flag.CONSENTED)
    assert seen(engine, session).guidance == ()

    screen = seen(engine, choose(engine, session, "no", "yes_force"))

    assert screen.kind == "step"
    assert "ui.enough_to_offer" in [text.key for text in screen.guidance]


def test_two_skips_in_a_row_are_answered_with_an_offer(engine: Engine) -> None:
    """After the second skip the person is told that stopping is fine, and can see help or go on."""
    screen = seen(engine, choose(engine, Session("self_adult"), "start", "skip_this", "skip_this"))

    assert (screen.kind, cards(screen), offered(screen)) == ("pause", ["s_two_skips"], ["see_help", "go_on"])
    assert state(engine, choose(engine, screen.session, "go_on")) == "sa_kind"
    assert seen(engine, choose(engine, screen.session, "see_help")).kind == "contacts"


def test_the_offer_after_two_skips_comes_once(engine: Engine) -> None:
    """Who goes on is not stopped again, however much is skipped."""
    session = choose(engine, Session("self_adult"), "start", "skip_this", "skip_this", "go_on")

    for _ in range(3):
        session = choose(engine, session, next(id for id in offered(seen(engine, session)) if id.startswith("skip")))
        assert seen(engine, session).kind == "step"


def test_skips_that_are_not_in_a_row_stop_nothing(engine: Engine) -> None:
    """An answer between two skips counts."""
    session = choose(engine, Session("self_adult"), "start", "skip_this", "no", "skip_this")

    assert seen(engine, session).kind == "step"


def test_not_asked_is_a_workers_choice(engine: Engine) -> None:
    """In a guided form two questions that were not asked stop nothing."""
    session = Session("guided_short", flags=Flag.WORKER | Flag.CONSENTED)

    assert seen(engine, choose(engine, session, "skip", "not_asked")).kind == "step"


# -- guards ------------------------------------------------------------------------------------------------------


def test_a_guarded_question_is_passed_by_unless_an_answer_asks_for_it(engine: Engine) -> None:
    """Whether family takes part, and whether stopping is safe, is asked only where some sign was told."""
    calm = quiet(engine, Session("self_youth"), until="sy_4")
    assert state(engine, choose(engine, calm, "no")) == "sy_7"

    assert state(engine, choose(engine, calm, "not_sure")) == "sy_5"
    offer = quiet(engine, Session("self_youth"), until="sy_4", sy_1="not_sure")
    assert state(engine, choose(engine, offer, "no")) == "sy_5"


# -- outcomes ----------------------------------------------------------------------------------------------------


def test_mostly_skipped_is_not_called_free_of_signs(engine: Engine) -> None:
    """With half of the scored questions skipped or not sure, band none has a card of its own."""
    asked = ["sa_3", "sa_4", "sa_5", "sa_6", "sa_7"]
    skips = {"sa_3": "skip", "sa_4": "skip_this", "sa_5": "skip", "sa_6": "skip_this", "sa_7": "skip_this"}
    few = quiet(engine, Session("self_adult"), sa_age="18_or_older", **{id: skips[id] for id in asked})
    position = engine.locate(few)
    assert position is not None
    scored = [id for id, _ in position.trail if engine.library.flows["self_adult"].steps[id].is_scored]
    half = len(scored) // 2 + len(scored) % 2

    for count in range(len(asked) + 1):
        end = quiet(engine, Session("self_adult"), **{id: skips[id] for id in asked[:count]})
        assert cards(seen(engine, end)) == ["o_none_few" if count >= half else "o_none_self"]


def test_few_answers_with_signs_keep_their_band(engine: Engine) -> None:
    """The card about few answers stands in for band none alone."""
    skips = {"sa_4": "skip_this", "sa_5": "skip", "sa_6": "skip_this", "sa_7": "skip_this", "sa_2": "skip_this"}

    assert cards(seen(engine, quiet(engine, Session("self_adult"), **WORK, **skips))) == ["o_some_self"]


def test_at_most_two_route_cards_follow_in_their_order(engine: Engine, library: Library) -> None:
    """Of four routes met, the two that stand first in common.toml are shown."""
    answers = {"gf_3a": "little_or_no_pay", "gf_6b": "yes_other_reasons", "gf_8a": "no_safe_place", "gf_8b": "a_doctor"}
    end = quiet(engine, Session("guided_full", flags=Flag.CONSENTED), **answers)
    position = engine.locate(end)
    assert position is not None

    assert set(engine.charts["guided_full"].measures(position).routes) == {
        "abuse",
        "labour_rights",
        "health",
        "shelter",
    }
    assert cards(seen(engine, end))[1:] == ["r_abuse", "r_labour_rights"]
    assert list(library.routes)[:2] == ["abuse", "labour_rights"]


def test_a_minor_gets_the_cards_for_the_young(engine: Engine) -> None:
    """In talks for all ages a minor, told of here or before, ends in the young people's cards."""
    assert cards(seen(engine, quiet(engine, Session("online"), on_age="under_18"))) == ["o_none_youth"]
    carried = Session("online", flags=Flag.MINOR)
    assert cards(seen(engine, quiet(engine, carried, on_age="18_or_older"))) == ["o_none_youth"]
    assert cards(seen(engine, quiet(engine, Session("online"), on_age="18_or_older"))) == ["o_none_self"]


def test_nobody_is_invited_to_the_same_form_again(engine: Engine) -> None:
    """The card that offers the full form leaves the offer out at the end of the full form itself."""
    worker = Flag.WORKER | Flag.CONSENTED
    short = seen(engine, quiet(engine, Session("guided_short", flags=worker), g1_1="yes"))
    full = seen(
        engine,
        quiet(
            engine,
            Session("guided_full", flags=worker),
            gf_2a="very_different",
            gf_3a="paid_less_than_agreed",
        ),
    )

    assert cards(short)[0] == cards(full)[0] == "o_some_guided"
    assert offered(short) == ["full_form", "contacts", "close"]
    assert offered(full) == ["contacts", "close"]


def test_the_signs_list_what_the_person_said_and_nothing_else(engine: Engine) -> None:
    """Question and answer of each answer that counted, in order; quiet answers and skips are left out."""
    end = quiet(engine, Session("self_adult"), sa_2="skip_this", **WORK)

    texts = seen(engine, choose(engine, end, "signs")).texts

    assert texts[0].key == "ui.signs"
    assert [text.values["question"] for text in texts[1:]] == [("self_adult.sa_kind.text",), ("self_adult.sa_w1.text",)]
    assert texts[1].values["answer"] == ("self_adult.sa_kind.opt.a_job_or_other_work",)


def test_a_checklist_ends_in_counts_and_its_open_items(engine: Engine) -> None:
    """Items that are no task of ours and skipped ones are in no count; what is not yet done comes first in the list."""
    end = quiet(
        engine,
        Session("role_police"),
        rp_1="full",
        rp_2="part",
        rp_3="none",
        rp_4="na",
        rp_5="skip",
        rp_6="none",
        rp_7="full",
    )
    card = seen(engine, end).texts[0]

    assert {key: card.values[key] for key in ("full", "part", "none")} == {"full": 2, "part": 1, "none": 2}
    assert card.values["first_three_not_yet"] == ("role_police.rp_3.text", "role_police.rp_6.text")
    assert [text.key for text in seen(engine, choose(engine, end, "list")).texts] == [
        "ui.list_none", "role_police.rp_3.text", "role_police.rp_6.text", "ui.list_part", "role_police.rp_2.text",
    ]  # fmt: skip


def test_a_complete_checklist_says_so(engine: Engine, library: Library) -> None:
    """With nothing open the card and the list say that, instead of standing empty."""
    done = dict.fromkeys([id for id in library.flows["role_police"].steps if id != "rp_0"], "full")
    end = quiet(engine, Session("role_police"), **done)

    assert seen(engine, end).texts[0].values["first_three_not_yet"] == ("ui.nothing",)
    assert [text.key for text in seen(engine, choose(engine, end, "list")).texts] == ["ui.list_empty"]


def test_leaving_is_no_session(engine: Engine) -> None:
    """An answer that leaves carries the plain token, which needs no key."""
    screen = seen(engine, choose(engine, Session("core"), "go_on"))

    assert {name(choice): choice.go for choice in screen.choices}["not_safe"] == LEAVE


def test_the_menu_offers_flows_and_a_second_page(engine: Engine, library: Library) -> None:
    """Things to read stand on the first page, checks at work behind one button; each opens its flow."""
    menu = choose(engine, Session("core"), "go_on", "yes_it_is_safe", "learn_or_my_job")
    assert offered(seen(engine, menu)) == [*library.menu["top"], "menu.roles"]

    roles = choose(engine, menu, "menu.roles")

    assert offered(seen(engine, roles)) == list(library.menu["roles"])
    assert choose(engine, roles, "role_hotel") == Session("role_hotel")


# -- what cannot be ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "session",
    [
        Session("gone"),
        Session("gone", flags=Flag.HELP),
        Session("self_adult", answers=(0,)),
        Session("self_adult", answers=(3,)),
        Session("self_adult", answers=(1, 1, 2, 99)),
        Session("self_adult", answers=(2, 1)),
        Session("self_adult", answers=(1, -1)),
        Session("core", answers=(1, 1, 11)),
    ],
    ids=[
        "flow gone",
        "flow gone, help",
        "no answer",
        "past the last",
        "far past",
        "after an end",
        "negative",
        "last + 1",
    ],
)
def test_an_impossible_session_has_no_screen(engine: Engine, session: Session) -> None:
    """A flow that is gone, an answer that does not exist or that follows an end: nothing is shown, nothing breaks."""
    assert engine.show(session) is None
    assert engine.count(session) == -1


@given(
    answers=st.lists(st.integers(-2, 16), max_size=70),
    flow=st.sampled_from(["core", "self_adult", "guided_full", "nowhere"]),
)
def test_any_answers_show_a_screen_or_nothing(engine: Engine, flow: str, answers: list[int]) -> None:
    """Whatever numbers stand in a session, the engine shows a screen of it or nothing."""
    screen = engine.show(Session(flow, answers=tuple(answers)))

    assert screen is None or screen.session.flow in engine.charts


# -- memory ------------------------------------------------------------------------------------------------------


def test_what_is_remembered_changes_no_result(engine: Engine, library: Library, screens: list[Session]) -> None:
    """An engine that has seen every screen shows the same as one that has seen none."""
    fresh = Engine(library)
    for session in screens:
        for flags in (Flag.NONE, Flag.MINOR, Flag.HELP):
            fresh._memo.clear()
            assert engine.show(session.at(on=flags)) == fresh.show(session.at(on=flags))


def test_memory_is_bounded_and_holds_no_person(
    library: Library, screens: list[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only so many paths are kept, the oldest go first, and none has a number, a place or a language in it."""
    monkeypatch.setattr(module, "MEMO_SIZE", 20)
    small = Engine(library)
    for session in screens[::9]:
        small.show(replace(session, number=0xDEADBEEF, country=777, locale=9))

    paths = list(small._memo)
    assert 0 < len(paths) <= 20
    assert all(len(path) == 3 and isinstance(path[0], str) and isinstance(path[2], tuple) for path in paths)
    assert not any(value in path[:2] for path in paths for value in (0xDEADBEEF, 777))


def test_a_forgotten_path_is_walked_again(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine without room to remember shows the same as one with it."""
    session = Session("self_adult", answers=(1, 1, 2, 1, 1, 1))
    wanted = Engine(library).show(session)
    monkeypatch.setattr(module, "MEMO_SIZE", 1)
    forgetful = Engine(library)

    forgetful.show(Session("job_offer", answers=(1, 1)))
    assert forgetful.show(session) == wanted
