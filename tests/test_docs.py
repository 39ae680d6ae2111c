"""Documentation that fails with the build: every verb, setting, key, file and link is there, and none is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from bot.cli import main
from bot.config import PREFIX, ROOT, SETTINGS
from bot.counts.guard import ALREADY_RUNNING
from bot.engine.engine import Engine
from bot.engine.play import play
from bot.engine.prove import prove_flow
from bot.engine.session import ANSWER_LIMIT, Session
from bot.flow.check import FORBIDDEN, check_flow
from bot.flow.model import ENDS, FAMILIES, FLAGS, GRADED, PLAIN, STATES, Library
from bot.flow.read import FLOW_KEYS, gather
from bot.flow.step import CARD_KEYS, GUARDS, OPTION_KEYS, STEP_KEYS, WEIGHTS
from bot.messenger.profile import UNSAFE
from bot.texts.catalogue import STATES as REVIEW_STATES
from bot.texts.catalogue import fingerprint
from bot.texts.languages import KEYS as LANGUAGE_KEYS
from bot.texts.source import messages
from bot.verbs import EXIT_FINDINGS, EXIT_USAGE

DOCS = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "*/README.md", "*/*/README.md", "bot/*.md")
    for path in ROOT.glob(pattern)
    if not path.relative_to(ROOT).parts[0].startswith(".")
)
# Names that stand for a reader's own files.
OWN = {"waymark.toml", "farm_job.toml", "farm_job.mmd", "self_youth.mmd", "journey.toml", "counts.db",
       "<tag>/back.csv", "<tag>/review.csv", "review.csv"}  # fmt: skip
AUDIENCES = ("People who chat", "Outreach workers", "Organisations", "Translators", "Flow authors", "Operators")
EXIT_ON_CTRL_C = 130
MOST_BYTES = 150_000
PATH = re.compile(r"[\w.<>-]+(/[\w.<>-]+)*/?")
SUFFIXES = (".toml", ".md", ".py", ".lock", ".in", ".po", ".csv", ".cfg", ".db", ".mmd", "/")


def text_of(name: str) -> str:
    """A document of the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def code_of(text: str) -> list[str]:
    """What stands in backticks, blocks included."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return blocks + re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def prose_of(text: str) -> str:
    """A document without what stands in backticks."""
    return re.sub(r"`[^`\n]+`", "", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def rows_of(text: str, heading: str) -> list[list[str]]:
    """Cells of the first table below a line that begins so; its head is left out."""
    below = text[re.search(rf"^{re.escape(heading)}", text, re.MULTILINE).end() :]  # type: ignore[union-attr]
    table = re.search(r"(?:^\|.*\n)+", below, re.MULTILINE)
    assert table is not None, f"no table below {heading}"
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[0].splitlines()[2:]]


def names(text: str, word: str) -> bool:
    """Whether a word stands in code of a document, whole."""
    return any(re.search(rf"(?<![\w.]){re.escape(word)}(?!\w)", code) for code in code_of(text))


def is_there(folder: Path, path: str) -> bool:
    """Whether a file or folder exists; `<flow>` in its name stands for any."""
    return any(folder.glob(re.sub(r"<\w+>", "*", path.rstrip("/"))))


def verbs(group: click.Group, path: str = "waymark") -> Iterator[tuple[str, click.Command]]:
    """Every command with its full name."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from verbs(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


VERBS = dict(verbs(main))


# -- the front page --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_is_explained_with_its_example(name: str) -> None:
    """The front page shows each verb with the example of its --help, and names each of its options."""
    verb, readme = VERBS[name], text_of("README.md")
    options = [option for each in verb.params if isinstance(each, click.Option) for option in each.opts]

    assert (verb.epilog or "").startswith("Example: "), "its --help shows an example"
    assert f"`{(verb.epilog or '').removeprefix('Example: ')}`" in readme
    assert [option for option in options if not names(readme, option)] == []


def test_no_verb_is_explained_that_is_not_there() -> None:
    """Every `waymark ...` in a document begins with a verb that exists."""
    known = {name.removeprefix("waymark ") for name in VERBS} | {name.split()[1] for name in VERBS}
    said = {
        (name, match[1])
        for name in DOCS
        for code in code_of(text_of(name))
        for match in re.finditer(r"(?<![\w./-])waymark ((?:locale |contacts |counts )?[a-z]+)", code)
    }

    assert sorted((name, verb) for name, verb in said if verb not in known) == []


def test_every_setting_stands_in_the_table() -> None:
    """The table of settings names exactly the settings that the program reads, each with a meaning."""
    rows = rows_of(text_of("README.md"), "### Settings")

    assert {row[0].strip("`") for row in rows} == {PREFIX + name.upper() for name in SETTINGS}
    assert all(row[2] for row in rows)
    families = next(row[2] for row in rows if "FAMILIES" in row[0])
    assert [family for family in FAMILIES if f"`{family}`" not in families] == []


def test_every_exit_code_stands_in_the_table() -> None:
    """The table of exit codes holds those of the program and no others."""
    rows = rows_of(text_of("README.md"), "### Exit codes")

    assert {int(row[0]) for row in rows} == {0, EXIT_FINDINGS, EXIT_USAGE, ALREADY_RUNNING, EXIT_ON_CTRL_C}


def test_every_setting_of_the_bot_stands_in_the_table() -> None:
    """The table for @BotFather has a row for each setting that the start looks at, named as its sentence names it."""
    rows = [row[0].casefold() for row in rows_of(text_of("README.md"), "**2. Set it up")]
    remedies = [remedy.casefold() for _, remedy in UNSAFE.values()]

    assert [remedy for remedy in remedies if not any(row in remedy for row in rows)] == []
    assert [row for row in rows if not any(row in remedy for remedy in remedies)] == []


def test_every_target_named_is_in_the_makefile() -> None:
    """Each `make ...` in a document is a target, and each target explains itself to `make help`."""
    targets = set(re.findall(r"^([a-z-]+):.*## .", text_of("Makefile"), re.MULTILINE))
    said = {match for name in DOCS for code in code_of(text_of(name)) for match in re.findall(r"^make ([a-z-]+)", code)}

    assert said <= targets
    assert {"try", "test", "install", "lint", "help"} <= targets
    listed = re.search(r"^\.PHONY: (.*)", text_of("Makefile"), re.MULTILINE)
    assert listed is not None
    assert set(listed[1].split()) == targets


# -- names and words -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DOCS)
def test_every_link_leads_somewhere(name: str) -> None:
    """Links and pictures of a document are files of the repository."""
    text, folder = text_of(name), (ROOT / name).parent
    links = re.findall(r"\]\(([^)\s]+)\)", prose_of(text)) + re.findall(r'src="([^"]+)"', text)
    local = [link.partition("#")[0] for link in links if not link.startswith(("http:", "https:", "#"))]

    assert [link for link in local if not (folder / link).exists()] == []


@pytest.mark.parametrize("name", DOCS)
def test_every_file_named_exists(name: str) -> None:
    """A file or folder in backticks is there: beside the document, at the root, or under `bot` or `deploy`."""
    folders = [(ROOT / name).parent, ROOT, ROOT / "bot", ROOT / "deploy", ROOT / "flows"]
    said = {
        code
        for code in code_of(text_of(name))
        if PATH.fullmatch(code) and code.endswith(SUFFIXES) and not code.startswith(".")
    } - OWN
    made = {path for path in said if path.endswith(".po")}  # of any language

    assert sorted(path for path in said - made if not any(is_there(folder, path) for folder in folders)) == []
    assert sorted(path for path in made if not any(ROOT.glob(f"locales/*/LC_MESSAGES/{path}"))) == []


@pytest.mark.parametrize("name", DOCS)
def test_documents_promise_nothing_that_nobody_can_keep(name: str) -> None:
    """No document says one of the four words that a person at risk could rely on; keys of files aside."""
    prose = prose_of(text_of(name))

    assert [word for word in FORBIDDEN if re.search(rf"\b{word}\b", prose, re.IGNORECASE)] == []


def test_texts_promise_nothing_that_nobody_can_keep(library: Library) -> None:
    """No English text that reaches a person says one of those words."""
    said = [
        (message.key, word)
        for message in messages(library).values()
        for word in FORBIDDEN
        if re.search(rf"\b{word}\b", message.english, re.IGNORECASE)
    ]

    assert said == []


def test_pictures_are_small() -> None:
    """Every picture of the documents is a PNG that a slow line can load."""
    pictures = sorted((ROOT / "deploy" / "pictures").glob("*.png"))

    assert pictures
    assert [path.name for path in pictures if path.stat().st_size > MOST_BYTES] == []
    assert [path.name for path in pictures if not path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")] == []


def test_the_changelog_speaks_to_its_readers() -> None:
    """Newest first, known kinds of change, and each entry one sentence that begins with the people it is for."""
    lines = text_of("CHANGELOG.md").splitlines()
    versions = [line for line in lines if line.startswith("## ")]
    kinds = [line.removeprefix("### ") for line in lines if line.startswith("### ")]
    entries = [line.removeprefix("- ") for line in lines if line.startswith("- ")]

    assert versions[0] == "## Unreleased"
    assert set(kinds) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert [entry for entry in entries if entry.partition(": ")[0] not in AUDIENCES] == []
    assert [entry for entry in entries if not entry.endswith(".") or ". " in entry] == []


# -- the pages for authors and translators ---------------------------------------------------------------------------


def test_every_key_of_a_flow_file_is_explained() -> None:
    """The page for authors names every key of flows, steps, options and cards, and every part of common.toml."""
    page = text_of("flows/README.md")
    parts = set(re.findall(r"^\[(\w+)", text_of("flows/common.toml"), re.MULTILINE))
    keys = {*FLOW_KEYS, *STEP_KEYS, *OPTION_KEYS, *CARD_KEYS, *parts}

    assert sorted(key for key in keys if not names(page, key) and f"[{key}]" not in page) == []


def test_every_word_of_a_flow_file_is_explained(library: Library) -> None:
    """The page for authors names every signal, end, guard, class, scoring table, answer set and family."""
    page = text_of("flows/README.md")
    sets = re.findall(r"^\[answers\.(\w+)\]", text_of("flows/common.toml"), re.MULTILINE)
    flags = [f"f.{flag}" for flag in FLAGS] + [f"k.{state}" for state in STATES]
    words = {*GRADED, *PLAIN, *flags, *ENDS, *GUARDS, *WEIGHTS, *FAMILIES, *library.scoring, *sets, *library.outcomes}

    assert sorted(word for word in words if not names(page, word)) == []


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    """The folder that a reader of the page for authors has made, with its one flow."""
    flow = re.search(r"^```toml\n(id = .*?)^```", text_of("flows/README.md"), re.MULTILINE | re.DOTALL)
    assert flow is not None
    (tmp_path / "farm_job.toml").write_text(flow[1], encoding="utf-8")
    return tmp_path


def test_the_lesson_ends_where_the_page_says(lesson: Path) -> None:
    """The flow of the page has no mistake on any path, and its three walks end in none, some and strong."""
    library, found = gather([ROOT / "flows", lesson])
    engine = Engine(library, "us", ["farm_job"])
    walks: list[dict[str, str]] = [{}, {"fj_papers": "yes"}, {"fj_papers": "yes", "fj_leave": "cannot"}]

    proofs, _ = prove_flow(engine.charts["farm_job"], ANSWER_LIMIT)

    assert [*found, *check_flow(library.flows["farm_job"], library), *proofs] == []
    assert [play(engine, Session("farm_job"), walk).band for walk in walks] == ["none", "some", "strong"]


def test_the_mistake_of_the_lesson_reads_as_the_page_says(lesson: Path) -> None:
    """The slip that the page asks its reader to make is answered with the sentence it quotes."""
    file = lesson / "farm_job.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('"fj_papers"\noptions', '"fj_paper"\noptions'), "utf-8")
    library, _ = gather([ROOT / "flows", lesson])
    found = [str(finding) for finding in check_flow(library.flows["farm_job"], library)]

    assert f"`{found[0]}`" in text_of("flows/README.md")


def test_the_language_table_is_explained() -> None:
    """The page for translators names every key of the language table, every class and every state of review."""
    page = text_of("locales/README.md")
    classes = [row[0] for row in rows_of(page, "### Classes")]

    assert sorted(key for key in LANGUAGE_KEYS if not names(page, key)) == []
    assert classes == list(WEIGHTS)
    assert [row[0].strip("`") for row in rows_of(page, "## From draft")] == list(REVIEW_STATES)


def test_the_review_row_of_the_page_holds() -> None:
    """The example row carries the hash that its command prints."""
    page = text_of("locales/README.md")

    assert f"ui.back,{fingerprint('ui.back', 'Back', 'Atrás')},checked" in page
