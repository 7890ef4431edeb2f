"""Background work without threads: what becomes of a job, whoever runs it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from engine.clock import FixedClock
from engine.database import reading, transaction
from engine.instances import operations as instances
from engine.jobs import execution, incidents
from engine.jobs.draining import drain, settle
from engine.jobs.incidents import IncidentAlreadyResolved
from engine.jobs.outcome import Outcome
from engine.jobs.records import DONE, INCIDENT, RUNNING, WAITING, WITHDRAWN
from engine.jobs.sweep import Swept, sweep_once
from engine.room import EngineRoom
from tests.cast import AN_RUI, MAX
from tests.engine.background import OUTSIDE, Background, beach, deadline, hurried, letters, lonely, ordering


@pytest.fixture
def background(room: EngineRoom, factory: sessionmaker[Session]) -> Background:
    return Background(room, factory)


def test_an_external_handler_runs_as_a_job_and_the_case_goes_on_with_its_result(background: Background) -> None:
    background.release(ordering())
    instance_id = background.start("ordering", amount=7)
    background.complete("ask")

    assert background.open_elements() == []
    assert drain(background.room, background.factory) == 1

    assert background.open_elements() == ["check"]
    assert OUTSIDE.calls == [f"job-{background.jobs()[0].id}"]
    assert background.jobs()[0].status == DONE
    assert background.instance(instance_id).label.endswith(" ink")
    assert [notice.kind for notice in background.notices()] == ["ordered"]


def test_a_completion_that_is_rolled_back_leaves_no_job(background: Background) -> None:
    background.release(ordering())
    background.start("ordering")

    with transaction(background.factory) as session:
        background.room.jobs.enqueue(session, "message", message="x", business_key=None, data={})
        session.rollback()

    assert background.jobs() == []


def test_an_unknown_kind_of_job_is_refused(background: Background) -> None:
    with pytest.raises(ValueError, match="espresso"), transaction(background.factory) as session:
        background.room.jobs.enqueue(session, "espresso")


def test_a_business_error_of_an_external_handler_takes_the_drawn_way(background: Background) -> None:
    background.release(ordering())
    background.start("ordering")
    background.complete("ask")
    OUTSIDE.refuses = True

    drain(background.room, background.factory)

    assert background.open_elements() == ["choose_another"]
    assert background.jobs()[0].status == DONE
    assert len(OUTSIDE.calls) == 1


def test_a_failing_handler_is_retried_with_growing_pauses_and_becomes_an_incident(
    background: Background, clock: FixedClock
) -> None:
    background.release(ordering())
    background.start("ordering")
    background.complete("ask")
    OUTSIDE.broken = True

    assert drain(background.room, background.factory) == 1
    assert len(OUTSIDE.calls) == 3, "three attempts within the first try"
    assert background.jobs()[0].status == WAITING
    assert drain(background.room, background.factory) == 0, "it rests until the clock moves"
    for minutes in (1, 5, 30):
        clock.advance(timedelta(minutes=minutes))
        assert drain(background.room, background.factory) == 1

    assert len(set(OUTSIDE.calls)) == 1, "every attempt has the same idempotency key"
    assert background.jobs()[0].status == INCIDENT
    [incident] = background.incidents()
    assert incident.error_class == "ConnectionError"
    assert incident.error_text == "the supplier does not answer"
    assert "background.py" in incident.trace
    assert incident.element == "order"


def test_an_incident_is_retried_by_a_person_and_the_case_goes_on(background: Background, clock: FixedClock) -> None:
    incident_id = _ordering_incident(background, clock)
    OUTSIDE.broken = False

    with transaction(background.factory) as session:
        incidents.retry(session, incident_id, by=MAX, room=background.room)
    drain(background.room, background.factory)

    assert background.open_elements() == ["check"]
    assert background.jobs()[0].status == DONE
    [incident] = background.incidents()
    assert (incident.resolution, incident.resolved_by) == ("retried", MAX.user_id)
    with reading(background.factory) as session:
        assert incidents.open_incidents(session) == []


def test_an_incident_that_is_retried_in_vain_gets_all_its_tries_again(
    background: Background, clock: FixedClock
) -> None:
    incident_id = _ordering_incident(background, clock)

    with transaction(background.factory) as session:
        incidents.retry(session, incident_id, by=MAX, room=background.room)
    drain(background.room, background.factory)

    assert background.jobs()[0].status == WAITING
    assert background.jobs()[0].failures == 1


def test_an_incident_is_resolved_once(background: Background, clock: FixedClock) -> None:
    incident_id = _ordering_incident(background, clock)
    with transaction(background.factory) as session:
        incidents.dismiss(session, incident_id, by=MAX, note="the supplier went out of business", room=background.room)

    with pytest.raises(IncidentAlreadyResolved), transaction(background.factory) as session:
        incidents.retry(session, incident_id, by=MAX, room=background.room)

    assert drain(background.room, background.factory) == 0


def test_the_rest_goes_on_while_one_case_has_an_incident(background: Background, clock: FixedClock) -> None:
    _ordering_incident(background, clock)
    OUTSIDE.broken = False

    background.start("ordering")
    background.complete("ask")
    drain(background.room, background.factory)

    assert background.open_elements() == ["check"]


def _ordering_incident(background: Background, clock: FixedClock) -> int:
    background.release(ordering())
    background.start("ordering")
    background.complete("ask")
    OUTSIDE.broken = True
    for _ in range(4):
        drain(background.room, background.factory)
        clock.advance(timedelta(hours=1))
    [incident] = background.incidents()
    return incident.id


def test_a_handler_that_is_not_installed_is_no_matter_of_waiting(background: Background) -> None:
    background.release(ordering())
    background.start("ordering")
    background.complete("ask")
    with transaction(background.factory) as session:
        background.room.jobs.enqueue(
            session, "service", instance_id=1, element="order", guid=background.jobs()[0].payload["guid"],
            process_id="ordering", handler="test.nobody_wrote_this", parameters={},
        )  # fmt: skip

    drain(background.room, background.factory)

    missing = background.jobs()[1]
    assert missing.status == WAITING
    assert "no such handler is installed" in (missing.last_error or "")
    assert OUTSIDE.calls == ["job-1"], "only the installed one was called, once"


def test_the_answer_for_a_cancelled_case_is_thrown_away(background: Background) -> None:
    background.release(ordering())
    instance_id = background.start("ordering")
    background.complete("ask")
    with transaction(background.factory) as session:
        instances.cancel(session, instance_id, by=AN_RUI, reason="not needed", room=background.room)

    drain(background.room, background.factory)

    assert background.jobs()[0].status == WITHDRAWN
    assert OUTSIDE.calls == [], "nobody is asked for what no case needs"
    assert background.incidents() == []


def test_the_answer_for_a_step_that_a_timer_overtook_is_thrown_away(background: Background, clock: FixedClock) -> None:
    background.release(hurried())
    background.start("hurried")
    clock.advance(timedelta(hours=2))
    with transaction(background.factory) as session:
        instances.fire_timers(session, 1, room=background.room)
    assert background.open_elements() == ["hurry"]

    drain(background.room, background.factory)

    assert background.jobs()[0].status == WITHDRAWN
    assert background.open_elements() == ["hurry"]


def test_a_timer_that_is_due_fires_once(background: Background, clock: FixedClock) -> None:
    background.release(deadline())
    background.start("deadline")
    assert sweep_once(background.room, background.factory) == Swept()
    clock.advance(timedelta(minutes=61))

    assert sweep_once(background.room, background.factory) == Swept(timers=1)
    assert sweep_once(background.room, background.factory) == Swept(), "the job is on its way"
    drain(background.room, background.factory)

    assert background.open_elements() == ["explain"]
    assert [notice.kind for notice in background.notices()] == ["booked"]
    assert sweep_once(background.room, background.factory) == Swept()


def test_a_timer_whose_task_is_done_in_the_meantime_changes_nothing(background: Background, clock: FixedClock) -> None:
    background.release(deadline())
    background.start("deadline")
    clock.advance(timedelta(minutes=61))
    sweep_once(background.room, background.factory)
    background.complete("answer")

    drain(background.room, background.factory)

    assert background.open_elements() == []
    assert background.notices() == []
    assert background.incidents() == []


def test_a_handler_that_fails_behind_a_timer_becomes_an_incident_and_nothing_is_half_done(
    background: Background, clock: FixedClock
) -> None:
    background.release(deadline())
    instance_id = background.start("deadline")
    OUTSIDE.broken = True
    before = background.instance(instance_id).revision

    for _ in range(5):
        clock.advance(timedelta(hours=2))
        settle(background.room, background.factory)

    [incident] = background.incidents()
    assert incident.error_class == "ZeroDivisionError"
    assert background.instance(instance_id).revision == before
    assert background.open_elements() == ["answer"]

    OUTSIDE.broken = False
    with transaction(background.factory) as session:
        incidents.retry(session, incident.id, by=MAX, room=background.room)
    settle(background.room, background.factory)
    assert background.open_elements() == ["explain"]


def test_a_thrown_message_starts_the_process_that_waits_for_it(background: Background) -> None:
    background.release(letters())
    background.start("sender")
    background.complete("write")
    assert background.open_elements() == []

    drain(background.room, background.factory)

    assert background.open_elements() == ["read"]


def test_a_message_that_nobody_expects_becomes_an_incident(background: Background, clock: FixedClock) -> None:
    background.release(lonely() | beach())
    background.start("lonely")
    background.complete("write")

    for _ in range(4):
        drain(background.room, background.factory)
        clock.advance(timedelta(minutes=10))

    [incident] = background.incidents()
    assert incident.error_class == "MessageNotExpected"


def test_a_message_that_no_diagram_waits_for_is_for_the_world_outside(background: Background) -> None:
    background.release(lonely())
    background.start("lonely")
    background.complete("write")

    settle(background.room, background.factory)

    assert background.incidents() == []
    assert background.open_elements() == []


def test_a_second_run_of_the_same_try_is_fenced_off(background: Background) -> None:
    background.release(ordering())
    background.start("ordering")
    background.complete("ask")
    drain(background.room, background.factory)

    execution.finish(1, 1, Outcome(result={"number": "no-2"}), room=background.room, factory=background.factory)
    again = execution.call(1, 1, worker="late", room=background.room, factory=background.factory)

    assert again == Outcome(stale=True)
    assert background.open_elements() == ["check"]
    assert len(OUTSIDE.calls) == 1


def test_the_late_run_of_an_earlier_try_is_fenced_off(background: Background) -> None:
    background.release(ordering())
    background.start("ordering")
    background.complete("ask")
    late = execution.call(1, 1, worker="slow", room=background.room, factory=background.factory)
    with transaction(background.factory) as session:
        job = background.jobs()[0]
        background.room.jobs.again(session, session.merge(job))  # type: ignore[attr-defined]

    execution.finish(1, 1, late, room=background.room, factory=background.factory)
    assert background.open_elements() == [], "the earlier try does not count any more"
    assert background.jobs()[0].status == WAITING

    drain(background.room, background.factory)
    assert background.open_elements() == ["check"]
    assert background.jobs()[0].tries == 2


def test_a_job_is_leased_while_it_runs(background: Background, clock: FixedClock) -> None:
    background.release(ordering())
    background.start("ordering")
    background.complete("ask")

    execution.call(1, 1, worker="w-1", room=background.room, factory=background.factory)

    job = background.jobs()[0]
    assert (job.status, job.worker) == (RUNNING, "w-1")
    assert job.lease_until == clock.now() + timedelta(seconds=30)
