"""Who may see a case: whoever takes part in it, and whoever may see its record. Which case a record goes through."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.directory import Actor
from engine.errors import InstanceNotFound, NotFound
from engine.instances import queries
from engine.instances.records import ProcessInstance
from webui.cases.kinds import kind_of


def visible_case(session: Session, instance_id: int, actor: Actor) -> ProcessInstance:
    """Return a case without its state if ``actor`` takes part in it or may see its record.

    Raises ``InstanceNotFound``.
    """
    try:
        return queries.get(session, instance_id, actor)
    except InstanceNotFound:
        instance = queries.get(session, instance_id)
        kind = kind_of(instance.record_type)
        if kind is None or instance.record_id is None:
            raise
        try:
            kind.visible(session, instance.record_id, actor)
        except NotFound:
            raise InstanceNotFound(instance=instance_id) from None
        return instance


def case_of(session: Session, record_type: str, record_id: int) -> ProcessInstance | None:
    """Return the case in which a record is worked on, without its state: the latest one."""
    instance_id = session.scalar(
        sa.select(ProcessInstance.id)
        .where(ProcessInstance.record_type == record_type, ProcessInstance.record_id == record_id)
        .order_by(ProcessInstance.id.desc())
        .limit(1)
    )
    return None if instance_id is None else queries.get(session, instance_id)
