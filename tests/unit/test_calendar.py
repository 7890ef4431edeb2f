from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import WorkingCalendar, working_minutes
from engine.errors import ExpressionError

SHANGHAI = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkingCalendar(SHANGHAI)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "duration", "due"),
    [
        ("2026-11-23 10:00", "PT4H", "2026-11-23 15:00"),
        ("2026-11-23 17:00", "P1D", "2026-11-24 17:00"),
        ("2026-11-27 17:00", "PT2H", "2026-11-30 10:00"),
        ("2026-11-28 12:00", "PT1H", "2026-11-30 10:00"),
        ("2026-09-30 17:30", "PT1H", "2026-10-08 09:30"),
        ("2026-02-13 17:00", "P1D", "2026-02-14 17:00"),
        ("2026-11-23 12:30", "PT1H", "2026-11-23 14:00"),
    ],
)
def test_working_time_skips_nights_lunch_weekends_and_holidays_but_not_exchanged_saturdays(
    start: str, duration: str, due: str
) -> None:
    assert CALENDAR.add(at(start), working_minutes(duration)) == at(due)


@pytest.mark.parametrize("text", ["", "P", "PT", "P1M", "2D", "PT5S", "P-1D", "one day", "P9999D"])
def test_what_is_no_working_time_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        working_minutes(text)


MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2031, 12, 1)).map(lambda moment: moment.replace(tzinfo=UTC))  # noqa: DTZ001


@given(MOMENTS, st.integers(0, 4000), st.integers(0, 4000))
def test_adding_twice_is_adding_once(start: datetime, first: int, second: int) -> None:
    assert CALENDAR.add(CALENDAR.add(start, first), second) == CALENDAR.add(start, first + second)


@given(MOMENTS, st.integers(1, 4000))
def test_due_moments_lie_in_working_hours_and_after_the_start(start: datetime, minutes: int) -> None:
    due = CALENDAR.add(start, minutes)
    assert due >= start + timedelta(minutes=minutes)
    local = due.astimezone(SHANGHAI)
    assert CALENDAR.is_working_day(local.date())
    assert 9 <= local.hour <= 18


@given(MOMENTS, st.integers(1, 4000))
def test_the_working_time_until_a_due_moment_is_the_time_that_was_given(start: datetime, minutes: int) -> None:
    assert CALENDAR.minutes_between(start, CALENDAR.add(start, minutes)) == minutes


def test_a_moment_in_the_past_leaves_no_working_time() -> None:
    assert CALENDAR.minutes_between(at("2026-11-24 10:00"), at("2026-11-23 10:00")) == 0


def test_years_without_announced_holidays_count_monday_to_friday() -> None:
    assert CALENDAR.is_working_day(at("2031-10-01 00:00").date())
    assert not CALENDAR.is_working_day(at("2031-10-04 00:00").date())
