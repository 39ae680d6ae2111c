"""What the bot must never do, N1 to N14: over every text it can say and every screen of every flow.

What nobody is asked (N3, N4) is proven in promises/test_p25_identity.py as well.

Each rule on words is a pattern that finds a breach in one sentence, and is shown to find breaches that are planted. The
rules on conduct look at what a person can be shown, tap and send.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from stage import PLACE, START, Phone, at_door, cards, offered, open_talk, seen

from bot import talk as talk_module
from bot.engine.engine import Engine
from bot.engine.screen import HELP, LEAVE, Screen
from bot.engine.session import Flag, Session
from bot.flow.model import Flow, Library
from bot.house import Content
from bot.talk import Talk
from bot.texts.catalogue import Catalogue
from bot.texts.offer import Offers
from bot.texts.source import messages
from bot.texts.speak import Speaker
from bot.texts.voice import Voice

ROOT = Path(__file__).parents[1]
SENTENCE = re.compile(r"[^.?!]+[.?!]?")
Texts = Mapping[str, str]


@dataclass(frozen=True)
class Rule:
    """Words that breach a rule. unless: what makes the sentence sound. skip: keys the rule does not speak of."""

    never: str
    unless: str = r"(?!)"
    skip: str = r"(?!)"
    questions_only: bool = False
    statements_only: bool = False

    def breaches(self, texts: Texts) -> list[str]:
        """Keys of texts with a sentence that breaches the rule."""
        return [key for key, text in texts.items() if not re.search(self.skip, key) and self._is_in(text)]

    def _is_in(self, text: str) -> bool:
        for sentence in SENTENCE.findall(text):
            asks = sentence.strip().endswith("?")
            if (self.questions_only and not asks) or (self.statements_only and asks):
                continue
            if re.search(self.never, sentence, re.IGNORECASE) and not re.search(self.unless, sentence, re.IGNORECASE):
                return True
        return False


LABELS = r"victims?|trafficked|traffickers?|slaves?|criminals?|pimps?"
WHOM = r"(?:you|he|she|they|this person|the person|your friend|your child|the child|it)"
NO_CLAIM = (
    rf"\b{WHOM} (?:are|is|were|was|have been|has been|must be)\b[^,;:]{{0,25}}\b(?:{LABELS}|guilty|safe now|not safe)\b"
)
VERDICT = r"\b(?:this|it|that) is (?:not )?(?:human |sex )?trafficking\b|\byou are (?:now )?safe\b|\bnothing is wrong\b"
ASKED = r"^\s*(?:are|is|were|was|if|can|do|does|did|would)\b"
NO = r"\b(?:not|no|never|cannot|nothing)\b|n't\b"
GET_IT = r"shelter|visa|housing|home|money|papers|status|job|freed|free|rescued|protected"
INFORM = r"call|report|tell|inform|alert|contact|notify|text|message|send|pass"

RULES: dict[str, Rule] = {
    "N1 no verdict": Rule(rf"{NO_CLAIM}|{VERDICT}", unless=rf"{ASKED}|\bmay be\b|\beven if\b"),
    "N2 no promise": Rule(
        r"\b(?:guarantee|promise|swear)\w*\b|\bno one will (?:ever )?(?:know|find out)\b|\bconfidential\b"
        rf"|\b(?:i|we|they) (?:will|can) (?:rescue|save|free|protect"
        rf"|house|pay|hide|keep you|get you|give you|help you get)\b"
        rf"|\byou(?:'ll| will) (?:get|have|be given|be)\b[^.]{{0,20}}\b(?:{GET_IT}|safe)\b|\bwill stay secret\b",
        unless=r"\b(?:not|cannot|never)\b|^\s*part 2, the promise",
        skip=r"\.opt\.",
        statements_only=True,
    ),
    "N3 no inquiry": Rule(
        r"^\s*(?:where|when)\b|\bwho (?:is|was) (?:he|she|it|the (?:boss|trafficker|man|woman))\b"
        r"|\b(?:proof|evidence|prove|in your own words|describe|your story|what happened|exactly)\b"
        r"|\btell (?:me|us) (?:more|about|what|who|where)\b|\b(?:send|show|upload"
        r"|record) (?:me |us )?(?:a |the |your )?(?:photo|picture|video|file)",
        unless=rf"{NO}|^\s*(?:ask what happened, not why|part 6)|\bprove your love\b"
        rf"|\bkeep the chat\b|\bto your own\b|\bshow it does\b",
        skip=r"\.opt\.|^policy10\.|^role_police\.|^card\.r_travel|^learn\.|^headline\.|\.gf_0\.",
    ),
    "N4 no identity": Rule(
        r"\b(?:what|which|tell|give|write|type|share|enter|say|send"
        r"|leave)\b[^.?!]{0,40}\b(?:names?|phone number|number|address"
        r"|nationality|citizenship|status|workplace|employer|date of birth|town|village)\b"
        r"|\byour (?:full |first |last |real )?(?:names?|address|nationality|status|workplace)\b"
        r"|\bwhere (?:are|do|did) you (?:live|work|stay|come from"
        r"|now)\b|\bare you (?:a citizen|legal|illegal|undocumented)\b",
        unless=rf"{NO}|^\s*which country are you in now|\baddress with someone you trust\b",
        skip=r"^contact\.|^learn\.|^kind\.",
    ),
    "N5 no risk": Rule(
        r"\b(?:face|confront|follow(?! (?:your|up))|film|trick|rescue|chase|spy on|trap|fight)"
        r" (?:him|her|them|the|any|a|guests|some)\b|\btry (?:a|to) rescue\b|\bgo in (?:and|to)\b|\bset a trap\b",
        unless=NO,
        statements_only=True,
    ),
    "N6 no reminder": Rule(
        r"\bi(?:'ll| will) (?:remind|check|write|ask you again|message|come back|get back)\b|\breminders?\b"
        r"|\bhow are you\b|\bstill there\b|\bsee you (?:soon|tomorrow)\b|\bit has been a while\b|\bwe miss you\b",
    ),
    "N7 nobody is told": Rule(
        rf"\bi (?:will|can|may|must|have to|am going to|already"
        rf"|did)\b[^.,]{{0,20}}\b(?:{INFORM})\b|\bi(?:'ve| have) (?:{INFORM})(?:e?d)?\b",
        unless=rf"{NO}|\btell you first\b",
        skip=r"^guided_",  # there the worker speaks, and says what the law asks of a worker
    ),
    "N8 no judgment": Rule(
        r"\b(?:prostitut\w*|whores?|hookers?|illegals?|junkies?"
        r"|addicts?|immoral|sinful|promiscuous|disgusting|sluts?)\b"
        r"|\b(?:you|she|he|they) should(?:n't| not)? have\b|\bwhy did(?:n't| not)? you\b|\bshame on\b"
        r"|\b(?:bad|wrong|poor|stupid) (?:choices?|parents?|decisions?|mothers?|fathers?|famil(?:y|ies))\b"
        r"|\b(?:fault|to blame|did wrong|your own doing)\b",
        unless=r"\b(?:not|never|neither)\b[^.]{0,12}\b(?:your fault|to blame)\b|\bdid nothing wrong\b",
    ),
    "N9 no pressure": Rule(
        r"\byou (?:must|have to|need to|should|will have to) (?:answer"
        r"|tell me|tell us|say|share|talk|finish|be honest|go on)\b"
        r"|\b(?:be honest|tell the truth|please answer|answer all"
        r"|are you sure|do not lie|you did not answer|try again)\b",
        unless=rf"{NO}",
    ),
    "N10 no score": Rule(
        r"\b(?:score|points?|percent|risk level|level of risk|rating"
        r"|grade|rank)\b|%|\b\d+ (?:of|out of|/) ?\d+\b|\brisk is\b",
        skip=r"^policy10\.|^advocate\.|^learn\.|^role_police\.",
    ),
    "N12 no disputed figure": Rule(
        r"\b9\d ?(?:%|percent)|\bninety\b|\bnine (?:in|out of) ten\b"
        r"|\b9 (?:in|out of) 10\b|\bthree.quarters\b|\b7[0-9] ?%|\b104\b"
        r"|\b161\b|\bbillions?\b|\bmillions?\b|\b(?:fast|rapid)\w*[ -](?:growing"
        r"|increasing)\b|\bincreasing industry\b|\baverage age\b",
    ),
}  # fmt: skip

# Breaches that each rule must find; each is planted in a card and in a question.
BREACHES: dict[str, tuple[str, ...]] = {
    "N1 no verdict": ("You are a victim of a crime.", "This is trafficking.", "He is a trafficker.",
                      "You are safe now.", "This is not trafficking.", "They were trafficked."),
    "N2 no promise": ("I promise that you get help.", "We will rescue you.", "You will get a visa.",
                      "They can protect you.", "What you say is confidential.", "No one will know."),
    "N3 no inquiry": ("Tell me what he did.", "Where did it happen?", "Who is the boss?", "Do you have proof?",
                      "Can you send a picture?", "When was it?", "Can you describe it?"),
    "N4 no identity": ("Please write your name.", "Which town are you in?", "What is your nationality?",
                       "Where do you live?", "Can you give a phone number?"),
    "N5 no risk": ("Follow the car to the house.", "Film them from far off.", "Try to rescue her.", "Confront him."),
    "N6 no reminder": ("I will remind you.", "How are you?", "I will check on you."),
    "N7 nobody is told": ("I will call the police.", "I may tell your family.", "I have reported it."),
    "N8 no judgment": ("You should have left.", "Why did you go?", "Is she a prostitute?", "It is your fault.",
                       "Was it a bad choice?"),
    "N9 no pressure": ("You must answer this.", "Please answer.", "You need to tell me more.", "Be honest."),
    "N10 no score": ("Your score is high.", "Your risk is 80%.", "You have 5 of 9 signs.", "You got many points."),
    "N12 no disputed figure": ("About 90 % are trafficked.", "It is a fast-growing trade.", "Nine in ten are forced."),
}  # fmt: skip


def texts(library: Library) -> dict[str, str]:
    """Everything the bot can say, in English, by key."""
    return {message.key: message.english for message in messages(library).values()}


def planted(library: Library, words: str) -> tuple[Library, tuple[str, str]]:
    """A library in which one card and one question say these words, and their keys."""
    card = replace(library.cards["o_some_self"], say=words)
    flow = library.flows["self_adult"]
    steps = {**flow.steps, "sa_6": replace(flow.steps["sa_6"], text=words)}
    flows = {**library.flows, "self_adult": replace(flow, steps=steps)}
    changed = replace(library, cards={**library.cards, "o_some_self": card}, flows=flows)
    return changed, ("card.o_some_self.text", "self_adult.sa_6.text")


@pytest.mark.parametrize("rule", RULES)
def test_no_text_breaches_a_rule(library: Library, rule: str) -> None:
    """No card, question, answer, button or notice says what the rule forbids."""
    assert RULES[rule].breaches(texts(library)) == []


@pytest.mark.parametrize(("rule", "words"), [(rule, words) for rule, all in BREACHES.items() for words in all])
def test_a_breach_is_found_wherever_it_stands(library: Library, rule: str, words: str) -> None:
    """The same words planted in a card and in a question are found there, and nowhere else."""
    changed, keys = planted(library, words)

    assert RULES[rule].breaches(texts(changed)) == list(keys)


def test_every_rule_on_words_has_breaches() -> None:
    """No rule on words stands untried."""
    assert set(RULES) == set(BREACHES)


# -- N1, writing: nobody is named as anything ------------------------------------------------------------------------


def named_in_self_flows(library: Library) -> list[str]:
    """Texts of self flows, and of cards that they end in, with a label for a person."""
    flows = [flow.id for flow in library.flows.values() if flow.family == "self"]
    ours = {key: text for key, text in texts(library).items() if key.split(".")[0] in (*flows, "card", "ui", "about")}
    return [key for key, text in ours.items() if re.search(rf"\b(?:{LABELS})\b", text, re.IGNORECASE)]


def test_nobody_is_given_a_label(library: Library) -> None:
    """N1: in what a person reads about their own life, there is "someone", and no victim, slave, pimp or trafficker."""
    assert named_in_self_flows(library) == []
    assert named_in_self_flows(planted(library, "Does a trafficker watch you?")[0]) == [
        "card.o_some_self.text", "self_adult.sa_6.text",
    ]  # fmt: skip


def test_no_card_for_signs_says_more_than_signs(library: Library) -> None:
    """N1: every card of a band speaks of signs, or of what to do, and the one for none says that it proves nothing."""
    for outcomes in library.outcomes.values():
        none = library.cards[outcomes.bands["none"]].say
        if outcomes.id != "check":
            assert re.search(r"not prove|No signs does not mean|does not rule out|something feels bad|Still keep", none)


# -- N3, N4: nothing is asked but what buttons can answer ------------------------------------------------------------


def test_whatever_is_sent_gets_the_one_fixed_card(talk: Talk) -> None:
    """N3: the answer to text, pictures and voice is the same card over the same question, and keeps none of it."""
    phone = at_door(talk)
    phone.tap("Go on")
    before = phone.reply

    first, second = (talk.notice(PLACE, phone.beside, "en") for _ in range(2))

    assert first == second
    assert first.text.startswith("I cannot read or keep messages. Please use the buttons.")
    assert first.text.endswith(before.text)


# -- N6, N7: no message and no call that nobody asked for ------------------------------------------------------------


def calls_in(path: Path, *names: str) -> list[str]:
    """Functions of a file that call one of these methods."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = []
    for outer in ast.walk(tree):
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
            calls = (node.func for node in ast.walk(outer) if isinstance(node, ast.Call))
            if any(isinstance(one, ast.Attribute) and one.attr in names for one in calls):
                found.append(outer.name)
    return found


PRODUCT = [path for path in sorted((ROOT / "bot").rglob("*.py")) if "simulator" not in path.parts]


def test_messages_are_sent_in_one_place_and_on_no_clock() -> None:
    """N6: a new message is sent by the room that answers updates, and never by the loop that looks at the time."""
    ways = re.compile(r"(send|copy|forward)[A-Z]\w+")
    senders = {
        path.stem
        for path in PRODUCT
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ways.fullmatch(node.value)
    }
    by_library = [path.stem for path in PRODUCT if calls_in(path, "send_message", "send_photo", "copy_message")]

    assert senders == {"deliver"}
    assert by_library == []
    timed = ast.parse((ROOT / "bot/messenger/tidy.py").read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(timed) if isinstance(node, ast.Attribute) and node.attr.startswith("send")]
    engine_files = [path for path in PRODUCT if path.parent.name in ("engine", "flow", "texts", "contacts")]
    assert not [path for path in engine_files if calls_in(path, "sleep", "call_later", "run_repeating", "run_once")]


def test_nothing_but_the_bot_api_is_ever_called() -> None:
    """N7: the program has no way to write or call to police, family or anybody: no other client is even imported."""
    clients = {"smtplib", "ftplib", "requests", "aiohttp", "urllib3", "twilio", "telnetlib", "imaplib", "xmlrpc"}
    imported: dict[str, set[str]] = {}
    for path in PRODUCT:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names = {node.module or ""}
            else:
                continue
            for name in names:
                imported.setdefault(name, set()).add(path.parent.name)

    assert {name for name in imported if name.split(".")[0] in clients} == set()
    proxies = [path.name for path in PRODUCT if "urllib.request" in path.read_text(encoding="utf-8")]
    assert proxies == ["line.py"]  # asks the machine for its proxies, and takes nothing else from there
    assert "from urllib.request import getproxies, proxy_bypass\n" in (ROOT / "bot/messenger/line.py").read_text()
    assert imported.get("http.client", set()) == set()
    assert imported.get("httpx", set()) <= {"messenger"}


# -- N9: help without a word -----------------------------------------------------------------------------------------


def without_a_way_round(flow: Flow) -> list[str]:
    """Scored questions of a flow that offer neither a skip nor a "not sure"."""
    return [
        step.id
        for step in flow.steps.values()
        if step.is_scored and not any(option.soft for option in step.options)
    ]  # fmt: skip


def test_no_scored_question_forces_an_answer(library: Library) -> None:
    """N9: whoever is asked about their life, or speaks for someone, can skip each question or not be sure."""
    flows = [flow for flow in library.flows.values() if flow.scoring in ("amp", "any1", "risk")]

    assert {flow.id: found for flow in flows if (found := without_a_way_round(flow))} == {}


def test_a_question_without_a_way_round_is_found(library: Library) -> None:
    """N9: the rule above can fail."""
    flow = library.flows["self_adult"]
    step = flow.steps["sa_3"]
    forced = replace(step, options=tuple(option for option in step.options if not option.soft))

    assert without_a_way_round(replace(flow, steps={**flow.steps, "sa_3": forced})) == ["sa_3"]


def test_contacts_are_there_before_any_answer(content: Content) -> None:
    """N9: one tap on Get help now shows contacts, from the first card on and from the first screen of every flow."""
    talk = open_talk(content)
    phone = at_door(talk)
    assert phone.tap("Get help now").contacts

    for flow in content.library.flows:
        start = replace(talk.fresh("en"), flow=flow, flags=Flag.CONSENTED)
        opened = Phone(talk)
        opened.press(talk.seal.seal(start, PLACE))
        assert opened.tap("Get help now").contacts, flow


def test_every_screen_has_help_and_leave(content: Content, engine: Engine, screens: list[Session]) -> None:
    """N9: there is no screen on which help is not one tap away, or from which a person cannot leave at once."""
    offers = Offers(content.languages, content.catalogues, content.library)
    speaker = Speaker(offers, content.directory, lambda: START.date())
    for session in screens:
        reply = speaker.speak(seen(engine, session), lambda _: "." * 64)
        data = {button.data for row in reply.rows for button in row}
        assert {HELP, LEAVE} <= data, session


def test_not_now_leads_to_contacts(library: Library) -> None:
    """N9: an offer to start that can be turned down leads to contacts, not to another question."""
    turned_down = [
        option.go
        for flow in library.flows.values()
        for step in flow.steps.values()
        for option in step.options
        if option.say == "Not now"
    ]

    assert set(turned_down) == {"CONTACTS"}


# -- N10: no score ---------------------------------------------------------------------------------------------------


def figures(engine: Engine, session: Session) -> list[object]:
    """Numbers that a screen would fill into its words."""
    screen = seen(engine, session)
    return [value for text in (*screen.texts, *screen.guidance) for value in text.values.values() if type(value) is int]


def test_no_screen_but_a_checklist_shows_a_figure(engine: Engine, library: Library, screens: list[Session]) -> None:
    """N10: no screen of a flow about a person has a figure to fill in; a check of one's own work counts marks."""
    with_figures = {session.flow for session in screens if figures(engine, session)}

    assert {library.flows[flow].scoring for flow in with_figures} == {"check"}


def test_no_outcome_holds_digits(engine: Engine, library: Library, screens: list[Session]) -> None:
    """N10: the words of results and of the signs that counted hold no digit at all."""
    said = texts(library)
    for session in screens:
        screen = seen(engine, session)
        if screen.kind == "outcome" and library.flows[session.flow].scoring != "check":
            assert not [key for key in cards(screen) if re.search(r"\d", said[f"card.{key}.text"])]


# -- N11: the limits come first --------------------------------------------------------------------------------------


def test_the_first_card_says_what_this_is(content: Content) -> None:
    """N11: before any question: a program, no person, and that others may see the chat."""
    phone = at_door(open_talk(content))

    said = phone.reply.text
    assert "I am a program, not a person." in said
    assert "may still see this chat" in said
    assert "?" not in said
    assert seen(phone.talk.engine, phone.talk.fresh("en")).session.answers == ()


def paths_to_forms(engine: Engine) -> Iterator[tuple[str, ...]]:
    """Every path of answers through the setup that opens a form, as "step=option"."""
    chart = engine.charts["guided_setup"]
    waiting = [chart.start()]
    for position in waiting:
        for number in range(1, chart.count(position) + 1):
            further = chart.advance(position, number)
            assert further is not None
            if further.state.startswith("@guided"):
                yield tuple(f"{id}={chart.flow.steps[id].options[n].id}" for id, n in further.trail)
            elif len(further.trail) < len(chart.flow.steps):
                waiting.append(further)


def test_a_worker_says_the_limits_before_anything_is_asked(engine: Engine) -> None:
    """N11: on every way to a guided form the worker has said what is reported, and has been told yes."""
    paths = list(paths_to_forms(engine))

    assert paths
    for path in paths:
        assert {"gs_4=i_said_it", "gs_5=i_said_it", "gs_6=yes"} <= set(path)
        assert path.index("gs_5=i_said_it") < path.index("gs_6=yes")
    assert "But if a child is at risk" in engine.library.flows["guided_setup"].steps["gs_5"].text


def test_a_young_person_can_ask_who_must_report(engine: Engine, screens: list[Session]) -> None:
    """N11: where signs were told by someone under 18, one button says who must report harm to a child."""
    young = [seen(engine, session) for session in screens]
    young = [one for one in young if {"o_strong_youth", "o_some_youth"} & set(cards(one))]

    assert young
    assert all("report_rules" in offered(screen) for screen in young)
    assert "may have to tell child safety" in engine.library.cards["r_report_rules"].say


# -- N12: figures ----------------------------------------------------------------------------------------------------


def test_no_figure_stands_in_a_text_unseen(library: Library) -> None:
    """N12: ages, parts and points apart, one text holds a figure about trafficking: the UN's, with its year."""
    plain = re.compile(
        r"\b(?:under 18|18 or older|of 16|part [1-8]|[1-8] parts|5 questions|4 minutes|10 points)\b", re.IGNORECASE
    )
    with_figures = {
        key
        for key, text in texts(library).items()
        if re.search(r"\d", plain.sub("", re.sub(r"^\d{1,2}\. ", "", text))) and not key.startswith("privacy.")
    }

    assert with_figures == {"learn.le_4.text"}
    assert "2022" in texts(library)["learn.le_4.text"]
    assert "Full numbers are not known." in texts(library)["learn.le_4.text"]


# -- N13: unchecked words never pass for checked ---------------------------------------------------------------------


def unmarked(content: Content, voice: Voice, flow: Flow) -> list[str]:
    """Safety texts and questions of a flow that would stand in an unchecked language without English below."""
    keys = [
        message.key
        for message in messages(content.library).values()
        if message.weight in ("S", "Q") and message.key.startswith(f"{flow.id}.")
    ]  # fmt: skip
    return [key for key in keys if not voice.needs_english(key) and voice.catalogue.state(key) == "draft"]


def test_no_unchecked_question_stands_alone(content: Content) -> None:
    """N13: in every language, a question that no person has checked is withheld, or stands over its English line."""
    offers = Offers(content.languages, content.catalogues, content.library)
    shown = 0
    for language in (one for one in offers.offered() if one.tag != "en"):
        for flow in content.library.flows.values():
            if offers.has_flow(flow, language):
                shown += 1
                assert unmarked(content, offers.voice(language), flow) == [], (language.tag, flow.id)
    assert shown


def test_a_draft_question_is_spoken_with_its_english(content: Content) -> None:
    """N13: what a person with a draft language reads holds the English of the question too."""
    talk = open_talk(content)
    offers = talk.speaker.offers
    flow = content.library.flows["self_adult"]
    for language in (one for one in offers.offered() if one.tag != "en"):
        key = "self_adult.sa_kind.text"
        if not offers.has_flow(flow, language) or not offers.voice(language).needs_english(key):
            continue
        start = replace(talk.fresh("en"), flow="self_adult", locale=language.number, answers=(1, 1, 2))
        phone = Phone(talk)
        said = phone.press(talk.seal.seal(start, PLACE)).text
        assert flow.steps["sa_kind"].text in said
        assert offers.voice(language).say(key) in said


def test_a_check_that_a_person_made_is_what_takes_the_english_away(content: Content) -> None:
    """N13: the rule hangs on the review of a person, and would fail without it."""
    language = content.languages.by_tag["es"]
    catalogue = content.catalogues.get("es")
    key = "self_adult.sa_3.text"
    source = messages(content.library)

    draft = Voice(language, Catalogue("es", catalogue.words, {}), source)
    checked = Voice(language, Catalogue("es", catalogue.words, {key: "checked"}), source)

    assert (draft.needs_english(key), checked.needs_english(key)) == (True, False)


# -- N14: every text is a fixed string -------------------------------------------------------------------------------


def unknown_words(screen: Screen, known: Texts) -> list[str]:
    """Texts and labels of a screen that no reviewed source holds."""
    said = [text.key for text in (*screen.texts, *screen.guidance)]
    said += [
        key for text in screen.texts for value in text.values.values() if isinstance(value, tuple) for key in value
    ]
    said += [choice.key for choice in screen.choices if not choice.label]
    labels = [choice.label for choice in screen.choices if choice.label]
    return [key for key in said if key not in known] + labels


def test_every_word_comes_from_a_reviewed_source(engine: Engine, library: Library, screens: list[Session]) -> None:
    """N14: no screen of any flow makes up a word: each text and each button is a message that translators see."""
    known = texts(library)
    for session in screens:
        for flags in (Flag.NONE, Flag.HELP, Flag.CLIENT | Flag.WORKER, Flag.QUIET):
            assert unknown_words(seen(engine, session.at(on=flags)), known) == []


def test_a_word_that_was_made_up_is_found(engine: Engine, library: Library) -> None:
    """N14: the rule above can fail."""
    less = {key: text for key, text in texts(library).items() if key != "core.co_hello.text"}

    assert unknown_words(seen(engine, Session("core")), less) == ["core.co_hello.text"]


def test_no_text_is_built_while_talking() -> None:
    """N14: the use case joins no words: it names keys, and hands on what the directory and the language table hold."""
    source = inspect.getsource(talk_module)
    joined = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.JoinedStr)]
    parts = {"".join(str(part.value) for part in node.values if isinstance(part, ast.Constant)) for node in joined}

    assert parts <= {"privacy.", "p:", ":"}
