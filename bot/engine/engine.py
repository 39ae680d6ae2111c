"""show(session) -> Screen: replay the answers, say what is on screen and where each button leads. Pure."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.engine.machine import Chart, Position
from bot.engine.outcome import end_texts, instrument_texts, list_texts, route_cards, sign_texts, touched_texts
from bot.engine.screen import LEAVE, Choice, Kind, Screen, Text, Want
from bot.engine.session import Flag, Path, Session, Turn
from bot.flow.model import FAMILIES, Button, Library, Option, Step
from bot.flow.scoring import Measures

DOOR = "core"
MENU_STEP = "co_role"
MEMO_SIZE = 50_000
MAX_JUMPS = 8
URGENT_LINES, OUTCOME_LINES = 2, 2


class Engine:
    """All charts of a library. Where a path leads is memoised, bounded, so that a tap costs one transition."""

    def __init__(
        self,
        library: Library,
        minor_rule: str = "us",
        only: Iterable[str] | None = None,
        families: Iterable[str] = FAMILIES,
    ) -> None:
        """only: ids of the flows to build (all when None), the others count as withdrawn. families: flows offered."""
        self.library, self.families = library, frozenset(families)
        ids = library.flows.keys() if only is None else only
        self.charts = {id: Chart(library.flows[id], library, minor_rule) for id in ids}
        self._memo: OrderedDict[Path, Position | None] = OrderedDict()
        self._entries: dict[tuple[str, str], tuple[int, ...]] = {}

    # -- where a session stands --------------------------------------------------------------------------------

    def locate(self, session: Session) -> Position | None:
        """The position its answers lead to, in the flow it names; None where no such path exists."""
        chart = self.charts.get(session.flow)
        if chart is None:
            return None
        path = session.path
        if path in self._memo:
            self._memo.move_to_end(path)
            return self._memo[path]
        answers = session.answers
        if not answers:
            position: Position | None = chart.start(session.has(Flag.MINOR), session.has(Flag.PAUSED))
        else:
            before = self.locate(replace(session, answers=answers[:-1]))
            position = chart.advance(before, answers[-1]) if before is not None else None
        self._remember(path, position)
        return position

    def _remember(self, path: Path, position: Position | None) -> None:
        self._memo[path] = position
        if len(self._memo) > MEMO_SIZE:
            self._memo.popitem(last=False)

    def count(self, session: Session) -> int:
        """How many answers the screen of a session takes: 0 at an end; -1 where the path is impossible."""
        position = self.locate(session)
        return -1 if position is None else self.charts[session.flow].count(position)

    def entry(self, flow: str, step: str) -> tuple[int, ...]:
        """The shortest answers that lead from a flow's start to one of its steps."""
        if (flow, step) not in self._entries:
            self._entries[flow, step] = self._find_entry(flow, step)
        return self._entries[flow, step]

    def _find_entry(self, flow: str, step: str) -> tuple[int, ...]:
        chart = self.charts[flow]
        queue: deque[tuple[Position, tuple[int, ...]]] = deque([(chart.start(), ())])
        seen: set[str] = set()
        while queue:
            position, answers = queue.popleft()
            if position.state == step:
                return answers
            seen.add(position.state)
            for option in range(1, chart.count(position) + 1):
                further = chart.advance(position, option)
                if further is not None and further.state not in seen:
                    queue.append((further, (*answers, option)))
        return ()

    def menu(self, session: Session) -> Session:
        """The choice of flows; what was answered before is left behind."""
        plain = session.in_flow(DOOR, self.entry(DOOR, MENU_STEP))
        return plain.at(off=Flag.CLIENT | Flag.WORKER | Flag.CONSENTED)

    def offers(self, flow: str) -> bool:
        """Whether a flow can be opened here: its file is sound and its family is among those the operator offers."""
        return flow in self.charts and (flow == DOOR or self.library.flows[flow].family in self.families)

    def _leads_on(self, go: str) -> bool:
        """Whether a button is worth showing: not when it jumps to a flow, or a group of flows, that is not offered."""
        if go.startswith("MENU."):
            return any(self.offers(flow) for flow in self.library.menu.get(go.partition(".")[2], ()))
        return not go.startswith("@") or self.offers(go[1:].partition(".")[0])

    # -- what is on screen -------------------------------------------------------------------------------------

    def show(self, session: Session) -> Screen | None:
        """The screen of a session; None where its path is impossible (an old or foreign button)."""
        session, kind = self._turn_back(session)
        for _ in range(MAX_JUMPS):
            position = self.locate(session)
            if position is None:
                return None
            if self._is_shut(session):
                session = self._gate(session)
            elif position.state.startswith("@"):
                session = self._jump(session, position)
            else:
                break
        else:
            return None
        if kind is not None:
            return Screen(session, kind)
        screen = self._draw(session, position)
        return self._for_client(screen) if session.has(Flag.CLIENT) else screen

    def _turn_back(self, session: Session) -> tuple[Session, Kind | None]:
        """What a Back button shows; a first question leads to the menu, the very first card to the languages."""
        turn, session = session.turn, session.marked(Turn.HERE)
        if not turn & Turn.BACK:
            return session, None
        if session.has(Flag.HELP):
            return session.at(off=Flag.HELP), None
        if session.answers:
            return replace(session, answers=session.answers[:-1]), None
        if session.flow == DOOR:
            return session, "languages"
        return self.menu(session).at(off=Flag.MINOR), None

    def _jump(self, session: Session, position: Position) -> Session:
        flow, _, step = position.state[1:].partition(".")
        here = self.charts[session.flow]
        on = Flag.NONE
        if "minor" in here.measures(position).facts:
            on |= Flag.MINOR
        if position.paused:
            on |= Flag.PAUSED
        if here.flow.grants:
            on |= Flag.CONSENTED
        if not self.offers(flow):
            return self.menu(session)
        there = self.library.flows[flow]
        if there.family == "guided":
            on |= Flag.WORKER
        return session.in_flow(there.id, self.entry(there.id, step) if step else ()).at(on=on)

    def _is_shut(self, session: Session) -> bool:
        """Whether a form stands before its gate: nothing but the gate opens it, however the session came about."""
        return bool(self.charts[session.flow].flow.needs) and not session.has(Flag.CONSENTED)

    def _gate(self, session: Session) -> Session:
        """The talk that must come before a form."""
        needs = self.charts[session.flow].flow.needs
        gate = next((id for id, chart in self.charts.items() if chart.flow.grants == needs), None)
        if gate is None or not self.offers(gate):
            return self.menu(session)
        return session.in_flow(gate).at(on=Flag.WORKER, off=Flag.CLIENT)

    def _for_client(self, screen: Screen) -> Screen:
        """What a client sees who holds the phone: the question alone, or the wish to have the phone back."""
        if screen.kind == "contacts":
            return replace(screen, guided="client", guidance=())
        if screen.guided == "say":
            return replace(screen, guided="client", guidance=(), choices=self._client_choices(screen))
        return Screen(screen.session, "card", (Text("ui.please_return"),), guided="client")

    def _client_choices(self, screen: Screen) -> tuple[Choice, ...]:
        """The answers in a client's words: "Not clear" and "Not asked" are a worker's."""
        position = self.locate(screen.session)
        step = self.charts[screen.session.flow].step(position) if position else None
        options = step.options if step else ()
        return tuple(
            replace(choice, key=f"ui.client_{option.soft}") if option.soft else choice
            for choice, option in zip(screen.choices, options, strict=True)
        )

    def _draw(self, session: Session, position: Position) -> Screen:
        chart = self.charts[session.flow]
        step = chart.step(position)
        if step is not None and not session.has(Flag.HELP):
            return self._step(session, chart, step, position)
        measures = chart.measures(position)
        if session.has(Flag.HELP):
            return self._contacts(session, position, measures, "CONTACTS")
        head, _, _ = position.state.partition(">")
        kind, _, card = head.partition(":")
        if kind == "urgent":
            return self._urgent(session, position, measures)
        if kind in ("more", "pause"):
            text = Text(f"card.{'s_more' if kind == 'more' else 's_two_skips'}.text")
            return Screen(session, "more" if kind == "more" else "pause", (text,), self._buttons(session, position))
        if kind == "card":
            return self._outcome(session, position, measures, card)
        if kind == "view":
            return Screen(session, "card", (Text(f"card.{card}.text"),))
        if head == "SIGNS":
            return Screen(session, "signs", (Text("ui.signs"), *sign_texts(chart.flow, position.trail)))
        if head == "LIST":
            return Screen(session, "list", list_texts(chart.flow, measures))
        if head.startswith("CONTACTS"):
            return self._contacts(session, position, measures, head)
        if head.startswith("MENU"):
            return Screen(session, "menu", (Text("ui.menu"),), self._buttons(session, position))
        return Screen(session, "done" if head == "DONE" else "leave", (Text("ui.done"),))

    def _step(self, session: Session, chart: Chart, step: Step, position: Position) -> Screen:
        base = f"{chart.flow.id}.{step.id}"
        choices = tuple(
            Choice("", session.answer(number), option.say)
            if option.is_name
            else Choice(f"{base}.opt.{option.id}", LEAVE if option.go == "LEAVE" else session.answer(number))
            for number, option in enumerate(step.options, 1)
            if self._leads_on(option.go)
        )
        guidance = instrument_texts(chart.flow) if step.id == chart.flow.start else ()
        screen = Screen(session, "step", (Text(f"{base}.text"),), choices, guidance=guidance)
        if chart.flow.family != "guided":
            return screen
        if chart.flow.quiet_stop and chart.band(chart.measures(position), but_urgent=True) == "strong":
            guidance += (Text("ui.enough_to_offer"),)
        return replace(screen, guidance=guidance, guided="worker" if step.for_worker or not step.is_question else "say")

    def _urgent(self, session: Session, position: Position, measures: Measures) -> Screen:
        want = replace(self.want(session, position), urgent=True, limit=URGENT_LINES)
        routes, cards = self.library.routes, self.library.cards
        is_alone = self.charts[session.flow].flow.family != "guided"  # to a worker the form's own card speaks
        safety = [c for name, c in routes.items() if is_alone and name in measures.routes and cards[c].weight == "S"]
        texts = (*self._urgent_texts(session, measures), *(Text(f"card.{card}.text") for card in safety))
        return Screen(session, "urgent", texts, self._buttons(session, position), want, band="urgent")

    def _urgent_texts(self, session: Session, measures: Measures) -> tuple[Text, ...]:
        outcomes = self.charts[session.flow].outcomes("minor" in measures.facts)
        return tuple(Text(f"card.{card}.text") for card in outcomes.urgent) if outcomes else ()

    def _outcome(self, session: Session, position: Position, measures: Measures, card: str) -> Screen:
        chart = self.charts[session.flow]
        urgent = "urgent" in measures.facts
        texts = (
            *(self._urgent_texts(session, measures) if urgent else ()),
            *end_texts(chart.flow, card, measures),
            *(Text(f"card.{id}.text") for id in route_cards(self.library, chart.flow, card, measures)),
        )
        want = replace(self.want(session, position), limit=OUTCOME_LINES)
        screen = Screen(session, "outcome", texts, self._buttons(session, position), want, chart.band(measures))
        if chart.flow.family != "guided":
            return screen
        summary = (*texts, *touched_texts(chart.flow, position.trail), Text("ui.summary_once"))
        return replace(screen, texts=summary, guided="worker")

    def _contacts(self, session: Session, position: Position, measures: Measures, state: str) -> Screen:
        chart = self.charts[session.flow]
        purpose = state.partition(".")[2] or "help"
        want = self.want(session, position)
        if purpose in ("training", "other"):
            want = replace(want, purpose="training" if purpose == "training" else "other")
        texts = (Text("card.r_cant_talk.text"),) if session.has(Flag.QUIET) else ()
        screen = Screen(session, "contacts", texts, (), want)
        return replace(screen, guided="worker") if chart.flow.family == "guided" else screen

    def want(self, session: Session, position: Position) -> Want:
        """Which contacts fit where the person stands. In a client's view nothing of the answers shows, not even so."""
        chart = self.charts[session.flow]
        if session.has(Flag.CLIENT):
            return Want(minor=session.has(Flag.MINOR))
        measures = chart.measures(position)
        ended = position.state.startswith(("card:", "view:", "CONTACTS", "SIGNS"))
        return Want(
            urgent="urgent" in measures.facts,
            minor="minor" in measures.facts,
            worker=session.has(Flag.WORKER),
            band=chart.band(measures) if ended else None,
            routes=tuple(name for name in self.library.routes if name in measures.routes),
        )

    def _buttons(self, session: Session, position: Position) -> tuple[Choice, ...]:
        buttons = self.charts[session.flow].options[position.state]
        return tuple(self._choices(session, buttons))

    def _choices(self, session: Session, buttons: tuple[Option | Button, ...]) -> Iterator[Choice]:
        for number, button in enumerate(buttons, 1):
            if not self._leads_on(button.go):
                continue
            go = session.answer(number)
            if button.go == "CONTACTS.quiet":
                go = go.at(on=Flag.QUIET)
            flow = None if button.say else self.library.flows.get(button.go[1:])  # a menu entry
            if flow is not None and flow.is_local:
                yield Choice("", go, flow.title)
            else:
                yield Choice(f"{flow.id}.title" if flow else f"button.{button.id}", go)
