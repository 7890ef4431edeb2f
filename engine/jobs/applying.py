"""The second step of a job: what its kind does to the case, inside the transaction that finishes the job."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from uuid import UUID

from sqlalchemy.orm import Session

from engine.instances import operations as instances
from engine.instances.services import Wishes
from engine.jobs import reminders
from engine.jobs.outcome import Outcome
from engine.jobs.records import MESSAGE, REMINDER, SERVICE, STORIES, TIMER, Job
from engine.releases import queries as releases
from engine.room import EngineRoom
from engine.service_tasks import Notice, OutgoingMessage

Apply = Callable[[Session, Job, Outcome, EngineRoom], object]


def _service(session: Session, job: Job, outcome: Outcome, room: EngineRoom) -> None:
    assert job.instance_id is not None
    guid = UUID(str(job.payload["guid"]))
    if outcome.error_code is not None:
        instances.fail_service(session, job.instance_id, guid, outcome.error_code, room=room)
        return
    wishes = Wishes(
        outcome.changes,
        [Notice(**each) for each in outcome.notices],
        [OutgoingMessage(**each) for each in outcome.messages],
    )
    instances.finish_service(session, job.instance_id, guid, outcome.result, room=room, wishes=wishes)


def _message(session: Session, job: Job, _outcome: Outcome, room: EngineRoom) -> None:
    payload = job.payload
    # What no diagram of the release waits for tells the world outside: there is nothing to try again.
    if payload["message"] not in releases.program(session, releases.current(session).id).messages:
        return
    instances.message(
        session, payload["message"], payload["business_key"], payload["data"], room=room, sender_id=job.instance_id
    )


def _timer(session: Session, job: Job, _outcome: Outcome, room: EngineRoom) -> None:
    assert job.instance_id is not None
    instances.fire_timers(session, job.instance_id, room=room)


def _reminder(session: Session, job: Job, _outcome: Outcome, room: EngineRoom) -> None:
    reminders.remind(session, int(job.payload["work_item_id"]), job.payload["levels"], room=room)


def _done(_session: Session, _job: Job, _outcome: Outcome, _room: EngineRoom) -> None:
    """Do nothing more: an errand had transactions of its own."""


APPLY: Mapping[str, Apply] = MappingProxyType(
    {SERVICE: _service, MESSAGE: _message, TIMER: _timer, REMINDER: _reminder, STORIES: _done}
)
