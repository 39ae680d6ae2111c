"""Settings: environment over waymark.toml over defaults, checked once, frozen.

Every setting is listed here and in README.md; a wrong value is refused with a sentence.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from bot.errors import WaymarkError
from bot.flow.model import FAMILIES

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "WAYMARK_"
FILE = "waymark.toml"
MAX_BYTES = 64_000
TELEGRAM = "https://api.telegram.org"
PSEUDO = ("qps_XA", "qps_XB", "qps_XL")
MINOR_RULES = ("us", "palermo")
CountPeriod = Literal["quarter", "month"]
COUNT_PERIODS: tuple[CountPeriod, ...] = ("quarter", "month")
YES_NO = {"yes": True, "no": False}
MOST_CALLS = 100_000
SECRET = re.compile(r"[A-Za-z0-9_-]{32,256}")

Listen = tuple[str, int | None]
Network = IPv4Network | IPv6Network
LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")


class Secret:
    """A value that never shows itself: prints as stars, gives its text only to `reveal`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret('**********')"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._value)


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one run; names are those of the file, `WAYMARK_<NAME>` in the environment.

    token_file: file with the bot token. bot_api: address of the Bot API server. country, region: assumed until the
    person picks a place ("" = ask). families: families of flows offered. flows, contacts: extra folders of content.
    minor_rule: `us` or `palermo`. data: folder of the count store ("" = count nothing). count_period: `quarter` or
    `month`. count_regions: whether countries are counted too. keys: private folder of the day keys, on a memory file
    system ("" = found by itself). pseudo: a made-up language everybody gets, for developers ("" = none).
    valkey: address of the server that replicas share ("" = this process is alone). valkey_password_file: file with its
    password. valkey_unchecked: take it though it forbids CONFIG GET.
    calls_per_second: to Telegram, at most, those that answer a tap aside.
    webhook: address at which Telegram reaches the bot. listen: host and port behind it, or a socket and None.
    webhook_secret_file: file with what Telegram shows there. webhook_sources: networks it may come from (none = any).
    """

    token_file: Path | None = None
    bot_api: str = TELEGRAM
    country: str = ""
    region: str = ""
    families: tuple[str, ...] = FAMILIES
    flows: tuple[Path, ...] = ()
    contacts: tuple[Path, ...] = ()
    minor_rule: str = "us"
    data: Path | None = None
    count_period: CountPeriod = "quarter"
    count_regions: bool = False
    keys: Path | None = None
    pseudo: str = ""
    valkey: str = ""
    valkey_password_file: Path | None = None
    valkey_unchecked: bool = False
    calls_per_second: int = 25
    webhook: str = ""
    listen: Listen = ("127.0.0.1", 8443)
    webhook_secret_file: Path | None = None
    webhook_sources: tuple[Network, ...] = ()
    root: Path = field(default=ROOT)

    @property
    def webhook_path(self) -> str:
        """The part of the webhook's address behind the host."""
        return urlsplit(self.webhook).path or "/"

    def webhook_secret(self) -> Secret:
        """What Telegram shows with each update, read from its file. Raises WaymarkError where it is not fit."""
        if not self.webhook:
            raise WaymarkError(f"{PREFIX}WEBHOOK", "is not set.", "Write the https:// address that leads to this bot.")
        where = f"{PREFIX}WEBHOOK_SECRET_FILE"
        if self.webhook_secret_file is None:
            raise WaymarkError(where, "is not set.", "Name a file that holds 64 random letters and digits.")
        try:
            secret = self.webhook_secret_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise WaymarkError(where, "names a file that cannot be read.", "Check its path and rights.") from None
        if not SECRET.fullmatch(secret):
            what = "names a file that holds no fit secret."
            raise WaymarkError(where, what, "Put 32 to 256 random letters, digits, - and _ in it, alone.")
        return Secret(secret)

    def token(self) -> Secret:
        """The bot token, read from its file. Raises WaymarkError where there is none."""
        where = f"{PREFIX}TOKEN_FILE"
        if self.token_file is None:
            raise WaymarkError(where, "is not set.", "Name a file that holds the token, or try it without: waymark try")
        try:
            token = self.token_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise WaymarkError(
                where, "names a file that cannot be read.", "Check its path and that you may read it."
            ) from None
        number, _, rest = token.partition(":")
        if not (number.isdigit() and len(rest) >= 30 and rest.isascii() and not any(c.isspace() for c in rest)):
            raise WaymarkError(
                where, "names a file that holds no bot token.", "Put the token from @BotFather in it, alone."
            )
        return Secret(token)

    def valkey_password(self) -> Secret:
        """The password of the shared server, read from its file; empty where none is named. Raises WaymarkError."""
        if self.valkey_password_file is None:
            return Secret("")
        try:
            return Secret(self.valkey_password_file.read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError):
            raise WaymarkError(
                f"{PREFIX}VALKEY_PASSWORD_FILE", "names a file that cannot be read.", "Check its path and owner."
            ) from None


def read_config(environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Config:
    """Settings from the environment and from waymark.toml in the folder (the current one when None).

    Raises WaymarkError for an unknown or wrong setting.
    """
    given = dict(os.environ if environment is None else environment)
    values = _file_values((folder or Path.cwd()) / FILE)
    for name in SETTINGS:
        if (value := given.get(PREFIX + name.upper())) is not None:
            values[name] = value
    known = {PREFIX + name.upper() for name in SETTINGS}
    unknown = [key for key in given if key.upper().startswith(PREFIX) and key not in known]
    if unknown:
        raise WaymarkError(sorted(unknown)[0], "is no setting.", f"Known: {', '.join(sorted(SETTINGS))}.")
    return Config(**{name: SETTINGS[name](name, value) for name, value in values.items()})  # type: ignore[arg-type]


def _file_values(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"it is larger than {MAX_BYTES} bytes")
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:  # broken syntax and encoding are ValueErrors
        raise WaymarkError(FILE, f"cannot be read: {error}.", "Mend or remove it.") from None
    for key in data:
        if key not in SETTINGS:
            raise WaymarkError(FILE, f'"{key}" is no setting.', f"Known: {', '.join(sorted(SETTINGS))}.")
    return data


def _path(name: str, value: object) -> Path | None:
    return Path(str(value)).expanduser() if value else None


def _folder(name: str, value: object) -> Path | None:
    folder = _path(name, value)
    if folder is not None and not folder.is_dir():
        raise WaymarkError(PREFIX + name.upper(), f'"{folder}" is no folder.', "Name a folder that exists.")
    return folder


def _private(name: str, value: object) -> Path | None:
    folder = _folder(name, value)
    if folder is not None and folder.stat().st_mode & 0o077:
        what = f'"{folder}" can be opened by others on this machine.'
        raise WaymarkError(PREFIX + name.upper(), what, "Make it private: chmod 700")
    return folder


def _folders(name: str, value: object) -> tuple[Path, ...]:
    parts = value if isinstance(value, list) else str(value).split(os.pathsep)
    folders = tuple(Path(str(part)).expanduser() for part in parts if part)
    for folder in folders:
        if not folder.is_dir():
            raise WaymarkError(PREFIX + name.upper(), f'"{folder}" is no folder.', "Name a folder that exists.")
    return folders


def _address(name: str, value: object) -> str:
    try:
        address = urlsplit(str(value))
        is_plain = not (address.username or address.password or address.query or address.fragment) and address.port != 0
    except ValueError:
        address, is_plain = urlsplit(""), False
    is_local = address.hostname in LOCAL_HOSTS
    if not (is_plain and address.hostname) or not (
        address.scheme == "https" or (address.scheme == "http" and is_local)
    ):
        # The value is not repeated: an address may hold a password.
        raise WaymarkError(
            PREFIX + name.upper(), "is no address to use.", "Write https://..., or http:// on this machine alone."
        )
    return str(value).rstrip("/")


def _server(name: str, value: object) -> str:
    """The address of a Valkey or Redis server, without a password."""
    text = str(value)
    try:
        address = urlsplit(text)
        port, number = address.port, address.path.strip("/")
        is_plain = not (address.username or address.password or address.query or address.fragment) and port != 0
    except ValueError:
        address, number, is_plain = urlsplit(""), "", False
    is_socket = address.scheme == "unix" and not address.netloc and text.startswith("unix:///") and len(number) > 0
    is_host = address.scheme in ("redis", "rediss") and bool(address.hostname) and (number.isdigit() or not number)
    if text and not (is_plain and (is_socket or is_host)):
        # The value is not repeated: an address may hold a password.
        raise WaymarkError(
            PREFIX + name.upper(), "is no address to use.",
            "Write redis://host:6379, rediss://host:6379 or unix:///path; the password goes into a file.",
        )  # fmt: skip
    return text


def _country(name: str, value: object) -> str:
    code = str(value).strip().upper()
    if code and not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise WaymarkError(PREFIX + name.upper(), f'is "{value}".', "Write a country of two letters, such as US.")
    return code


def _region(name: str, value: object) -> str:
    code = str(value).strip().upper()
    if code and "-" not in code:
        raise WaymarkError(PREFIX + name.upper(), f'is "{value}".', "Write country and region, such as US-KY.")
    return code


def _families(name: str, value: object) -> tuple[str, ...]:
    parts = [str(part).strip() for part in (value if isinstance(value, list) else str(value).split(","))]
    wrong = [part for part in parts if part not in FAMILIES]
    if wrong or not parts:
        what = f'names "{wrong[0]}".' if wrong else "names none."
        raise WaymarkError(PREFIX + name.upper(), what, f"Choose from {', '.join(FAMILIES)}.")
    return tuple(dict.fromkeys(parts))


def _one_of(*known: str) -> Callable[[str, object], str]:
    """A reader for a setting with a closed list of words."""

    def read(name: str, value: object) -> str:
        if value not in known:
            raise WaymarkError(PREFIX + name.upper(), f'is "{value}".', f"Choose from {', '.join(known)}.")
        return str(value)

    return read


def _yes_no(name: str, value: object) -> bool:
    return value if isinstance(value, bool) else YES_NO[_one_of(*YES_NO)(name, value)]


def _rate(name: str, value: object) -> int:
    text = str(value)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_CALLS):
        what = f'is "{text[:20]}".'
        raise WaymarkError(PREFIX + name.upper(), what, f"Write a whole number from 1 to {MOST_CALLS}.")
    return int(text)


def _webhook(name: str, value: object) -> str:
    return _address(name, value) if value else ""


def _listen(name: str, value: object) -> Listen:
    text = str(value)
    if text.startswith("unix:/"):
        return text.removeprefix("unix:"), None
    host, _, port = text.rpartition(":")
    if not (host and port.isascii() and port.isdigit() and 0 < int(port) < 65_536):
        what = f'is "{text[:60]}".'
        raise WaymarkError(PREFIX + name.upper(), what, "Write host:port, such as 127.0.0.1:8443, or unix:/a/socket.")
    return host.strip("[]"), int(port)


def _networks(name: str, value: object) -> tuple[Network, ...]:
    parts = value if isinstance(value, list) else str(value).split(",")
    try:
        return tuple(ip_network(str(part).strip()) for part in parts if str(part).strip())
    except ValueError:
        what = "names something that is no network."
        raise WaymarkError(
            PREFIX + name.upper(), what, "Write networks such as 149.154.160.0/20,91.108.4.0/22."
        ) from None


SETTINGS = {
    "token_file": _path,
    "bot_api": _address,
    "country": _country,
    "region": _region,
    "families": _families,
    "flows": _folders,
    "contacts": _folders,
    "minor_rule": _one_of(*MINOR_RULES),
    "calls_per_second": _rate,
    "webhook": _webhook,
    "listen": _listen,
    "webhook_secret_file": _path,
    "webhook_sources": _networks,
    "data": _folder,
    "count_period": _one_of(*COUNT_PERIODS),
    "count_regions": _yes_no,
    "keys": _private,
    "pseudo": _one_of("", *PSEUDO),
    "valkey": _server,
    "valkey_password_file": _path,
    "valkey_unchecked": _yes_no,
}
