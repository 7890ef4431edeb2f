"""The history of a case is append-only: whoever edits it, or the answers it vouches for, is found out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from engine.chain import Verdict
from engine.database import transaction
from engine.errors import InstanceNotFound
from engine.inbox.records import Submission
from engine.instances.operations import complete, start
from engine.instances.records import ProcessInstance
from engine.journal import JournalEntry, verify
from engine.room import EngineRoom
from tests.cast import AN_RUI, OFFICE
from tests.diagrams import chain

AWKWARD = {"whole": 1.0, "hundred": 1e2, "minus": -0.0, "third": 1 / 3, "中文": ["é", 1e300, {"b": 1e-7, "a": None}]}
"""Numbers and keys that JSONB gives back in another shape than it was given."""


@pytest.fixture
def case_id(factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]) -> int:
    deploy(chain(4))
    with transaction(factory) as session:
        started = start(session, "chain", by=AN_RUI, room=room, unit_id=OFFICE)
        item = started.opened[0].id
        for _ in range(3):
            item = complete(session, item, AWKWARD, by=AN_RUI, room=room).opened[0].id
    return started.instance_id


def verdict(factory: sessionmaker[Session], case_id: int, *tampering: sa.Executable) -> Verdict:
    with transaction(factory) as session:
        for statement in tampering:
            session.execute(statement)
        return verify(session, case_id)


def row(seq: int) -> sa.ColumnElement[bool]:
    return JournalEntry.seq == seq


def test_an_untouched_history_is_whole_on_both_databases(factory: sessionmaker[Session], case_id: int) -> None:
    found = verdict(factory, case_id)
    assert found.whole
    assert found.rows >= 8


def test_a_changed_row_is_found(factory: sessionmaker[Session], case_id: int) -> None:
    changed = sa.update(JournalEntry).where(row(3)).values(by=99)
    assert verdict(factory, case_id, changed).broken_at == 3


def test_a_changed_detail_is_found(factory: sessionmaker[Session], case_id: int) -> None:
    changed = sa.update(JournalEntry).where(row(2)).values(detail={"work_item": 7})
    assert verdict(factory, case_id, changed).broken_at == 2


def test_a_removed_row_is_found(factory: sessionmaker[Session], case_id: int) -> None:
    assert verdict(factory, case_id, sa.delete(JournalEntry).where(row(4))).broken_at == 4


def test_a_cut_off_end_is_found(factory: sessionmaker[Session], case_id: int) -> None:
    last = verdict(factory, case_id).rows
    assert verdict(factory, case_id, sa.delete(JournalEntry).where(row(last))).broken_at == last


def test_a_history_that_was_emptied_is_found(factory: sessionmaker[Session], case_id: int) -> None:
    assert verdict(factory, case_id, sa.delete(JournalEntry)).broken_at == 1


def test_changed_answers_are_found(factory: sessionmaker[Session], case_id: int) -> None:
    first = sa.select(sa.func.min(Submission.id)).scalar_subquery()
    changed = sa.update(Submission).where(Submission.id == first).values(answers={**AWKWARD, "whole": 2})
    assert not verdict(factory, case_id, changed.execution_options(synchronize_session=False)).whole


def test_removed_answers_are_found(factory: sessionmaker[Session], case_id: int) -> None:
    assert not verdict(factory, case_id, sa.delete(Submission)).whole


def test_another_end_on_the_instance_is_found(factory: sessionmaker[Session], case_id: int) -> None:
    changed = sa.update(ProcessInstance).values(journal_head=b"x" * 32)
    assert not verdict(factory, case_id, changed).whole


def test_a_case_that_does_not_exist_has_no_history(factory: sessionmaker[Session], case_id: int) -> None:
    with pytest.raises(InstanceNotFound):
        verdict(factory, case_id + 1)
