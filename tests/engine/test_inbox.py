"""What a person finds in the inbox, and what claiming, handing on and drafts do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

from engine.clock import FixedClock
from engine.database import count_statements, reading, transaction
from engine.directory import SYSTEM, Actor
from engine.errors import (
    InvalidAnswers,
    InvalidInput,
    NotFound,
    WorkItemAlreadyDone,
    WorkItemNotClaimable,
    WorkItemOfOthers,
)
from engine.errors import WorkItemNotFound as NotMine
from engine.inbox import operations, queries
from engine.inbox.queries import PAGE_SIZE, Counts, counts, listing
from engine.inbox.records import Notice, WorkItem
from engine.instances.operations import complete, start
from engine.instances.queries import story
from engine.instances.records import RUNNING, ProcessInstance
from engine.journal import verify
from engine.releases.records import Release
from engine.room import EngineRoom
from tests.cast import AN_RUI, EVE, FANG, FU_RONG, LIN, MAX, OFFICE, SU_RAN, person
from tests.diagrams import chain

ZHAO = person(20, "Zhao 赵", ("ar", OFFICE), ("sr", OFFICE))


class Pile:
    """Work items put straight into the table, so that lists of any shape cost nothing."""

    def __init__(self, factory: sessionmaker[Session], clock: FixedClock) -> None:
        self.factory, self.clock, self._numbers = factory, clock, count(1)
        with transaction(factory) as session:
            session.add(Release(number=1, digest="0" * 64, note="", created_at=clock.now(), created_by=None))
            session.flush()
            session.add(
                ProcessInstance(
                    id=1, release_id=1, process_id="p", label="Case", team={}, status=RUNNING, revision=1, state=b"",
                    journal_seq=0, journal_head=b"", started_at=clock.now(), started_by=None,
                )
            )  # fmt: skip

    def row(self, **given: Any) -> dict[str, Any]:
        number = next(self._numbers)
        return {
            "id": number, "instance_id": 1, "task_guid": uuid4(), "process_id": "p", "element": "e",
            "title_en": f"Task {number}", "title_zh": f"任务 {number}", "role": "ar", "group_key": "ar@2",
            "assignee_id": None, "case_label": "Case", "business_key": None, "priority": 5,
            "created_at": self.clock.now() + timedelta(seconds=number), "due_at": None, "reminder_level": 0,
            "completed_at": None, "completed_by": None, **given,
        }  # fmt: skip

    def put(self, *rows: dict[str, Any]) -> list[int]:
        with transaction(self.factory) as session:
            session.execute(sa.insert(WorkItem), list(rows))
        return [row["id"] for row in rows]

    def seen(self, actor: Actor, *question: Any, **named: Any) -> list[int]:
        with reading(self.factory) as session:
            return [item.id for item in listing(session, actor, *question, now=self.clock.now(), **named).items]


@pytest.fixture
def pile(factory: sessionmaker[Session], clock: FixedClock) -> Pile:
    return Pile(factory, clock)


def test_an_inbox_holds_ones_own_items_and_those_of_ones_groups(pile: Pile) -> None:
    mine, group, colleagues, other_group, done = pile.put(
        pile.row(assignee_id=ZHAO.user_id),
        pile.row(group_key="sr@2"),
        pile.row(assignee_id=SU_RAN.user_id),
        pile.row(group_key="finance@1"),
        pile.row(assignee_id=ZHAO.user_id, completed_at=pile.clock.now(), completed_by=ZHAO.user_id),
    )
    assert pile.seen(ZHAO, "mine") == [mine]
    assert pile.seen(ZHAO, "roles") == [group]
    assert pile.seen(ZHAO, "done") == [done]
    assert pile.seen(EVE, "roles") == []
    assert pile.seen(SU_RAN, "mine") == [colleagues]
    assert pile.seen(SYSTEM, "mine") == []
    with reading(pile.factory) as session:
        assert counts(session, ZHAO, now=pile.clock.now()) == Counts(mine=1, roles=1, overdue=0, today=0, done=1)
    assert other_group not in pile.seen(ZHAO, "roles")


def test_overdue_and_today_follow_the_clock_and_midnight_in_shanghai(pile: Pile) -> None:
    now = pile.clock.now()  # Monday 09:00 in Shanghai
    late, soon, _tomorrow, _never, late_of_group = pile.put(
        pile.row(assignee_id=ZHAO.user_id, due_at=now - timedelta(minutes=1)),
        pile.row(assignee_id=ZHAO.user_id, due_at=now + timedelta(hours=14, minutes=59)),
        pile.row(assignee_id=ZHAO.user_id, due_at=now + timedelta(hours=15)),
        pile.row(assignee_id=ZHAO.user_id),
        pile.row(group_key="sr@2", due_at=now - timedelta(days=1)),
    )
    assert pile.seen(ZHAO, "overdue") == [late_of_group, late]
    assert pile.seen(ZHAO, "today") == [soon]
    with reading(pile.factory) as session:
        found = counts(session, ZHAO, now=now)
    assert (found.mine, found.roles, found.overdue, found.today) == (4, 1, 2, 1)


def test_items_are_sorted_as_asked_and_undated_ones_come_last(pile: Pile) -> None:
    now = pile.clock.now()
    undated, later, sooner = pile.put(
        pile.row(assignee_id=ZHAO.user_id, priority=9, case_label="B"),
        pile.row(assignee_id=ZHAO.user_id, priority=1, case_label="C", due_at=now + timedelta(days=2)),
        pile.row(assignee_id=ZHAO.user_id, priority=1, case_label="A", due_at=now + timedelta(days=1)),
    )
    assert pile.seen(ZHAO, "mine", sort="due") == [sooner, later, undated]
    assert pile.seen(ZHAO, "mine", sort="priority") == [sooner, later, undated]
    assert pile.seen(ZHAO, "mine", sort="newest") == [sooner, later, undated]
    assert pile.seen(ZHAO, "mine", sort="case") == [sooner, undated, later]


def test_search_finds_words_in_title_case_and_key_and_takes_wildcards_literally(pile: Pile) -> None:
    by_title, by_case, by_key, percent = pile.put(
        pile.row(assignee_id=ZHAO.user_id, title_en="Verify lead", title_zh="验证线索"),
        pile.row(assignee_id=ZHAO.user_id, case_label="华北电力 ERP"),
        pile.row(assignee_id=ZHAO.user_id, business_key="LD-202611-0007"),
        pile.row(assignee_id=ZHAO.user_id, case_label="100% sure"),
    )
    assert pile.seen(ZHAO, "mine", "verify LEAD") == [by_title]
    assert pile.seen(ZHAO, "mine", "验证") == [by_title]
    assert pile.seen(ZHAO, "mine", "电力") == [by_case]
    assert pile.seen(ZHAO, "mine", "0007") == [by_key]
    assert pile.seen(ZHAO, "mine", "%") == [percent]
    assert pile.seen(ZHAO, "mine", "' OR 1=1 --") == []


def test_pages_follow_one_another_without_gap_or_repetition(pile: Pile) -> None:
    now = pile.clock.now()
    rows = [
        pile.row(
            assignee_id=None, group_key=["ar@2", "sr@2"][number % 2],
            due_at=None if number % 3 == 0 else now + timedelta(minutes=number % 7),
        )
        for number in range(2 * PAGE_SIZE + 10)
    ]  # fmt: skip
    everything = pile.put(*rows)
    pages = [pile.seen(ZHAO, "roles", page=page) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 10, 0]
    together = [number for page in pages for number in page]
    assert sorted(together) == sorted(everything)
    far = now + timedelta(days=1)
    due = {row["id"]: row["due_at"] or far for row in rows}
    assert together == sorted(together, key=lambda number: (due[number], number))
    with reading(pile.factory) as session:
        assert [listing(session, ZHAO, "roles", page=page, now=now).more for page in (1, 2, 3)] == [True, True, False]


def test_lists_and_counts_cost_one_statement_each_however_many_groups_and_items(pile: Pile, database: Engine) -> None:
    groups = [(f"role_{number}", OFFICE) for number in range(12)]
    busy = person(50, "Busy", *groups)
    pile.put(*(pile.row(group_key=f"role_{number % 12}@{OFFICE}") for number in range(300)))
    with reading(pile.factory) as session, count_statements(database) as cost:
        listing(session, busy, "roles", now=pile.clock.now())
        assert cost.statements == 1
        assert counts(session, busy, now=pile.clock.now()).roles == 300
        assert cost.statements == 2


def test_the_plan_of_the_inbox_uses_the_indexes_of_open_items(pile: Pile, database: Engine) -> None:
    pile.put(*(pile.row(group_key=f"role_{number % 200}@2", due_at=pile.clock.now()) for number in range(10_000)))
    pile.put(*(pile.row(assignee_id=number % 200 + 100, due_at=pile.clock.now()) for number in range(10_000)))
    heard: list[tuple[str, Any]] = []
    sa.event.listen(database, "before_cursor_execute", lambda _c, _cur, text, values, *_: heard.append((text, values)))
    with transaction(pile.factory) as session:
        if database.dialect.name == "postgresql":
            session.execute(sa.text("ANALYZE work_item"))
        for box in ("mine", "roles", "overdue", "done"):
            heard.clear()
            listing(session, person(100, "One", ("role_1", OFFICE)), box, now=pile.clock.now())  # type: ignore[arg-type]
            text, values = heard[-1]
            explain = "EXPLAIN QUERY PLAN " if database.dialect.name == "sqlite" else "EXPLAIN "
            plan = "\n".join(str(row) for row in session.connection().exec_driver_sql(explain + text, values))
            assert "ix_work_item_" in plan, plan
            assert "Seq Scan on work_item" not in plan, plan
            assert "SCAN work_item" not in plan, plan


@pytest.fixture
def waiting(factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]) -> int:
    """A work item for the ARs of the office."""
    deploy(chain(2))
    with transaction(factory) as session:
        return start(session, "chain", by=SU_RAN, room=room, unit_id=OFFICE).opened[0].id


def test_a_claimed_item_is_mine_until_i_give_it_back(
    factory: sessionmaker[Session], room: EngineRoom, clock: FixedClock, waiting: int
) -> None:
    with transaction(factory) as session:
        operations.claim(session, waiting, by=AN_RUI, now=clock.now())
        operations.claim(session, waiting, by=AN_RUI, now=clock.now())
    with pytest.raises(WorkItemNotClaimable), transaction(factory) as session:
        operations.claim(session, waiting, by=ZHAO, now=clock.now())
    with pytest.raises(WorkItemOfOthers), transaction(factory) as session:
        complete(session, waiting, {}, by=ZHAO, room=room)
    with pytest.raises(NotMine), transaction(factory) as session:
        operations.release(session, waiting, by=ZHAO, now=clock.now())
    with transaction(factory) as session:
        item = queries.get(session, waiting, AN_RUI)
        assert (item.assignee_id, item.claimed_at) == (AN_RUI.user_id, clock.now())
        operations.release(session, waiting, by=AN_RUI, now=clock.now())
    with transaction(factory) as session:
        operations.claim(session, waiting, by=ZHAO, now=clock.now())
        complete(session, waiting, {}, by=ZHAO, room=room)
    with transaction(factory) as session:
        instance_id = session.get_one(WorkItem, waiting).instance_id
        told = [(event.entry.event, event.entry.by) for event in story(session, instance_id)]
        acts = [each for each in told if each[0] in {"claimed", "released"}]
        assert acts == [("claimed", 1), ("released", 1), ("claimed", 20)]
        assert verify(session, instance_id).whole


@pytest.mark.parametrize("stranger", [EVE, FANG, SYSTEM], ids=lambda actor: actor.name)
def test_strangers_can_do_nothing_to_a_work_item(
    factory: sessionmaker[Session], room: EngineRoom, clock: FixedClock, waiting: int, stranger: Actor
) -> None:
    acts: list[Callable[[Session], object]] = [
        lambda session: operations.claim(session, waiting, by=stranger, now=clock.now()),
        lambda session: operations.release(session, waiting, by=stranger, now=clock.now()),
        lambda session: operations.transfer(session, waiting, 1, by=stranger, reason="x", room=room),
        lambda session: operations.save_draft(session, waiting, {"a": 1}, by=stranger),
        lambda session: queries.get(session, waiting, stranger),
    ]
    for act in acts:
        with pytest.raises(NotMine), transaction(factory) as session:
            act(session)


def test_a_transferred_item_comes_with_a_notice_and_leaves_a_reason(
    factory: sessionmaker[Session], room: EngineRoom, waiting: int
) -> None:
    with pytest.raises(InvalidInput), transaction(factory) as session:
        operations.transfer(session, waiting, FU_RONG.user_id or 0, by=AN_RUI, reason=" ", room=room)
    with pytest.raises(NotFound), transaction(factory) as session:
        operations.transfer(session, waiting, 777, by=AN_RUI, reason="假期", room=room)
    with transaction(factory) as session:
        operations.transfer(session, waiting, FU_RONG.user_id or 0, by=MAX, reason="安睿休假", room=room)
    with transaction(factory) as session:
        assert session.get_one(WorkItem, waiting).assignee_id == FU_RONG.user_id
        notice = session.scalars(sa.select(Notice)).one()
        assert (notice.user_id, notice.kind, notice.work_item_id) == (FU_RONG.user_id, "work_item_transferred", waiting)
        assert notice.params["reason"] == "安睿休假"
        assert queries.unread_notices(session, FU_RONG) == 1
        assert queries.unread_notices(session, AN_RUI) == 0
        operations.read_notices(session, by=FU_RONG, now=room.clock.now())
        assert queries.unread_notices(session, FU_RONG) == 0
        assert complete(session, waiting, {}, by=FU_RONG, room=room).opened


def test_the_manager_of_the_unit_hands_on_what_others_hold_without_being_able_to_complete_it(
    factory: sessionmaker[Session], room: EngineRoom, clock: FixedClock, waiting: int
) -> None:
    with transaction(factory) as session:
        operations.claim(session, waiting, by=AN_RUI, now=clock.now())
    with pytest.raises(NotMine), transaction(factory) as session:
        complete(session, waiting, {}, by=LIN, room=room)
    with pytest.raises(NotMine), transaction(factory) as session:
        operations.transfer(session, waiting, ZHAO.user_id or 0, by=FANG, reason="替班", room=room)
    with transaction(factory) as session:
        operations.transfer(session, waiting, FU_RONG.user_id or 0, by=LIN, reason="替班", room=room)
    with transaction(factory) as session:
        assert session.get_one(WorkItem, waiting).assignee_id == FU_RONG.user_id


def test_a_draft_is_kept_until_the_item_is_done(
    factory: sessionmaker[Session], room: EngineRoom, clock: FixedClock, waiting: int
) -> None:
    with transaction(factory) as session:
        operations.save_draft(session, waiting, {"note": "半成品"}, by=AN_RUI)
    with pytest.raises(InvalidAnswers), transaction(factory) as session:
        operations.save_draft(session, waiting, {"note": "\0"}, by=AN_RUI)
    with transaction(factory) as session:
        assert queries.get(session, waiting, AN_RUI).draft == {"note": "半成品"}
        complete(session, waiting, {}, by=AN_RUI, room=room)
    with transaction(factory) as session:
        assert queries.get(session, waiting, AN_RUI).draft is None
    for act in (
        lambda session: operations.save_draft(session, waiting, {}, by=AN_RUI),
        lambda session: operations.claim(session, waiting, by=AN_RUI, now=clock.now()),
        lambda session: operations.transfer(session, waiting, 3, by=AN_RUI, reason="x", room=room),
    ):
        with pytest.raises(WorkItemAlreadyDone), transaction(factory) as session:
            act(session)
