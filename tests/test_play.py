"""`waymark play`: a flow walked without chat, for people and programs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import main

KEYS = ["flow", "end", "band", "asked", "signals", "routes", "cards", "contacts"]


@pytest.fixture(autouse=True)
def plain_settings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No settings of this machine reach the command."""
    monkeypatch.chdir(tmp_path_factory.mktemp("empty"))
    for name in ("COUNTRY", "REGION", "FLOWS", "CONTACTS", "FAMILIES", "MINOR_RULE", "DATA", "KEYS"):
        monkeypatch.delenv(f"WAYMARK_{name}", raising=False)


def play(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["play", *arguments])


def played(*arguments: str) -> dict[str, Any]:
    """What a program reads."""
    result = play(*arguments, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_json_has_the_agreed_keys() -> None:
    """A walk is one object: where it ended and how, what was asked, what it signalled and who can help."""
    found = played("self_adult", "--answer", "sa_kind=a_job_or_other_work", "--answer", "sa_w1=yes")

    assert list(found) == KEYS
    assert (found["flow"], found["end"], found["band"]) == ("self_adult", "END", "some")
    assert found["asked"][:5] == ["sa_0", "sa_age", "sa_now", "sa_kind", "sa_w1"]
    assert found["signals"] == ["purpose_labour:1", "fraud:2"]
    assert found["routes"] == []
    assert found["cards"] == ["o_some_self"]
    assert "us-nhth" in found["contacts"]


def test_jumps_are_followed() -> None:
    """The flow named is the one where the walk ended."""
    found = played("self_adult", "--answer", "sa_age=under_18", "--answer", "sy_1=yes")

    assert (found["flow"], found["band"]) == ("self_youth", "strong")
    assert found["cards"] == ["s_more", "o_strong_youth"]


def test_a_walk_may_be_that_of_a_minor() -> None:
    """With --minor the cards and contacts for the young are shown, whatever is answered about age."""
    assert played("online", "--minor")["cards"] == ["o_none_youth"]
    assert played("online", "--minor")["contacts"] != played("online")["contacts"]


def test_contacts_are_those_of_the_country() -> None:
    """The country named decides, and the United States are assumed."""
    german = played("self_adult", "--country", "de")["contacts"]

    assert german
    assert {id.partition("-")[0] for id in german} == {"de"}
    assert {id.partition("-")[0] for id in played("self_adult")["contacts"]} == {"us"}


def test_an_end_that_is_no_outcome_has_no_band() -> None:
    """Contacts, thanks and leaving are ends of their own."""
    assert [played("core", "--answer", f"co_safe={answer}")["end"] for answer in ("not_safe", "yes_it_is_safe")] == [
        "LEAVE", "END",
    ]  # fmt: skip
    found = played("guided_close", "--answer", "gc_2=later")
    assert (found["end"], found["band"]) == ("DONE", None)


def test_danger_that_nobody_goes_on_from_ends_the_walk() -> None:
    """Where the urgent card offers no more questions the walk ends there."""
    found = played("concern", "--answer", "cn_now=yes")

    assert (found["end"], found["band"], found["cards"]) == ("URGENT", "urgent", ["o_urgent_concern"])


def test_guided_forms_open_as_after_consent() -> None:
    """A form can be tried on its own."""
    assert played("guided_short", "--answer", "g1_1=yes")["cards"] == ["o_some_guided"]


def test_the_language_changes_words_alone() -> None:
    """In another language the walk ends in the same place."""
    assert {**played("job_offer"), "contacts": []} == {**played("job_offer", "--locale", "es"), "contacts": []}


def test_people_read_lines() -> None:
    """Without --json each value is a line."""
    result = play("job_offer", "--answer", "jo_5=yes")

    assert result.exit_code == 0
    lines = dict(line.split(":", 1) for line in result.stdout.splitlines())
    assert {key: lines[key].strip() for key in ("flow", "end", "band", "cards")} == {
        "flow": "job_offer", "end": "END", "band": "strong", "cards": "o_strong_job",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["self_adlt"], 'self_adlt: is no flow. Did you mean "self_adult"?'),
        (["self_adult", "--answer", "sa_kin=x"], 'sa_kin: is no step of any flow. Did you mean "sa_kind"?'),
        (["self_adult", "--answer", "sa_w1=maybe"],
         "sa_w1=maybe: is no option of this step. Choose from yes, no, unsure, skip."),
        (["self_adult", "--answer", "sa_w1"], '--answer: is "sa_w1". Write STEP=OPTION, such as sa_w1=yes.'),
        (["self_adult", "--locale", "xx"], '--locale: is "xx". '),
        (["self_adult", "--country", "XX"], '--country: is "XX". '),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence(arguments: list[str], says: str) -> None:
    """What is wrong, with the value, and what to do; exit code 2, nothing on standard output."""
    result = play(*arguments, "--json")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(says)
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["self_adult", "--answr", "x=y"], ["self_adult", "job_offer"]])
def test_wrong_usage_exits_with_two(arguments: list[str]) -> None:
    """A missing flow, an unknown option and a second flow are usage errors."""
    assert play(*arguments).exit_code == 2


def test_help_shows_an_example() -> None:
    """Whoever asks for help reads one walk they can copy."""
    assert "waymark play self_adult --answer" in CliRunner().invoke(main, ["play", "--help"]).output
