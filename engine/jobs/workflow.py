"""The one workflow that DBOS runs for us. Its name, arguments and two steps are frozen under ``handover.VERSION``.

A workflow that a worker of today enqueued may be run by one of next year: to change the body, give it a new name and
version and keep this one.
"""

from __future__ import annotations

from typing import Any, Protocol

from dbos import DBOS

from engine.jobs.handover import WORKFLOW


class Runner(Protocol):
    """The worker of this process."""

    def call(self, job_id: int, tries: int) -> dict[str, Any]:
        """Take the job and call its handler; return the outcome as JSON values."""
        ...

    def finish(self, job_id: int, tries: int, outcome: dict[str, Any]) -> None:
        """Apply the outcome."""
        ...


_runner: Runner | None = None


def run_with(runner: Runner | None) -> None:
    """Let ``runner`` do the jobs that DBOS takes in this process."""
    global _runner  # noqa: PLW0603 - DBOS finds its workflows by name, in one registry per process
    _runner = runner


def _here() -> Runner:
    assert _runner is not None, "DBOS takes jobs only after a worker was started"
    return _runner


@DBOS.step(name="call")
def _call(job_id: int, tries: int) -> dict[str, Any]:
    return _here().call(job_id, tries)


@DBOS.step(name="finish")
def _finish(job_id: int, tries: int, outcome: dict[str, Any]) -> None:
    _here().finish(job_id, tries, outcome)


@DBOS.workflow(name=WORKFLOW)
def run_job(job_id: int, tries: int) -> None:
    """Run one try of a job: call, then finish. What ``call`` returned is kept, so that it is not called again."""
    _finish(job_id, tries, _call(job_id, tries))
