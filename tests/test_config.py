"""Settings: environment over file over defaults; every wrong one is refused with a sentence that says what to do."""

from __future__ import annotations

import re
from dataclasses import fields
from ipaddress import ip_network
from pathlib import Path

import pytest

from bot.config import FAMILIES, PREFIX, SETTINGS, TELEGRAM, Config, Secret, read_config
from bot.errors import WaymarkError

TOKEN = "7000000001:" + "A" * 35


def refused(environment: dict[str, str], folder: Path) -> str:
    with pytest.raises(WaymarkError) as caught:
        read_config(environment, folder)
    return str(caught.value)


def test_without_settings_there_are_defaults(tmp_path: Path) -> None:
    """Nothing set: Telegram itself, every family of flows, no place assumed, nothing counted."""
    assert read_config({}, tmp_path) == Config()
    assert (Config().bot_api, Config().families, Config().country, Config().data) == (TELEGRAM, FAMILIES, "", None)


def test_every_setting_can_be_set(tmp_path: Path) -> None:
    """Each from the environment, under its name in capitals."""
    (tmp_path / "private").mkdir(mode=0o700)
    environment = {
        "TOKEN_FILE": "/run/secrets/token", "BOT_API": "http://127.0.0.1:8081/", "COUNTRY": "us", "REGION": "us-ky",
        "FAMILIES": "self, guided,self", "FLOWS": str(tmp_path), "CONTACTS": f"{tmp_path}:{tmp_path}",
        "MINOR_RULE": "palermo", "DATA": str(tmp_path), "COUNT_PERIOD": "month", "COUNT_REGIONS": "yes",
        "KEYS": str(tmp_path / "private"), "PSEUDO": "qps_XA", "VALKEY": "rediss://valkey:6380/1",
        "VALKEY_PASSWORD_FILE": "/run/secrets/valkey", "VALKEY_UNCHECKED": "yes",
        "CALLS_PER_SECOND": "30", "WEBHOOK": "https://bot.example.org/a", "LISTEN": "[::1]:8443",
        "WEBHOOK_SECRET_FILE": "/run/secrets/hook", "WEBHOOK_SOURCES": "149.154.160.0/20, 2001:db8::/32",
    }  # fmt: skip

    config = read_config({PREFIX + name: value for name, value in environment.items()}, tmp_path)

    assert {name.lower() for name in environment} == set(SETTINGS) == {f.name for f in fields(Config)} - {"root"}
    assert config == Config(
        Path("/run/secrets/token"), "http://127.0.0.1:8081", "US", "US-KY", ("self", "guided"), (tmp_path,),
        (tmp_path, tmp_path), "palermo", tmp_path, "month", True, tmp_path / "private", "qps_XA",
        "rediss://valkey:6380/1", Path("/run/secrets/valkey"), True,
        30, "https://bot.example.org/a", ("::1", 8443), Path("/run/secrets/hook"),
        (ip_network("149.154.160.0/20"), ip_network("2001:db8::/32")),
    )  # fmt: skip


def test_the_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    """waymark.toml sets what the environment does not."""
    (tmp_path / "waymark.toml").write_text('country = "MX"\nfamilies = ["self"]\nminor_rule = "palermo"\n')

    config = read_config({"WAYMARK_COUNTRY": "US", "HOME": "/root"}, tmp_path)

    assert (config.country, config.families, config.minor_rule) == ("US", ("self",), "palermo")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_API", ""), ("BOT_API", "api.telegram.org"), ("BOT_API", "http://api.telegram.org"),
        ("BOT_API", "ftp://127.0.0.1"), ("BOT_API", "https://"), ("BOT_API", "https://[::1"),
        ("BOT_API", "https://host:port"), ("BOT_API", "https://me:Zorblax@host"), ("BOT_API", "https://host/?a=1"),
        ("COUNTRY", "USA"), ("COUNTRY", "U1"), ("COUNTRY", "ÜS"), ("REGION", "KY"), ("FAMILIES", ""),
        ("FAMILIES", "self,guide"), ("FLOWS", "/no/such/folder"), ("CONTACTS", "/no/such/folder"),
        ("MINOR_RULE", "US"), ("MINOR_RULE", ""), ("DATA", "/no/such/folder"), ("KEYS", "/no/such/folder"),
        ("VALKEY", "valkey:6379"), ("VALKEY", "http://valkey"), ("VALKEY", "redis://"), ("VALKEY", "redis://h/name"),
        ("VALKEY", "redis://:Zorblax@valkey"), ("VALKEY", "redis://h?password=Zorblax"), ("VALKEY", "unix://run/v"),
        ("VALKEY_UNCHECKED", "true"),
        ("CALLS_PER_SECOND", "0"), ("CALLS_PER_SECOND", "many"), ("CALLS_PER_SECOND", "1.5"),
        ("WEBHOOK", "http://bot.example.org/hook"), ("LISTEN", "8443"), ("LISTEN", "host:"), ("LISTEN", "host:99999"),
        ("WEBHOOK_SOURCES", "149.154.160.1/20"), ("WEBHOOK_SOURCES", "everywhere"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_with_a_sentence(name: str, value: str, tmp_path: Path) -> None:
    """Named by its variable, with what is wrong and what to do; a password in an address is not repeated."""
    said = refused({PREFIX + name: value}, tmp_path)

    assert said.startswith(f"WAYMARK_{name}: ")
    assert len(re.findall(r"[.:] [A-Z]", said)) >= 1
    assert "Zorblax" not in said


@pytest.mark.parametrize("address", ["http://localhost:1", "http://[::1]:8081", "https://bot.example.org/api"])
def test_addresses_of_other_servers_are_taken(address: str, tmp_path: Path) -> None:
    """Encrypted anywhere, unencrypted on this machine alone."""
    assert read_config({"WAYMARK_BOT_API": address}, tmp_path).bot_api == address


@pytest.mark.parametrize("name", ["WAYMARK_COUNTRIES", "WAYMARK_TOKEN", "WAYMARK_", "WAYMARK_country", "waymark_data"])
def test_an_unknown_variable_is_refused(name: str, tmp_path: Path) -> None:
    """A misspelt setting would be silently without effect; the sentence lists those there are."""
    said = refused({name: "x"}, tmp_path)

    assert said.startswith(f"{name}: is no setting. Known: bot_api, calls_per_second, contacts, count_period, ")


def test_an_unknown_key_in_the_file_is_refused(tmp_path: Path) -> None:
    """The same holds for the file."""
    (tmp_path / "waymark.toml").write_text('token = "x"\n')

    assert refused({}, tmp_path).startswith('waymark.toml: "token" is no setting. Known: ')


@pytest.mark.parametrize("text", [b"country = US\n", b"\xff\xfe", b'country = "US"\ncountry = "MX"\n'])
def test_a_file_that_cannot_be_read_is_refused(text: bytes, tmp_path: Path) -> None:
    """Broken syntax is named, not passed over."""
    (tmp_path / "waymark.toml").write_bytes(text)

    assert refused({}, tmp_path).startswith("waymark.toml: cannot be read: ")


@pytest.mark.parametrize("line", ["country = 5", 'families = "nothing"', "families = []", "flows = [1]", 'region = ""'])
def test_values_of_the_file_are_checked_like_the_others(line: str, tmp_path: Path) -> None:
    """A number or an empty list where words belong is refused; an empty region is none."""
    (tmp_path / "waymark.toml").write_text(line)

    if line.startswith("region"):
        assert read_config({}, tmp_path).region == ""
    else:
        assert refused({}, tmp_path).startswith("WAYMARK_")


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701])
def test_a_folder_of_keys_that_others_can_open_is_refused(mode: int, tmp_path: Path) -> None:
    """The day keys open every button: their folder is for this account alone."""
    keys = tmp_path / "keys"
    keys.mkdir()
    keys.chmod(mode)

    assert "Make it private: chmod 700" in refused({"WAYMARK_KEYS": str(keys)}, tmp_path)


# -- the token -------------------------------------------------------------------------------------------------------


def test_the_token_is_read_from_its_file_and_never_shown(tmp_path: Path) -> None:
    """White space around it does not matter; it prints as stars everywhere but where it is used."""
    file = tmp_path / "token"
    file.write_text(f"  {TOKEN}\n")

    token = Config(token_file=file).token()

    assert token.reveal() == TOKEN
    shown = f"{token} {token!r} {[token]} {Config(token_file=file)} {Secret('')!r}"
    assert "AAAA" not in shown
    assert "**********" in shown
    assert bool(token)
    assert not Secret("")


@pytest.mark.parametrize(
    "text", ["", "Zorblax", "Zorblax:" + "A" * 35, "7000000001:Zorblax", f"{TOKEN} Zorblax", TOKEN + "ü"]
)
def test_a_file_without_a_token_is_refused_without_showing_it(text: str, tmp_path: Path) -> None:
    """Whatever is in the file may be a secret: the sentence does not repeat it."""
    file = tmp_path / "token"
    file.write_text(text)

    with pytest.raises(WaymarkError, match=r"^WAYMARK_TOKEN_FILE: names a file that holds no bot token\. ") as caught:
        Config(token_file=file).token()
    assert "Zorblax" not in str(caught.value)
    assert "AAAA" not in str(caught.value)


@pytest.mark.parametrize("make", [lambda file: None, lambda file: file.mkdir(), lambda file: file.write_bytes(b"\xff")])
def test_a_token_file_that_cannot_be_read_is_refused(make, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    """Missing, a folder, or no text: one sentence."""
    make(tmp_path / "token")

    with pytest.raises(WaymarkError, match=r"names a file that cannot be read\. Check its path"):
        Config(token_file=tmp_path / "token").token()


def test_without_a_token_file_the_way_to_try_it_is_told() -> None:
    """A newcomer who runs the bot first learns how to try it without a token."""
    with pytest.raises(WaymarkError, match=r"^WAYMARK_TOKEN_FILE: is not set\. .+waymark try$"):
        Config().token()
