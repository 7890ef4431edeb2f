"""ISO 8601 text as diagrams use it: durations, moments and cycles. Everything computed is aware and in UTC."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")

_DURATION = re.compile(
    r"P(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,5})M)?(?:(?P<weeks>\d{1,5})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?:(?P<hours>\d{1,7})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9})S)?)?",
    re.ASCII,
)
_LOOKS_LIKE_TIME = re.compile(r"(P[\dT]|R\d*/|\d{4}-\d\d-\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of calendar time: whole months, and the rest exactly."""

    months: int
    rest: timedelta

    @property
    def is_zero(self) -> bool:
        """Whether it has no length."""
        return not self.months and not self.rest

    def after(self, moment: datetime) -> datetime:
        """Return the moment this long after ``moment``; the 31st becomes the last day of a shorter month."""
        year, month = divmod(moment.year * 12 + moment.month - 1 + self.months, 12)
        day = min(moment.day, monthrange(year, month + 1)[1])
        return moment.replace(year=year, month=month + 1, day=day) + self.rest


@dataclass(frozen=True, slots=True)
class Cycle:
    """A beat: ``times`` beats (``None`` for ever) every ``every``, the first at ``first`` or one beat from now."""

    times: int | None
    every: Duration
    first: datetime | None = None


def looks_like_time(text: str) -> bool:
    """Return whether ``text`` begins like ISO 8601 text, so that it stands for itself instead of an expression."""
    return _LOOKS_LIKE_TIME.match(text.strip()) is not None


def parse_duration(text: str) -> Duration:
    """Read ``P1M2DT3H``; raises ``ValueError``."""
    text = text.strip()
    found = _DURATION.fullmatch(text)
    if found is None or text.endswith("T") or text == "P":
        raise ValueError(f"{text!r} is not an ISO 8601 duration such as P2D or PT4H")
    part = {name: int(value or 0) for name, value in found.groupdict().items()}
    rest = timedelta(
        weeks=part["weeks"], days=part["days"], hours=part["hours"], minutes=part["minutes"], seconds=part["seconds"]
    )
    return Duration(part["years"] * 12 + part["months"], rest)


def parse_moment(text: str, zone: ZoneInfo = DEFAULT_ZONE) -> datetime:
    """Read a date or a date with time as a moment in UTC; without an offset it is a moment of ``zone``.

    Raises ``ValueError``.
    """
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC)


def parse_date(text: str, zone: ZoneInfo = DEFAULT_ZONE) -> date:
    """Read the day of a date, or of a moment as seen in ``zone``; raises ``ValueError``."""
    text = text.strip()
    if len(text) == 10:
        return date.fromisoformat(text)
    return parse_moment(text, zone).astimezone(zone).date()


def parse_cycle(text: str, zone: ZoneInfo = DEFAULT_ZONE) -> Cycle:
    """Read ``R3/PT1H``, ``R/P1D`` or ``R5/2026-03-01T08:00:00+08:00/P1W``; raises ``ValueError``."""
    parts = text.strip().split("/")
    repeat = re.fullmatch(r"R(\d{0,6})", parts[0], re.ASCII)
    if repeat is None or len(parts) not in (2, 3):
        raise ValueError(f"{text!r} is not an ISO 8601 cycle such as R3/PT1H")
    every = parse_duration(parts[-1])
    if every.is_zero:
        raise ValueError("a cycle needs a length of time between its beats")
    times = int(repeat[1]) if repeat[1] else None
    if times == 0:
        raise ValueError("a cycle needs at least one beat")
    return Cycle(times, every, parse_moment(parts[1], zone) if len(parts) == 3 else None)
