"""Working time: when is *two working days from now*, with Chinese holidays and the weekends worked in exchange."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar

from engine.errors import ExpressionError

SPANS = ((time(9), time(12)), (time(13), time(18)))
MINUTES_PER_DAY = 480
LONGEST = 10 * 250 * MINUTES_PER_DAY
_DURATION = re.compile(r"^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$")


@lru_cache(maxsize=256)
def working_minutes(duration: str) -> int:
    """Return an ISO 8601 duration in minutes of working time: ``P1D`` = 480, ``PT4H`` = 240, ``P1W`` = five days.

    Raises ``ExpressionError`` for months, years, seconds and anything that is no duration.
    """
    match = _DURATION.match(duration or "")
    if match is None or not any(match.groups()):
        raise ExpressionError(expression=duration, problem="not a working-time duration such as P2D or PT4H")
    weeks, days, hours, minutes = (int(part or 0) for part in match.groups())
    total = (weeks * 5 + days) * MINUTES_PER_DAY + hours * 60 + minutes
    if total > LONGEST:
        raise ExpressionError(expression=duration, problem="longer than ten years of work")
    return total


@lru_cache(maxsize=4096)  # each completion asks for a dozen days, and they are the same few
def _is_working_day(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


@lru_cache(maxsize=4096)
def _spans(day: date, zone: ZoneInfo) -> tuple[tuple[datetime, datetime], ...]:
    """Return from when to when people work on ``day``, in UTC, in which comparing takes a tenth of the time."""
    if not _is_working_day(day):
        return ()
    return tuple(
        (datetime.combine(day, opens, zone).astimezone(UTC), datetime.combine(day, closes, zone).astimezone(UTC))
        for opens, closes in SPANS
    )


class WorkingCalendar:
    """The working hours of one zone: 09:00–12:00 and 13:00–18:00 on working days, eight hours a day."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def is_working_day(self, day: date) -> bool:
        """Whether people work on ``day``; years whose holidays are not announced yet count Monday to Friday."""
        return _is_working_day(day)

    def add(self, start: datetime, minutes: int) -> datetime:
        """Return the moment at which ``minutes`` of working time have passed since ``start`` (aware), in its zone."""
        left, since = timedelta(minutes=minutes), start.astimezone(UTC)
        day = start.astimezone(self._zone).date()
        while True:
            for opens, closes in _spans(day, self._zone):
                begin = max(since, opens)
                if begin < closes:
                    if left <= closes - begin:
                        return (begin + left).astimezone(start.tzinfo)
                    left -= closes - begin
            day += timedelta(days=1)

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Return the whole minutes of working time between two aware moments; 0 when ``end`` is earlier."""
        passed = timedelta()
        day, last = start.astimezone(self._zone).date(), end.astimezone(self._zone).date()
        while day <= last:
            for opens, closes in _spans(day, self._zone):
                passed += max(min(closes, end) - max(opens, start), timedelta())
            day += timedelta(days=1)
        return int(passed / timedelta(minutes=1))

    def end_of(self, day: date) -> datetime:
        """Return the end of the working hours of ``day``, in the calendar's zone."""
        return datetime.combine(day, SPANS[-1][1], self._zone)
