"""Mistakes an author could make in flow files that read well, each with the findings `waymark check` must give.

A mutation replaces one passage of one file of the tiny house (tests/small.py). Add a line here for every new finding.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutation:
    """What was done, where, and everything that is found: `address: what is wrong. What to do.`"""

    name: str
    file: str
    old: str
    new: str
    says: tuple[str, ...]


MANY = "".join(f'  {{ id = "o{n}", say = "{"I" * n}", go = "pay" }},\n' for n in range(2, 12)) + '  { id = "can",'

MUTATIONS = (
    Mutation(
        "minor rule misspelt",
        "scoring.toml",
        '"palermo"',
        '"palrmo"',
        ('scoring.amp.2: minor_rule is "palrmo". Did you mean "palermo"?',),
    ),
    Mutation(
        "condition misspelt",
        "scoring.toml",
        "{ means = 2 }",
        "{ mean = 2 }",
        ('scoring.amp.4: has the condition "mean". Did you mean "means"?',),
    ),
    Mutation(
        "fact given a number",
        "scoring.toml",
        "{ urgent = true }",
        "{ urgent = 1 }",
        ("scoring.amp.1: urgent is 1. Write urgent = true.",),
    ),
    Mutation(
        "measure given true",
        "scoring.toml",
        "{ means = 2 }",
        "{ means = true }",
        ("scoring.amp.4: means is True. Write means = a whole number from 1.",),
    ),
    Mutation(
        "measure given text",
        "scoring.toml",
        "{ means = 2 }",
        '{ means = "2" }',
        ("scoring.amp.4: means is '2'. Write means = a whole number from 1.",),
    ),
    Mutation(
        "measure that always holds",
        "scoring.toml",
        "{ means = 2 }",
        "{ means = 0 }",
        ("scoring.amp.4: means is 0. Write means = a whole number from 1.",),
    ),
    Mutation(
        "rule that hides the rest",
        "scoring.toml",
        ", when = { means = 2 }",
        "",
        ("scoring.amp.4: holds always, so that no rule after it counts. Give it conditions, or move it to the end.",),
    ),
    Mutation(
        "no rule without conditions",
        "scoring.toml",
        '\n  { band = "none" },',
        "",
        ('scoring.amp: ends in a rule with conditions. End it with { band = "none" }.',),
    ),
    Mutation(
        "outcome names a card that is gone",
        "common.toml",
        'some = "o_some"',
        'some = "o_sone"',
        ('common.outcomes.work: names the card "o_sone". Did you mean "o_some"?',),
    ),
    Mutation(
        "urgent outcome names no card",
        "common.toml",
        'urgent = ["o_urgent"]',
        'urgent = ["o_urgnt"]',
        ('common.outcomes.work: names the card "o_urgnt". Did you mean "o_urgent"?',),
    ),
    Mutation(
        "route names a card that is gone",
        "common.toml",
        'abuse = "r_abuse"',
        'abuse = "r_abused"',
        ('common.routes.abuse: names the card "r_abused". Did you mean "r_abuse"?',),
    ),
    Mutation(
        "menu names a flow that is gone",
        "common.toml",
        'top = ["work"]',
        'top = ["works"]',
        ('common.menu.top: names the flow "works". Did you mean "work"?',),
    ),
    Mutation(
        "card button leads nowhere",
        "common.toml",
        'go = "GO_ON"',
        'go = "GOON"',
        (
            'common.o_urgent.go_on: goes to "GOON". Did you mean "GO_ON"?',
            'common.s_two_skips.go_on: goes to "GOON". Did you mean "GO_ON"?',
            'common.s_more.go_on: goes to "GOON". Did you mean "GO_ON"?',
        ),
    ),
    Mutation(
        "card button asks for unknown contacts",
        "common.toml",
        'go = "CONTACTS"',
        'go = "CONTACTS.all"',
        (
            'common.o_urgent.talk: goes to "CONTACTS.all". Did you mean "CONTACTS"?',
            'common.o_strong.talk: goes to "CONTACTS.all". Did you mean "CONTACTS"?',
            'common.o_some.talk: goes to "CONTACTS.all". Did you mean "CONTACTS"?',
        ),
    ),
    Mutation(
        "card button too long",
        "common.toml",
        'say = "Go on", go',
        'say = "Go on with all questions.", go',
        (
            'common.o_urgent.go_on: "Go on with all questions." is 25 characters long. A button holds at most 24.',
            'common.s_two_skips.go_on: "Go on with all questions." is 25 characters long. A button holds at most 24.',
            'common.s_more.go_on: "Go on with all questions." is 25 characters long. A button holds at most 24.',
        ),
    ),
    Mutation(
        "card too long",
        "common.toml",
        "I saw no signs.",
        "I saw no signs. " * 16,
        ("common.o_none: is 256 characters long. At most 240: shorten or split it.",),
    ),
    Mutation(
        "card holds a number",
        "common.toml",
        "These are some signs.",
        "You can go. You can call. It is +1 888 373 7888.",
        ('common.o_some: holds the number "+1 888 373 7888". Numbers live in flows/contacts alone.',),
    ),
    Mutation(
        "family unknown",
        "work.toml",
        'family = "self"',
        'family = "selfs"',
        ('work: family is "selfs". Did you mean "self"?',),
    ),
    Mutation(
        "start unknown",
        "work.toml",
        'start = "papers"',
        'start = "paper"',
        ('work: start is "paper". Did you mean "papers"?',),
    ),
    Mutation(
        "outcomes unknown",
        "work.toml",
        'outcomes = "work"',
        'outcomes = "wrk"',
        (
            'work: outcomes is "wrk". Did you mean "work"?',
            "work: reaches URGENT and its outcomes have no urgent card. Choose outcomes that have one.",
        ),
    ),
    Mutation(
        "minor outcomes unknown",
        "work.toml",
        'outcomes = "work"',
        'outcomes = "work"\nminor_outcomes = "x"',
        ('work: minor_outcomes is "x". Known: calm, work.',),
    ),
    Mutation(
        "route of band none unknown",
        "work.toml",
        'outcomes = "work"',
        'outcomes = "work"\nnone_route = "abus"',
        ('work: none_route is "abus". Did you mean "abuse"?',),
    ),
    Mutation(
        "way of counting unknown",
        "work.toml",
        'outcomes = "work"',
        'outcomes = "work"\ncounts = "all"',
        ('work: counts is "all". Known: bands, completed.',),
    ),
    Mutation(
        "title too long",
        "work.toml",
        "Check my work",
        "Check my work and all my other work",
        ('work.title: "Check my work and all my other work" is 35 characters long. A button holds at most 24.',),
    ),
    Mutation(
        "validated without a licence",
        "work.toml",
        'outcomes = "work"',
        'outcomes = "work"\nvalidated = true',
        (
            "work: is marked validated and has no licence. Add licence = with its text and proof.",
            "work: is an instrument and names no owner. Add owner = to be shown before it.",
            "work: is an instrument and names no citation. Add citation = to be shown before it.",
            'work: is marked validated and scored by "amp". A validated tool keeps its own result: scoring = "count".',
            "work: is marked validated and names no instrument. Add instrument = with its name.",
        ),
    ),
    Mutation(
        "count without a cut-off",
        "work.toml",
        'scoring = "amp"',
        'scoring = "count"',
        (
            "work: cut_off is 0. Scoring by count needs cut_off = 1 or more.",
            'work: has no words for a count "above" its cut-off. Add above = to results.',
            'work: has no words for a count "below" its cut-off. Add below = to results.',
        ),
    ),
    Mutation(
        "an end without outcomes",
        "work.toml",
        'outcomes = "work"\n',
        "",
        (
            'work: reaches END and names no outcomes. Add outcomes = "<a card set of common.toml>".',
            "work: reaches URGENT and its outcomes have no urgent card. Choose outcomes that have one.",
        ),
    ),
    Mutation(
        "danger without an urgent card",
        "work.toml",
        'outcomes = "work"',
        'outcomes = "calm"',
        ("work: reaches URGENT and its outcomes have no urgent card. Choose outcomes that have one.",),
    ),
    Mutation(
        "question too long",
        "work.toml",
        "Who holds your papers?",
        "Who holds your papers? " * 11,
        ("work.papers: is 253 characters long. At most 240: shorten or split it.",),
    ),
    Mutation(
        "question holds a number",
        "work.toml",
        "Could you stop tomorrow?",
        "Did you call the line? It is 0800 11 60 16.",
        ('work.leave: holds the number "0800 11 60 16". Numbers live in flows/contacts alone.',),
    ),
    Mutation(
        "question holds a link",
        "work.toml",
        "Could you stop tomorrow?",
        "Did you read help.org?",
        ('work.leave: holds the link "help.org". Links live in flows/contacts alone.',),
    ),
    Mutation(
        "question holds a handle",
        "work.toml",
        "Could you stop tomorrow?",
        "Did you ask @helper?",
        ('work.leave: holds "@helper", which Telegram makes a button of. Take the sign before the word out.',),
    ),
    Mutation(
        "question holds an invisible sign",
        "work.toml",
        "Could you stop tomorrow?",
        "Could you stop to\u200bmorrow?",
        ('work.leave: holds the invisible sign "U+200B". Type the text again by hand.',),
    ),
    Mutation(
        "question holds a word of two alphabets",
        "work.toml",
        "Could you stop tomorrow?",
        "Could you st\u043ep tomorrow?",
        ('work.leave: mixes alphabets in "st\u043e". Write each word in one alphabet.',),
    ),
    Mutation(
        "question holds a placeholder",
        "work.toml",
        "Could you stop tomorrow?",
        "Could you stop {then}?",
        ("work.leave: holds a brace. Nothing is filled in here: write the words themselves.",),
    ),
    Mutation(
        "promise nobody can keep",
        "work.toml",
        "Could you stop tomorrow?",
        "This is Anonymous. Go on?",
        ('work.leave: says "anonymous". Say what is kept and who can see it instead.',),
    ),
    Mutation(
        "question too hard to read",
        "work.toml",
        "Could you stop tomorrow?",
        "Did you experience considerable intimidation?",
        ("work.leave: reads at grade 21.8. At most 6: shorter sentences and words.",),
    ),
    Mutation(
        "question asks who someone is",
        "work.toml",
        "Could you stop tomorrow?",
        "What is your name?",
        ('work.leave: asks who someone is: "What is your name". Ask about signs alone; nobody is identified here.',),
    ),
    Mutation(
        "construct unknown",
        "work.toml",
        'construct = "C06"',
        'construct = "C66"',
        ('work.leave: construct is "C66". Did you mean "C06"?',),
    ),
    Mutation(
        "too many answers",
        "work.toml",
        '  { id = "can",',
        MANY,
        ("work.leave: has 12 options. At most 10: split the question.",),
    ),
    Mutation(
        "two answers alike",
        "work.toml",
        'say = "My boss"',
        'say = "i do"',
        ('work.papers.boss: is labelled "i do", as me is. Give each answer words of its own.',),
    ),
    Mutation(
        "a step that no answer leads to",
        "work.toml",
        'say = "I can", go = "pay"',
        'say = "I can", go = "END"',
        ("work.pay: is reached by no answer. Lead an option to it, or remove it.",),
    ),
    Mutation(
        "answer too long",
        "work.toml",
        'say = "My boss"',
        'say = "My boss or somebody he knows"',
        ('work.papers.boss: "My boss or somebody he knows" is 28 characters long. A button holds at most 24.',),
    ),
    Mutation(
        "step misspelt",
        "work.toml",
        'say = "I do", go = "leave"',
        'say = "I do", go = "leaves"',
        ('work.papers.me: goes to "leaves", which is no step of this flow. Did you mean "leave"?',),
    ),
    Mutation(
        "flow misspelt",
        "work.toml",
        'say = "I do", go = "leave"',
        'say = "I do", go = "@wrok"',
        ('work.papers.me: goes to the flow "wrok". Did you mean "work"?',),
    ),
    Mutation(
        "step of another flow misspelt",
        "work.toml",
        'say = "I do", go = "leave"',
        'say = "I do", go = "@work.play"',
        ('work.papers.me: goes to "@work.play", which is no step of work. Did you mean "pay"?',),
    ),
    Mutation(
        "contacts of no known kind",
        "work.toml",
        'say = "I do", go = "leave"',
        'say = "I do", go = "CONTACTS.job"',
        ('work.papers.me: goes to "CONTACTS.job". Write CONTACTS.training, or CONTACTS alone.',),
    ),
    Mutation(
        "an end with a part",
        "work.toml",
        'say = "I do", go = "leave"',
        'say = "I do", go = "END.now"',
        ('work.papers.me: goes to "END.now". Write CONTACTS.training, or END alone.',),
    ),
    Mutation(
        "own step",
        "work.toml",
        'say = "I do", go = "leave"',
        'say = "I do", go = "papers"',
        ("work.papers.me: leads to its own step. Send it on to the next step.",),
    ),
    Mutation(
        "danger that leads on",
        "work.toml",
        'go = "URGENT", signals',
        'go = "pay", signals',
        (
            "work.leave.danger: goes to \"pay\" with signals ['urgent', 'r.abuse']."
            ' Use the signal "urgent" and go = "URGENT" together.',
        ),
    ),
    Mutation(
        "danger without its signal",
        "work.toml",
        '["urgent", "r.abuse"]',
        '["r.abuse"]',
        (
            "work.leave.danger: goes to \"URGENT\" with signals ['r.abuse']."
            ' Use the signal "urgent" and go = "URGENT" together.',
        ),
    ),
    Mutation(
        "group unknown",
        "work.toml",
        '"g.C05"',
        '"g.C5"',
        ('work.papers.boss: names the group "C5". Did you mean "C05"?',),
    ),
    Mutation(
        "route unknown",
        "work.toml",
        '"r.abuse"',
        '"r.abusive"',
        ('work.leave.danger: names the route "abusive". Did you mean "abuse"?',),
    ),
    Mutation(
        "question holds a short number",
        "work.toml",
        "Could you stop tomorrow?",
        "Could you call 911?",
        ('work.leave: holds the number "911". Numbers live in flows/contacts alone.',),
    ),
)
