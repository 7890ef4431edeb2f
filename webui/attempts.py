"""Acting on a case: the one transaction of the request, and a line in the case's history when the act is refused."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from engine.errors import LtcError
from engine.instances.attempts import note_attempt
from webui.runtime import current_actor, room, runtime, transaction

log = logging.getLogger("ltc")


@contextmanager
def attempt(
    *, work_item_id: int | None = None, message: str | None = None, business_key: str | None = None
) -> Iterator[Session]:
    """Open the one transaction of this request for an act on a case: a completion, a message, a decision.

    A refusal is noted and raised on.
    """
    with noting(work_item_id=work_item_id, message=message, business_key=business_key), transaction() as db:
        yield db


@contextmanager
def noting(
    *, work_item_id: int | None = None, message: str | None = None, business_key: str | None = None
) -> Iterator[None]:
    """Note a refusal in the history of the case as an attempt of the signed-in person; it is raised on."""
    try:
        yield
    except LtcError as refused:
        try:
            note_attempt(
                runtime().sessions, refused, by=current_actor(), at=room().clock.now(),
                work_item_id=work_item_id, message=message, business_key=business_key,
            )  # fmt: skip
        except (LtcError, SQLAlchemyError):
            # The person must read why the act was refused even when the database fails just now.
            log.exception("a refused attempt could not be noted")
        raise
