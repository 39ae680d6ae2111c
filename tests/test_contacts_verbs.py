"""`waymark contacts` as a person types it: what it prints, what it changes, how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.contacts.model import Contact
from bot.contacts.read import load

FOLDER = Path(__file__).parents[1] / "flows" / "contacts"
DONE, FINDINGS, USAGE = 0, 1, 2
PRIVATE = """\
country = "US"
number = 1

[[contact]]
id = "us-own"     # ours
name = "Own line"
kind = "hotline"
audience = "any"
topics = ["abuse"]
phone = "+15025550123"
anonymous = "unknown"
police_involved = "unknown"
tier = "B"
status = "active"
source_url = "https://example.org/own"
confidence = "medium"
checked_on = 2026-10-01     # by phone book
checked_how = "page"
"""


def waymark(*words: str, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(main, ["contacts", *words])


@pytest.fixture
def private(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "us.toml").write_text(PRIVATE, encoding="utf-8")
    return folder


def test_every_row_is_listed_for_a_program_with_the_keys_of_the_files() -> None:
    """`list --all --json` is one list of 416 objects whose keys are those of the contact files."""
    result = waymark("list", "--all", "--json")
    rows = json.loads(result.stdout)
    nhth = next(row for row in rows if row["id"] == "us-nhth")

    assert result.exit_code == DONE
    assert len(rows) == 416
    assert all(set(row) == set(Contact.__dataclass_fields__) for row in rows)
    assert (nhth["phone"], nhth["sms"], nhth["checked_on"]) == ("+18883737888", "233733 HELP", "2026-11-22")
    assert nhth["languages"] == ["en", "es", "interpreters"]


def test_a_list_without_all_leaves_out_what_is_never_shown() -> None:
    """Low rows, rows for professionals and never-default rows appear with --all only."""
    shown = {row["id"] for row in json.loads(waymark("list", "--country", "US", "--json").stdout)}
    every = {row["id"] for row in json.loads(waymark("list", "--country", "US", "--all", "--json").stdout)}

    assert {"us-nhth", "us-911"} <= shown < every
    assert {"us-hsi-tip", "us-nsn", "us-al-covenant-rescue"} <= every - shown
    assert len(every) == 139


def test_a_region_has_the_rows_of_its_country_and_its_own() -> None:
    """Kentucky's list holds Kentucky's rows and national ones, not those of Tennessee."""
    rows = {row["id"] for row in json.loads(waymark("list", "--region", "US-KY", "--country", "US", "--json").stdout)}

    assert {"us-ky-abuse-hotline", "us-nhth"} <= rows
    assert "us-tn-hotline" not in rows


def test_why_explains_the_order_in_words() -> None:
    """Each row that is shown is followed by the reasons it was chosen for."""
    result = waymark(
        *("list", "--country", "US", "--region", "US-KY", "--why", "--minor", "--band", "some", "--quiet", "--fear"),
        *("--urgent", "--route", "abuse", "--route", "legal", "--language", "es", "--on", "2026-11-22"),
    )
    lines = result.stdout.splitlines()

    assert result.exit_code == DONE
    assert [line.split()[0] for line in lines if not line.startswith(" ")][1] == "us-911"
    assert "    the emergency number of the country" in lines
    assert "    can be used without speaking" in lines
    assert "    fits what the answers pointed to (written route:<name>): abuse" in lines


def test_why_can_be_read_by_a_program() -> None:
    """With --json each row carries its reasons."""
    rows = json.loads(waymark("list", "--country", "SV", "--why", "--json", "--on", "2026-11-22").stdout)

    assert rows[0]["why"] == ["the emergency number of the country"]
    assert rows[-1]["phone"] == rows[-1]["phone_abroad"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("list", "--why"), "--why: needs a country."),
        (("list", "--country", "XX"), '--country: is "XX".'),
        (("list", "--country", "US", "--region", "US-XX"), '--region: is "US-XX". Did you mean "US-TX"?'),
        (("list", "--country", "US", "--why", "--route", "abus"), '--route: is "abus". Did you mean "abuse"?'),
        (("list", "--country", "US", "--why", "--language", "xx"), '--language: is "xx".'),
        (("list", "--on", "soon"), "Invalid value for '--on'"),
        (("confirm", "us-nhht", "--how", "page"), 'us-nhht: is no row of the directory. Did you mean "us-nhth"?'),
        (("confirm", "us-nhth", "--how", "guess"), "Invalid value for '--how'"),
        (("confirm", "us-nhth", "--how", "page", "--on", "2126-01-01"), "which lies ahead. Give the day of the check."),
        (
            ("confirm", "us-911", "--how", "call", "--on", "2026-11-22"),
            "us-911: is an emergency number. Never test-call",
        ),
        (("confirm", "us-nhth", "--how", "page", "--on", "2020-01-01"), "us-nhth was checked on 2026-11-22."),
        (("import", "nowhere.csv"), "nowhere.csv: is not there."),
        (("export", "rows.txt"), "rows.txt: has an ending that tells nothing. Say --format csv or --format hsds."),
        (("export", "nowhere/rows.csv"), "rows.csv: cannot be written: No such file or directory."),
        (("unheard",), "No such command 'unheard'"),
    ],
)
def test_a_wrong_word_ends_with_a_sentence_and_two(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    """Usage mistakes exit 2, say what is wrong and what to do, and change no file."""
    before = {path: path.read_bytes() for path in FOLDER.iterdir()}

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        result = waymark(*words)

    assert (result.exit_code, said in result.stderr) == (USAGE, True), result.stderr
    assert {path: path.read_bytes() for path in FOLDER.iterdir()} == before


def test_stale_lists_the_worst_first_and_exits_with_one() -> None:
    """While all checks count it prints nothing and exits 0; afterwards the first line is an emergency number."""
    calm = waymark("stale", "--on", "2026-11-23")
    due = waymark("stale", "--on", "2027-01-15")
    rows = json.loads(waymark("stale", "--on", "2027-01-15", "--country", "GB", "--json").stdout)

    assert (calm.exit_code, calm.stdout) == (DONE, "")
    assert due.exit_code == FINDINGS
    assert due.stdout.splitlines()[0].split()[:4] == ["lifeline", "ae-emergency-999", "23", "days"]
    assert {"id", "harm", "state", "days", "checked_on", "source_url"} == set(rows[0])


def test_what_runs_out_soon_is_no_finding() -> None:
    """Rows that still count are listed with --ahead, and the exit code stays 0."""
    result = waymark("stale", "--on", "2026-12-20", "--ahead", "5", "--country", "GB")

    assert result.exit_code == DONE
    assert "in 3 days" in result.stdout


def test_the_script_is_printed_for_paper() -> None:
    """Plain lines, narrow enough for a page save addresses, with a block for each row that is due."""
    result = waymark("script", "--country", "GB", "--on", "2026-12-23")

    assert result.exit_code == DONE
    assert result.stdout.startswith("CHECKING THE CONTACT DIRECTORY")
    assert "waymark contacts confirm gb-modern-slavery-helpline --how call --on 2026-12-23" in result.stdout
    assert waymark("script", "--on", "2026-11-22").stdout == "Nothing to check.\n"


def test_confirm_stamps_the_row_in_its_own_file(private: Path) -> None:
    """Only the two lines of the check differ, in the folder that holds the row; comments stay."""
    ours = (FOLDER / "us.toml").read_bytes()

    result = waymark("confirm", "us-own", "--how", "call", "--on", "2026-11-02", WAYMARK_CONTACTS=str(private))

    assert (result.exit_code, result.stdout) == (DONE, "us-own: checked by call on 2026-11-02 (us.toml)\n")
    assert (private / "us.toml").read_text(encoding="utf-8") == PRIVATE.replace(
        "checked_on = 2026-10-01", "checked_on = 2026-11-02"
    ).replace('checked_how = "page"', 'checked_how = "call"')
    assert (FOLDER / "us.toml").read_bytes() == ours


def test_a_dry_run_shows_and_the_import_writes(private: Path, tmp_path: Path) -> None:
    """The same lines both times; the file changes with the second."""
    sheet = tmp_path / "rows.csv"
    sheet.write_text(
        "id,name,kind,country,audience,phone,source_url,confidence,checked_on\n"
        "us-own,New name,hotline,US,any,+15025550123,https://example.org/own,medium,2026-10-01\n"
        "us-more,More,legal,US,any,+15025550124,https://example.org/more,medium,2026-10-01\n",
        encoding="utf-8",
    )
    lines = [
        "changed  US us-own: name Own line -> New name",
        "new      US us-more: More",
        "1 new, 1 changed, 0 as they are",
    ]

    dry = waymark("import", str(sheet), "--dry-run", WAYMARK_CONTACTS=str(private))
    before = (private / "us.toml").read_text(encoding="utf-8")
    done = waymark("import", str(sheet), WAYMARK_CONTACTS=str(private))

    assert (dry.exit_code, dry.stdout.splitlines(), before) == (DONE, lines, PRIVATE)
    assert (done.exit_code, done.stdout.splitlines()) == (DONE, [*lines, "written: us.toml"])
    assert {row.id: row.name for row in load([private])} == {"us-own": "New name", "us-more": "More"}


def test_an_import_with_a_mistake_exits_with_one_and_changes_nothing(private: Path, tmp_path: Path) -> None:
    """Findings go to the error output, one line each."""
    sheet = tmp_path / "rows.csv"
    sheet.write_text("id,name,kind,country,audience,phone,source_url,confidence\nus-own,=1,x,US,any,1.8E+9,x,high\n")

    result = waymark("import", str(sheet), WAYMARK_CONTACTS=str(private))

    assert (result.exit_code, result.stdout) == (FINDINGS, "")
    assert len(result.stderr.splitlines()) == 2
    assert (private / "us.toml").read_text(encoding="utf-8") == PRIVATE


@pytest.mark.parametrize("name", ["rows.csv", "rows.json", "rows.zip"])
def test_an_export_can_be_taken_in_again(tmp_path: Path, name: str) -> None:
    """Each form is chosen by the ending of the file, and comes back without a difference."""
    out = waymark("export", str(tmp_path / name), "--country", "GR")
    again = waymark("import", str(tmp_path / name), "--dry-run")

    assert (out.exit_code, out.stdout) == (DONE, f"5 rows: {name}\n")
    assert (again.exit_code, again.stdout) == (DONE, "0 new, 0 changed, 5 as they are\n")


@pytest.mark.parametrize("verb", ["list", "stale", "script", "confirm", "import", "export"])
def test_every_verb_has_help_with_an_example(verb: str) -> None:
    """`--help` ends with an example that begins with the command itself."""
    result = waymark(verb, "--help")

    assert result.exit_code == DONE
    assert f"Example: waymark contacts {verb}" in " ".join(result.stdout.split())
