"""Handing jobs to DBOS and asking it about them, from any process, whether DBOS was launched there or not.

Everything here speaks to DBOS through its client; only ``workflow`` and ``worker`` launch it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from dbos import DBOSClient, EnqueueOptions

QUEUE = "jobs"
WORKFLOW = "run_job"
APPLICATION = "ltc-flow"
VERSION = "jobs-1"
"""Only workers of this version take our jobs. The workflow's body is frozen under it: a change needs a new one."""

SERIALIZER = "ltc_json"

_prepared: WeakSet[Engine] = WeakSet()
_preparing = threading.Lock()


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What DBOS knows of one try of a job."""

    job_id: int
    tries: int
    status: str
    taken_at: datetime | None


def name_of(job_id: int, tries: int) -> str:
    """Return the workflow id of one try."""
    return f"job-{job_id}-{tries}"


def prepare(engine: Engine) -> None:
    """Create or bring forward the tables of DBOS beside ours; does nothing when they are up to date."""
    from dbos import DBOS

    logging.getLogger("dbos").setLevel(logging.ERROR)
    with _preparing:
        if engine not in _prepared:
            DBOS.migrate(engine.url.render_as_string(hide_password=False))
            _prepared.add(engine)


def is_prepared(session: Session) -> bool:
    """Return whether the tables of DBOS are there; once they are, this costs no statement."""
    bind = session.get_bind()
    engine = bind.engine if isinstance(bind, Connection) else bind
    if engine in _prepared:
        return True
    if engine.dialect.name == "postgresql":
        there = sa.text("SELECT to_regclass('dbos.workflow_input') IS NOT NULL")
    else:
        there = sa.text("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'workflow_input')")
    if not session.scalar(there):
        return False
    _prepared.add(engine)
    return True


class Handover:
    """The client of DBOS on one database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._client = _client(engine)

    def enqueue(
        self, session: Session, job_id: int, tries: int, partition: str, delay: timedelta = timedelta()
    ) -> None:
        """Enqueue one try of a job in the transaction of ``session``; it starts after the commit and ``delay``."""
        options: EnqueueOptions = {
            "workflow_name": WORKFLOW,
            "queue_name": QUEUE,
            "workflow_id": name_of(job_id, tries),
            "app_version": VERSION,
            "queue_partition_key": partition,
        }
        if delay > timedelta():
            options["delay_seconds"] = delay.total_seconds()
        self._client.enqueue_in_transaction(session, options, job_id, tries)

    def known(
        self, *, status: str | None = None, tries_of: Sequence[tuple[int, int]] | None = None
    ) -> list[HandedOver]:
        """Return what DBOS knows of the tries ``tries_of``, or of all with ``status``. Opens its own transaction."""
        names = None if tries_of is None else [name_of(job_id, tries) for job_id, tries in tries_of]
        found = self._client.list_workflows(
            workflow_ids=names, status=status, name=WORKFLOW, load_input=False, load_output=False
        )
        return [_handed_over(each) for each in found]

    def cancel(self, tries: Sequence[HandedOver]) -> None:
        """Take tries away from DBOS, so that they hold up nothing. Opens its own transaction."""
        if tries:
            self._client.cancel_workflows([name_of(each.job_id, each.tries) for each in tries])

    def forget(self, finished_before: datetime, limit: int = 1000) -> int:
        """Delete what DBOS remembers of tries that ended before; return how many. Opens its own transactions."""
        found = self._client.list_workflows(
            name=WORKFLOW,
            status=["SUCCESS", "ERROR", "CANCELLED"],
            completed_before=finished_before.isoformat(),
            limit=limit,
            load_input=False,
            load_output=False,
        )
        if found:
            self._client.delete_workflows([each.workflow_id for each in found])
        return len(found)

    def close(self) -> None:
        """Let the client go; the database stays connected."""
        self._client.destroy()


def _handed_over(workflow: Any) -> HandedOver:
    _, job_id, tries = workflow.workflow_id.split("-")
    taken = workflow.dequeued_at
    return HandedOver(
        int(job_id),
        int(tries),
        workflow.status,
        datetime.fromtimestamp(taken / 1000, UTC) if taken else None,
    )


def _client(engine: Engine) -> DBOSClient:
    from dbos import DBOSClient

    return DBOSClient(system_database_engine=engine, serializer=serializer(), application_name=APPLICATION, lazy=True)


def serializer() -> Any:
    """Return how DBOS writes down arguments and results: plain JSON, never pickle."""
    from dbos import Serializer

    class JsonSerializer(Serializer):
        def serialize(self, data: Any) -> str:
            return orjson.dumps(data, default=_plain).decode()

        def deserialize(self, serialized_data: str) -> Any:
            return orjson.loads(serialized_data)

        def name(self) -> str:
            return SERIALIZER

    return JsonSerializer()


def _plain(value: object) -> str:
    """Only an exception of DBOS itself ever comes here; ours are recorded in the job."""
    return repr(value)
