"""Reminders and escalations of work items, which no diagram draws."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from engine.clock import FixedClock
from engine.database import transaction
from engine.inbox import operations as inbox
from engine.inbox.records import WorkItem
from engine.jobs.draining import settle
from engine.jobs.sweep import Swept, sweep_once
from engine.room import EngineRoom
from tests.cast import AN_RUI, LIN, MAX
from tests.engine.background import Background, dated

WORKING_DAY = timedelta(days=1)


@pytest.fixture
def background(room: EngineRoom, factory: sessionmaker[Session]) -> Background:
    """One task with a working day of time, opened on Monday at nine."""
    background = Background(room, factory)
    background.release(dated())
    background.start("dated")
    return background


def told(background: Background) -> list[tuple[str, int]]:
    settle(background.room, background.factory)
    return [(notice.kind, notice.user_id) for notice in background.notices()]


def test_the_group_is_reminded_when_four_fifths_of_the_time_are_gone(background: Background, clock: FixedClock) -> None:
    clock.advance(timedelta(hours=7, minutes=20))  # 16:20, 6 h 20 min worked
    assert told(background) == []

    clock.advance(timedelta(minutes=10))

    assert told(background) == [("work_item_due_soon", AN_RUI.user_id)]
    [notice] = background.notices()
    assert notice.params["title_en"] == "Answer"
    assert notice.params["title_zh"] == "步骤 answer"
    assert notice.work_item_id is not None


def test_the_assignee_alone_is_reminded_of_what_was_claimed(background: Background, clock: FixedClock) -> None:
    with transaction(background.factory) as session:
        item_id = session.scalars(sa.select(WorkItem.id)).one()
        inbox.claim(session, item_id, by=AN_RUI, now=clock.now())
    clock.advance(timedelta(hours=8))

    assert told(background) == [("work_item_due_soon", AN_RUI.user_id)]


def test_late_work_is_told_first_to_the_group_then_to_two_levels_above(
    background: Background, clock: FixedClock
) -> None:
    clock.advance(timedelta(hours=8))
    told(background)
    clock.advance(timedelta(hours=1, minutes=1))  # Monday 18:01
    assert told(background)[1:] == [("work_item_overdue", AN_RUI.user_id)]
    clock.advance(timedelta(hours=20))  # Tuesday 14:01
    assert told(background)[2:] == [("work_item_escalated", LIN.user_id)]
    clock.advance(timedelta(hours=4))  # Tuesday 18:01
    assert told(background)[3:] == [("work_item_escalated", MAX.user_id)]
    clock.advance(timedelta(days=30))
    assert len(told(background)) == 4, "after the second escalation it is quiet"


def test_after_a_long_silence_nobody_is_told_due_soon_of_what_is_overdue(
    background: Background, clock: FixedClock
) -> None:
    clock.advance(timedelta(days=10))

    assert told(background) == [
        ("work_item_overdue", AN_RUI.user_id),
        ("work_item_escalated", LIN.user_id),
        ("work_item_escalated", MAX.user_id),
    ]


def test_a_reminder_is_asked_for_once_however_often_the_sweep_runs(background: Background, clock: FixedClock) -> None:
    clock.advance(timedelta(hours=8))

    assert sweep_once(background.room, background.factory) == Swept(reminders=1)
    assert sweep_once(background.room, background.factory) == Swept()
    assert len(told(background)) == 1


def test_finished_work_is_not_reminded_of(background: Background, clock: FixedClock) -> None:
    clock.advance(timedelta(hours=8))
    sweep_once(background.room, background.factory)
    background.complete("answer")

    assert told(background) == []
