"""Who may see a case: whoever takes part in it, and whoever may see its record. Which case a record goes through."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session, defer

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


def case_of(
    session: Session, record_type: str, record_id: int, processes: Collection[str] = ()
) -> ProcessInstance | None:  # fmt: skip
    """Return the case in which a record is worked on, without its state: the latest one.

    ``processes``: only a case of one of these, where a record also has side cases (reminders, changes, disputes).
    """
    found = (
        sa.select(ProcessInstance.id)
        .where(ProcessInstance.record_type == record_type, ProcessInstance.record_id == record_id)
        .order_by(ProcessInstance.id.desc())
        .limit(1)
    )
    if processes:
        found = found.where(ProcessInstance.process_id.in_(processes))
    instance_id = session.scalar(found)
    return None if instance_id is None else queries.get(session, instance_id)


def side_cases(session: Session, record_type: str, record_id: int, main: str) -> Mapping[str, ProcessInstance]:
    """Return the other cases about a record, by business key: the changes, disputes and risks of a contract."""
    found = session.scalars(
        sa.select(ProcessInstance)
        .where(
            ProcessInstance.record_type == record_type,
            ProcessInstance.record_id == record_id,
            ProcessInstance.process_id != main,
            ProcessInstance.business_key.is_not(None),
        )
        .options(defer(ProcessInstance.state, raiseload=True))
        .order_by(ProcessInstance.id)
    )
    return {str(each.business_key): each for each in found}
