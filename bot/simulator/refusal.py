"""What the stand-in answers when it will not do what a bot asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

TOO_OLD_QUERY = "query is too old and response timeout expired or query ID is invalid"
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
SECOND_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"

_PREFIX = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong with a call: where, what, and how Telegram would word it.

    says: without the leading "Bad Request: "; empty where Telegram itself would have let the slip pass.
    """

    where: str
    what: str
    says: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


class Refusal(Exception):
    """A call that was not carried out; `mistakes` are the caller's own, an empty list means the world was not so."""

    def __init__(
        self, code: int, says: str, *, mistakes: tuple[Mistake, ...] = (), parameters: dict[str, int] | None = None
    ) -> None:
        prefix = _PREFIX.get(code, "Error")
        super().__init__(f"{prefix}: {says}" if says else prefix)
        self.code, self.mistakes, self.parameters = code, mistakes, parameters


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back over the wire: a status and a JSON body shaped as Telegram shapes it."""

    status: int
    body: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def granted(cls, result: object) -> Answer:
        """The answer to a call that was carried out."""
        return cls(200, {"ok": True, "result": result})

    @classmethod
    def refused(cls, refusal: Refusal) -> Answer:
        """The answer to a call that was not."""
        body: dict[str, Any] = {"ok": False, "error_code": refusal.code, "description": str(refusal)}
        if refusal.parameters:
            body["parameters"] = refusal.parameters
        return cls(refusal.code, body)


def bad_request(says: str) -> Refusal:
    """A refusal that no change to the call's shape could have avoided."""
    return Refusal(400, says)
