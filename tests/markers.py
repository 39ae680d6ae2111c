"""People whose every word and number can be recognised, in any encoding, should it ever be written down."""

from __future__ import annotations

import base64
import hashlib
import random
import zlib
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from bot.simulator.botapi import BotApi
from bot.simulator.people import Person

WORD = "zqxjkvw"  # in every name and text
FIRST_ID = 7_731_000_000  # chats and phone numbers; places have its digits behind the point
HASHES = ("md5", "sha1", "sha256", "sha512", "blake2b")

Settle = Callable[[], Awaitable[None]]


def somebody(api: BotApi, number: int) -> Person:
    """A person all of whose names and numbers are markers."""
    return api.user(
        FIRST_ID + number,
        language_code=("en", "es", "ar", "de", "")[number % 5],
        first_name=f"{WORD.title()}{number}",
        last_name=f"Mc{WORD}",
        username=f"{WORD}_{number}",
    )


def write(api: BotApi, person: Person, number: int, kind: int) -> None:
    """Let the person send something full of markers: a text, a contact, a location, a forwarded text or a command."""
    place = float(f"{number % 90}.{person.chat_id}")
    contents = (
        {"text": f"my name is {WORD}, call {person.chat_id}"},
        {"contact": {"phone_number": f"+{person.chat_id}", "first_name": WORD, "user_id": person.chat_id}},
        {"location": {"latitude": place, "longitude": -place, "horizontal_accuracy": 5.0}},
        {"text": f"{WORD} news", "forward_origin": {"type": "hidden_user", "sender_user_name": WORD, "date": 1}},
        {"text": f"/help {WORD}"},
        {"text": f"/{WORD}"},
        {"text": f"/start {WORD}"},
        {"voice": {"file_id": WORD, "file_unique_id": WORD, "duration": 2}, "caption": WORD},
    )
    content = contents[kind % len(contents)]
    message = api.store.add(person.chat, content, sender=person.shape())
    api.inbox.put("message", message.shape(), f"chat {person.chat_id}")


async def converse(api: BotApi, number: int, settle: Settle, steps: int = 5) -> Person:
    """One conversation: start, taps as a seed has it, something sent in between, left or left open.

    Of fifty people one goes on to an end, five times as far.
    """
    is_patient = number % 50 == 10
    rng, person = random.Random(number % 97), somebody(api, number)
    person.send("/start")
    await settle()
    for step in range(steps * 5 if is_patient else steps):
        if step in (2, 4):
            write(api, person, number, number + step)
        elif person.screen is not None:
            buttons = [one for one in person.screen.buttons if not one.data.startswith("x")]
            forward = buttons[: max(1, len(buttons) - 3)]
            chosen = (
                forward[0 if step < 9 else -1] if is_patient else rng.choice(forward if rng.random() < 0.8 else buttons)
            )
            person.press(chosen.data, person.screen.message_id)
        await settle()
    if number % 2 and person.screen is not None:
        person.tap("x:" + _base36(person.screen.message_id), person.screen.message_id)
        await settle()
    return person


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


def spellings(text: str) -> Iterator[bytes]:
    """A text in every encoding it might be written in."""
    for form in {text, text.upper(), text.title(), text[::-1]}:
        plain = form.encode()
        yield plain
        yield form.encode("utf-16-le")
        yield form.encode("utf-16-be")
        yield plain.hex().encode()
        yield plain.hex().upper().encode()
        for shift in range(3):  # base64 depends on what stood before
            coded = base64.b64encode(b"\0" * shift + plain)
            yield coded[(shift * 8 + 5) // 6 : (len(plain) + shift) * 8 // 6]


def number_spellings(number: int) -> Iterator[bytes]:
    """A number as databases and programs write it, and its usual unkeyed digests."""
    yield number.to_bytes(8, "big")
    yield number.to_bytes(8, "little")
    yield number.to_bytes(6, "big")
    yield f"{number:x}".encode()
    yield f"{number:X}".encode()
    yield _base36(number).encode()
    for raw in (str(number).encode(), number.to_bytes(8, "big"), number.to_bytes(8, "little")):
        for name in HASHES:
            digest = hashlib.new(name, raw).digest()
            yield digest
            yield digest[:8]
            yield digest.hex()[:16].encode()
            yield base64.b64encode(digest)[:20]


def needles(people: int) -> set[bytes]:
    """Everything that must not be found; the digits all ids begin with stand for each of them."""
    found = {*spellings(WORD), *spellings(str(FIRST_ID)[:7])}
    for number in range(people):
        found.update(number_spellings(FIRST_ID + number))
    return found


def hits(blob: bytes, wanted: set[bytes]) -> set[bytes]:
    """Which of these occur, also inside anything packed."""
    found = _within(blob, wanted)
    for start in (b"\x1f\x8b", b"\x78\x01", b"\x78\x9c", b"\x78\xda"):
        at = blob.find(start)
        while at >= 0:
            try:
                inside = zlib.decompressobj(47).decompress(blob[at:], 10_000_000)
            except zlib.error:
                inside = b""
            found |= _within(inside, wanted) if inside else set()
            at = blob.find(start, at + 1)
    return found


def _within(blob: bytes, wanted: set[bytes]) -> set[bytes]:
    """Of thousands of needles of one length it is quicker to ask for each place whether one stands there."""
    by_length: dict[int, set[bytes]] = {}
    for needle in wanted:
        by_length.setdefault(len(needle), set()).add(needle)
    found: set[bytes] = set()
    for length, needles in by_length.items():
        if len(needles) < 200:
            found.update(needle for needle in needles if needle in blob)
        else:
            found |= needles & {blob[at : at + length] for at in range(len(blob) - length + 1)}
    return found


def scan(folder: Path, wanted: set[bytes]) -> dict[str, set[bytes]]:
    """Hits in every file below a folder, and in the files' names."""
    found = {}
    for path in sorted(folder.rglob("*")):
        blob = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        if inside := hits(path.name.encode() + b"\n" + blob, wanted):
            found[str(path)] = inside
    return found
