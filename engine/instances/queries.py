"""Reading cases: one, those a person may see, and the story of one."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

from engine.directory import OVERSEERS, Actor
from engine.errors import InstanceNotFound, LtcError, WorkItemNotFound, WorkItemOfOthers
from engine.inbox.records import Submission, WorkItem
from engine.instances.records import InstanceMember, ProcessInstance
from engine.journal import JournalEntry


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a case's story; ``submission`` holds the answers where a person completed a work item."""

    entry: JournalEntry
    submission: Submission | None = None


def get(session: Session, instance_id: int, actor: Actor | None = None) -> ProcessInstance:
    """Return a case without its state; with ``actor`` only if that person may see it.

    Raises ``InstanceNotFound``.
    """
    question = (
        sa.select(ProcessInstance)
        .where(ProcessInstance.id == instance_id)
        .options(defer(ProcessInstance.state, raiseload=True))
        .execution_options(populate_existing=True)
    )
    if actor is not None:
        question = question.where(visible_to(actor))
    instance = session.scalar(question)
    if instance is None:
        raise InstanceNotFound(instance=instance_id)
    return instance


def is_visible(session: Session, instance_id: int, actor: Actor) -> bool:
    """Whether ``actor`` may see the case."""
    found = sa.select(ProcessInstance.id).where(ProcessInstance.id == instance_id, visible_to(actor))
    return session.scalar(found) is not None


def not_theirs(session: Session, work_item_id: int, instance_id: int, actor: Actor) -> LtcError:
    """Return why ``actor`` may not do a work item: it waits for others, or is none that this person may know of."""
    if actor.user_id is not None and is_visible(session, instance_id, actor):
        return WorkItemOfOthers(work_item=work_item_id)
    return WorkItemNotFound(work_item=work_item_id)


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition on ``ProcessInstance`` for the cases that ``actor`` may see.

    Those are: cases one started, cases of one's team, cases in which one has or had a work item, or holds a group that
    has or had one. Overseers and the engine itself see every case.
    """
    if actor.is_system or actor.roles & OVERSEERS:
        return sa.true()
    worked = sa.exists().where(
        WorkItem.instance_id == ProcessInstance.id,
        sa.or_(
            WorkItem.assignee_id == actor.user_id,
            WorkItem.completed_by == actor.user_id,
            WorkItem.group_key.in_(sorted(actor.groups)),
        ),
    )
    member = sa.exists().where(
        InstanceMember.instance_id == ProcessInstance.id, InstanceMember.user_id == actor.user_id
    )
    return sa.or_(ProcessInstance.started_by == actor.user_id, member, worked)


def story(session: Session, instance_id: int) -> list[Event]:
    """Return what happened in a case, in order, with the answers people gave; two statements.

    People are ids here: the caller joins the names. The caller has checked that the case is visible.
    """
    submissions = {
        submission.work_item_id: submission
        for submission in session.scalars(sa.select(Submission).where(Submission.instance_id == instance_id))
    }
    entries = session.scalars(
        sa.select(JournalEntry).where(JournalEntry.instance_id == instance_id).order_by(JournalEntry.seq)
    )
    return [Event(entry, _answers(entry, submissions)) for entry in entries]


def _answers(entry: JournalEntry, submissions: dict[int, Submission]) -> Submission | None:
    if entry.event != "completed" or not entry.detail:
        return None
    return submissions.get(entry.detail.get("work_item", 0))
