"""Who may see a case: whoever takes part in it, and whoever may see its record."""

from __future__ import annotations

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
