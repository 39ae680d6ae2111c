"""The bot as people see it: its account, names, descriptions and commands, in each language."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from bot.simulator.refusal import bad_request

Params = Mapping[str, Any]

# Every optional power off, as the stand-in's bot is set up; tests switch single ones on.
_ACCOUNT: dict[str, Any] = {
    "is_bot": True,
    "first_name": "Waymark",
    "username": "waymark_local_bot",
    "can_join_groups": False,
    "can_read_all_group_messages": False,
    "supports_guest_queries": False,
    "supports_inline_queries": False,
    "supports_join_request_queries": False,
    "can_connect_to_business": False,
    "can_manage_bots": False,
    "has_main_web_app": False,
    "has_topics_enabled": False,
    "allows_users_to_create_topics": False,
}
# The spoken parts of a profile: field name -> longest text, as in the table.
SPOKEN = ("name", "description", "short_description")


class Profile:
    """One bot's account and what it told Telegram about itself."""

    def __init__(self, bot_id: int, powers: Mapping[str, Any] | None, changed: Callable[[], None]) -> None:
        self.account: dict[str, Any] = {"id": bot_id, **_ACCOUNT, **(powers or {})}
        self._changed = changed
        self._texts: dict[tuple[str, str], str] = {}
        self._commands: dict[tuple[str, str], list[dict[str, str]]] = {}

    def get_me(self) -> dict[str, Any]:
        """Carry out getMe."""
        return dict(self.account)

    def as_sender(self) -> dict[str, Any]:
        """The bot as the sender of a message."""
        name = self._texts.get(("name", ""), self.account["first_name"])
        return {"id": self.account["id"], "is_bot": True, "first_name": name, "username": self.account["username"]}

    def set_text(self, field: str, params: Params) -> bool:
        """Carry out setMyName, setMyDescription or setMyShortDescription; an empty text takes it back."""
        key = (field, params.get("language_code", ""))
        if params.get(field):
            self._texts[key] = params[field]
        else:
            self._texts.pop(key, None)
        self._changed()
        return True

    def get_text(self, field: str, params: Params) -> dict[str, str]:
        """Carry out getMyName, getMyDescription or getMyShortDescription."""
        return {field: self.text(field, params.get("language_code", ""))}

    def text(self, field: str, language: str) -> str:
        """What a person with the app in this language sees: their language, else the one for everybody."""
        fallback = self.account["first_name"] if field == "name" else ""
        return self._texts.get((field, language[:2].lower())) or self._texts.get((field, "")) or fallback

    def set_commands(self, params: Params) -> bool:
        """Carry out setMyCommands."""
        self._commands[_scope(params), params.get("language_code", "")] = params["commands"]
        self._changed()
        return True

    def get_commands(self, params: Params) -> list[dict[str, str]]:
        """Carry out getMyCommands: exactly this scope and language, no falling back."""
        return list(self._commands.get((_scope(params), params.get("language_code", "")), []))

    def delete_commands(self, params: Params) -> bool:
        """Carry out deleteMyCommands."""
        self._commands.pop((_scope(params), params.get("language_code", "")), None)
        self._changed()
        return True

    def commands(self, chat_id: int, language: str) -> list[dict[str, str]]:
        """The command menu of a private chat: narrowest scope first, in each the person's language first."""
        scopes = ({"type": "chat", "chat_id": chat_id}, {"type": "all_private_chats"}, {"type": "default"})
        for scope in scopes:
            for tag in (language[:2].lower(), ""):
                if found := self._commands.get((_scope({"scope": scope}), tag)):
                    return list(found)
        return []


def _scope(params: Params) -> str:
    scope = params.get("scope", {"type": "default"})
    if scope["type"].startswith("chat") and not str(scope.get("chat_id", "")).lstrip("-").isdigit():
        raise bad_request("chat not found")
    return json.dumps(scope, sort_keys=True)
