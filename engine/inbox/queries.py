"""Reading the inbox: one statement per list, whose cost does not grow with the number of open items.

Each source of work (my own items, each of my groups) gives its own first rows from an index; only those few are
sorted together. That keeps the page flat when a group holds a hundred thousand items.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from engine.database import zone_of
from engine.directory import Actor
from engine.errors import WorkItemNotFound
from engine.inbox.records import Notice, Submission, WorkItem

Box = Literal["mine", "roles", "overdue", "today", "done"]
Sort = Literal["due", "priority", "newest", "case"]
Condition = sa.ColumnElement[bool]

BOXES: tuple[Box, ...] = ("mine", "roles", "overdue", "today", "done")
SORTS: tuple[Sort, ...] = ("due", "priority", "newest", "case")
PAGE_SIZE = 50
COUNTED = 1000
"""Counts stop here: nobody reads beyond *999+*, and counting on costs."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of an inbox, ``page`` counted from 1; ``more`` tells whether another page follows."""

    items: list[WorkItem]
    page: int
    more: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """How many items each box holds, counted up to ``COUNTED``."""

    mine: int
    roles: int
    overdue: int
    today: int
    done: int


def listing(
    session: Session,
    actor: Actor,
    box: Box = "mine",
    search: str = "",
    sort: Sort = "due",
    page: int = 1,
    *,
    now: datetime,
) -> Listing:
    """Return one page of a box of ``actor``'s inbox, in one statement.

    ``mine`` waits for me, ``roles`` for one of my groups; ``overdue`` and ``today`` are those of both that are late or
    due before the company's midnight; ``done`` is what I completed, the last first. ``search`` looks in title, case and
    business key. ``sort`` is ``due`` (soonest first, undated last), ``priority``, ``newest`` or ``case``.
    """
    first = (max(page, 1) - 1) * PAGE_SIZE
    wanted = first + PAGE_SIZE + 1
    by_due = sort == "due" and box != "done"
    order = _order("done" if box == "done" else sort)
    order_of_source = (WorkItem.due_at, WorkItem.id) if by_due else order
    sources = [[*source, *_matching(search)] for source in _sources(actor, box, now, zone_of(session), by_due=by_due)]
    if not sources:
        return Listing([], page, more=False)
    ids = sa.union_all(*(_first_rows(source, order_of_source, wanted) for source in sources)).subquery()
    rows = session.scalars(
        sa.select(WorkItem)
        .join(ids, ids.c.id == WorkItem.id)
        .options(defer(WorkItem.draft, raiseload=True))
        .order_by(*order)
        .offset(first)
        .limit(PAGE_SIZE + 1)
    ).all()
    return Listing(list(rows[:PAGE_SIZE]), max(page, 1), more=len(rows) > PAGE_SIZE)


def counts(session: Session, actor: Actor, *, now: datetime) -> Counts:
    """Return how much each box of ``actor`` holds, in one statement."""
    columns = []
    for box in BOXES:
        sources = _sources(actor, box, now, zone_of(session), by_due=False)
        if not sources:
            columns.append(sa.literal(0).label(box))
            continue
        some = sa.union_all(*(_first_rows(source, (), COUNTED) for source in sources)).subquery()
        columns.append(sa.select(sa.func.count()).select_from(some).scalar_subquery().label(box))
    row = session.execute(sa.select(*columns)).one()
    return Counts(*(min(count, COUNTED) for count in row))


def _first_rows(source: Sequence[Condition], order: Sequence[Any], limit: int) -> sa.Select[tuple[int]]:
    # as a subquery: SQLite allows no ORDER BY and LIMIT in the parts of a UNION
    rows = sa.select(WorkItem.id).where(*source).order_by(*order).limit(limit).subquery()
    return sa.select(rows.c.id)


def _sources(actor: Actor, box: Box, now: datetime, zone: tzinfo, *, by_due: bool) -> list[list[Condition]]:
    """Return the conditions of each index range that the box draws from."""
    if actor.user_id is None:
        return []
    if box == "done":
        return [[WorkItem.completed_by == actor.user_id]]
    still_open = WorkItem.completed_at.is_(None)
    own: list[list[Condition]] = [[still_open, WorkItem.assignee_id == actor.user_id]]
    groups: list[list[Condition]] = [
        [still_open, WorkItem.assignee_id.is_(None), WorkItem.group_key == key] for key in sorted(actor.groups)
    ]
    if box == "overdue":
        return [[*source, WorkItem.due_at < now] for source in own + groups]
    if box == "today":
        midnight = _midnight_after(now, zone)
        return [[*source, WorkItem.due_at >= now, WorkItem.due_at < midnight] for source in own + groups]
    sources = own if box == "mine" else groups
    if not by_due:
        return sources
    # dated and undated items apart, because the two databases order NULL differently and an index has one order only
    dated = [[*source, WorkItem.due_at.is_not(None)] for source in sources]
    return dated + [[*source, WorkItem.due_at.is_(None)] for source in sources]


def _midnight_after(now: datetime, zone: tzinfo) -> datetime:
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=1)


def _order(sort: str) -> tuple[Any, ...]:
    undated_last = WorkItem.due_at.is_(None)
    return {
        "due": (undated_last, WorkItem.due_at, WorkItem.id),
        "priority": (WorkItem.priority, undated_last, WorkItem.due_at, WorkItem.id),
        "newest": (WorkItem.created_at.desc(), WorkItem.id.desc()),
        "case": (WorkItem.case_label, WorkItem.id),
        "done": (WorkItem.completed_at.desc(), WorkItem.id.desc()),
    }[sort]


def _matching(search: str) -> list[Condition]:
    words = search.split()
    fields = (WorkItem.title_en, WorkItem.title_zh, WorkItem.subject, WorkItem.case_label, WorkItem.business_key)
    return [sa.or_(*(field.icontains(word, autoescape=True) for field in fields)) for word in words]


def get(session: Session, work_item_id: int, actor: Actor) -> WorkItem:
    """Return a work item that ``actor`` may work on, or worked on; raises ``WorkItemNotFound``."""
    item = session.get(WorkItem, work_item_id, populate_existing=True)
    if item is None or not may_see(item, actor):
        raise WorkItemNotFound(work_item=work_item_id)
    return item


def may_see(item: WorkItem, actor: Actor) -> bool:
    """Whether the item is, was or may become work of ``actor``."""
    if actor.user_id is None:
        return False
    if actor.user_id in {item.assignee_id, item.completed_by}:
        return True
    return item.group_key in actor.groups and (item.assignee_id is None or item.completed_at is not None)


def of_instance(session: Session, instance_id: int) -> list[WorkItem]:
    """Return all work items of a case, in the order in which they were opened."""
    return list(
        session.scalars(
            sa.select(WorkItem)
            .where(WorkItem.instance_id == instance_id)
            .options(defer(WorkItem.draft, raiseload=True))
            .order_by(WorkItem.id)
        )
    )


def open_in(session: Session, instance_ids: Collection[int]) -> list[WorkItem]:
    """Return the open work items of some cases, in the order in which they were opened."""
    return list(
        session.scalars(
            sa.select(WorkItem)
            .where(WorkItem.instance_id.in_(instance_ids), WorkItem.completed_at.is_(None))
            .options(defer(WorkItem.draft, raiseload=True))
            .order_by(WorkItem.id)
        )
    )


def last_submission(session: Session, instance_id: int, element: str) -> Submission | None:
    """Return what was answered last at ``element`` of a case, or ``None`` when nobody was asked there yet."""
    return session.scalar(
        sa.select(Submission)
        .join(WorkItem, WorkItem.id == Submission.work_item_id)
        .where(Submission.instance_id == instance_id, WorkItem.element == element)
        .order_by(Submission.id.desc())
        .limit(1)
    )


def notices(session: Session, actor: Actor, *, limit: int = 50) -> list[Notice]:
    """Return the latest notices of ``actor``, the newest first."""
    return list(
        session.scalars(
            sa.select(Notice)
            .where(Notice.user_id == actor.user_id)
            .order_by(Notice.created_at.desc(), Notice.id.desc())
            .limit(limit)
        )
    )


def unread_notices(session: Session, actor: Actor) -> int:
    """Return how many notices ``actor`` has not read yet, counted up to ``COUNTED``."""
    unread = (
        sa.select(Notice.id).where(Notice.user_id == actor.user_id, Notice.read_at.is_(None)).limit(COUNTED).subquery()
    )
    return session.scalar(sa.select(sa.func.count()).select_from(unread)) or 0


def records_worked_on(record_type: str, actor: Actor) -> sa.Select[tuple[int]]:
    """Return the ids of the records of a kind whose cases hold, or held, a work item of ``actor``.

    That is: done by the person, waiting for the person, or waiting for one of the person's groups; an index each.
    """
    mine = (
        sa.and_(WorkItem.assignee_id == actor.user_id, WorkItem.completed_at.is_(None)),
        WorkItem.completed_by == actor.user_id,
        sa.and_(
            WorkItem.group_key.in_(sorted(actor.groups)),
            WorkItem.assignee_id.is_(None),
            WorkItem.completed_at.is_(None),
        ),
    )
    found = sa.union(
        *(sa.select(WorkItem.record_id).where(WorkItem.record_type == record_type, each) for each in mine)
    ).subquery()
    return sa.select(found.c.record_id).where(found.c.record_id.is_not(None))
