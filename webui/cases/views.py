"""The page of a case: what is open, its whole story, its files, its way through the diagrams."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

from flask import render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.directory import OVERSEERS, oversees
from engine.inbox import queries as inbox
from engine.inbox.records import WorkItem
from engine.instances import queries
from engine.instances.records import RUNNING, ProcessInstance
from engine.instances.work_items import may_act
from engine.releases import queries as releases
from engine.text import Text
from handlers.documents.sources import CASE
from handlers.organisation import queries as organisation
from handlers.organisation.roles import SALES_MANAGER, SALES_MGMT, name_of
from webui.cases import replacing
from webui.cases.access import visible_case
from webui.cases.kinds import kind_of
from webui.cases.pages import blueprint
from webui.cases.timeline import tell
from webui.diagrams.way import drawings
from webui.documents.listing import documents_of
from webui.i18n import language
from webui.runtime import current_actor, reading, room
from webui.security import shows_diagram

__all__ = ["about", "blueprint", "replacing"]


@blueprint.get("/<int:instance_id>")
@shows_diagram
def show(instance_id: int) -> Response | str:
    """Show a case to a person who may see it."""
    with reading() as db:
        instance = visible_case(db, instance_id, current_actor())
        parts = about(db, instance, queries.story(db, instance.id))
        return render_template(
            "cases/show.html",
            **parts,
            documents=documents_of(db, CASE, instance.id),
        )


def about(
    db: Session, instance: ProcessInstance, events: Sequence[queries.Event], *, beside: Collection[int] = ()
) -> dict[str, object]:
    """Return what the parts of a case's page need, for this page and for those of records.

    ``beside`` are the ids of further cases whose open tasks are shown with it: changes, risks and disputes.
    """
    program = releases.program(db, instance.release_id)
    waiting = inbox.open_in(db, [instance.id, *beside])
    info = program.process(instance.process_id)
    actor = current_actor()
    people = {*instance.team.values(), instance.started_by, *(item.assignee_id for item in waiting)}
    return {
        "instance": instance,
        "kind": kind_of(instance.record_type),
        "process_name": Text(info.name or info.id, info.label_zh),
        "running": instance.status == RUNNING,
        "waiting": waiting,
        "mine": {item.id for item in waiting if may_act(item.assignee_id, item.group_key, actor)},
        "oversees": bool(actor.roles & STEP_IN) and oversees(room().directory, db, actor, instance.unit_id),
        "title_of": title_of,
        "by_due": by_due,
        "role_name": name_of,
        "people": organisation.names(db, people, language()),
        "story": tell(db, program, instance, events),
        "drawings": drawings(program, instance.process_id, events, running=instance.status == RUNNING),
    }


STEP_IN = frozenset({SALES_MANAGER, SALES_MGMT}) | OVERSEERS
"""The roles of which one may oversee a case: only for them it is worth asking."""


def by_due(items: Iterable[WorkItem]) -> list[WorkItem]:
    """Return the items in the order of their deadlines; those without one come last."""
    never = datetime.max.replace(tzinfo=UTC)
    return sorted(items, key=lambda item: (item.due_at or never, item.id))


def title_of(item: WorkItem) -> Text:
    """Return the title of a work item in both languages."""
    return item.title
