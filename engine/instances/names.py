"""What the cases of a record are called: they follow when the record gets another name."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.inbox.records import WorkItem
from engine.instances.records import ProcessInstance

APART: dict[str, Any] = {"synchronize_session": False}
LONGEST = 200
"""Letters of a label."""


def rename(session: Session, record_type: str, record_id: int, former: str, name: str) -> None:
    """Let ``name`` stand for ``former`` in the labels of all cases of a record and of the tasks that wait in them.

    The history keeps what it was called when something happened.
    """
    mine = ProcessInstance.record_type == record_type, ProcessInstance.record_id == record_id
    cases = sa.update(ProcessInstance).where(*mine)
    session.execute(cases.values(label=_renamed(ProcessInstance.label, former, name)), execution_options=APART)
    waiting = sa.update(WorkItem).where(
        WorkItem.instance_id.in_(sa.select(ProcessInstance.id).where(*mine)), WorkItem.completed_at.is_(None)
    )
    session.execute(waiting.values(case_label=_renamed(WorkItem.case_label, former, name)), execution_options=APART)


def _renamed(column: InstrumentedAttribute[str], former: str, name: str) -> sa.ColumnElement[str]:
    return sa.func.substr(sa.func.replace(column, former, name), 1, LONGEST)
