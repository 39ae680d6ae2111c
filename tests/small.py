"""A tiny house of flow files without a mistake, for tests that plant one: three questions, two cards, one table."""

from __future__ import annotations

from pathlib import Path

COMMON = """\
[labels]
skip = "Skip this"

[soft]
skip = ["skip"]
unsure = ["unsure"]

[answers.yn]
options = [
  { id = "yes", say = "Yes", signals = "step" },
  { id = "no", say = "No" },
  { id = "unsure", say = "Not sure", signals = "weak" },
  { id = "skip", say = "Skip this" },
]

[buttons]
talk = { say = "Talk to someone", go = "CONTACTS" }
go_on = { say = "Go on", go = "GO_ON" }

[outcomes.work]
urgent = ["o_urgent"]
strong = "o_strong"
some = "o_some"
none = "o_none"
none_few = "o_few"

[outcomes.calm]
none = "o_none"

[routes]
abuse = "r_abuse"

[menu]
top = ["work"]

[constructs]
C05 = "Pay"
C06 = "Leaving"
C08 = "Papers"

[[card]]
id = "o_urgent"
weight = "S"
say = "Move to a place with people."
buttons = ["talk", "go_on"]

[[card]]
id = "o_strong"
say = "These are strong signs."
buttons = ["talk"]

[[card]]
id = "o_some"
say = "These are some signs."
buttons = ["talk"]

[[card]]
id = "o_none"
say = "I saw no signs."

[[card]]
id = "o_few"
say = "I have too few answers."

[[card]]
id = "r_abuse"
say = "Nobody may hurt you."

[[card]]
id = "s_two_skips"
say = "We can stop here."
buttons = ["go_on"]

[[card]]
id = "s_more"
say = "You told me enough."
buttons = ["go_on"]
"""

SCORING = """\
[amp]
rules = [
  { band = "urgent", when = { urgent = true } },
  { band = "strong", when = { minor = true, purpose = 2 }, minor_rule = "palermo" },
  { band = "strong", when = { purpose = 1, force = 3 } },
  { band = "some", when = { means = 2 } },
  { band = "none" },
]

[count]
rules = []

[none]
rules = []
"""

WORK = """\
id = "work"
title = "Check my work"
family = "self"
scoring = "amp"
start = "papers"
outcomes = "work"

[[step]]
id = "papers"
ask = "Who holds your papers?"
construct = "C08"
sources = ["A2"]
note = "Neutral tone."
options = [
  { id = "me", say = "I do", go = "leave" },
  { id = "boss", say = "My boss", go = "leave", signals = ["coercion:3", "g.C05"] },
  { id = "skip", go = "leave" },
]

[[step]]
id = "leave"
ask = "Could you stop tomorrow?"
construct = "C06"
options = [
  { id = "danger", say = "I am in danger", go = "URGENT", signals = ["urgent", "r.abuse"] },
  { id = "can", say = "I can", go = "pay" },
]

[[step]]
id = "pay"
ask = "Is your pay held back?"
construct = "C05"
answers = "yn"
signals = ["coercion:2", "purpose_labour:1"]
only_if = "purpose or means"
go = "END"
"""

ROOT = Path(__file__).parents[1]
FILES = {"common.toml": COMMON, "scoring.toml": SCORING, "work.toml": WORK}


def write(folder: Path, file: str = "", old: str = "", new: str = "") -> Path:
    """The tiny house in a folder, with one passage of one file replaced; the passage must stand there exactly once."""
    for name, text in FILES.items():
        if name == file:
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {name}"
            text = text.replace(old, new)
        (folder / name).write_text(text, encoding="utf-8")
    return folder
