"""When the ledger writes: at fixed hours with a random delay, whether or not there is anything to write."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

from bot.counts.period import Length

USUAL_HOURS = 6
BUSY_HOURS = 1  # only where 2,000 conversations a month or more are expected
MOST_DELAY_SECONDS = 3600


def hours_of(length: Length) -> int:
    """The distance of slots that goes with the length of a bucket."""
    return BUSY_HOURS if length == "month" else USUAL_HOURS


def next_slot(now: datetime, rng: Random, hours: int = USUAL_HOURS) -> datetime:
    """The next fixed UTC hour after now, plus up to an hour of delay.

    hours: the distance of the slots, counted from midnight: USUAL_HOURS or BUSY_HOURS.
    """
    if hours not in (USUAL_HOURS, BUSY_HOURS):
        raise ValueError(f"slots are {USUAL_HOURS} or {BUSY_HOURS} hours apart, not {hours}")
    utc = now.astimezone(UTC)
    last = utc.replace(hour=utc.hour - utc.hour % hours, minute=0, second=0, microsecond=0)
    return last + timedelta(hours=hours, seconds=rng.randint(0, MOST_DELAY_SECONDS))
