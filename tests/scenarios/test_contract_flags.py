"""The flags that the shipped contract processes raise and resolve by themselves (`ltc.md` D9)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.database import reading
from engine.inbox.records import Notice
from engine.scenarios import play
from engine.text import Text
from handlers.contract.records import Contract
from handlers.organisation import queries as organisation
from handlers.quality import queries
from handlers.quality.records import QualityFlag
from tests.stories import FILES, STORIES, USUAL, ZONE
from webui.scenarios import DemoWorld, demo_world

DUNNED, REJECTED = "scenarios/contract_late_and_dunned.yaml", "scenarios/contract_handover_rejected.yaml"


@pytest.fixture(scope="module")
def world() -> Iterator[DemoWorld]:
    """The demo company after a contract that was late and not paid, and one whose hand-over was late."""
    with demo_world(FILES, ZONE) as world:
        for file in (DUNNED, REJECTED):
            [story] = [each for each in STORIES if each.file == file]
            assert play(story, world, USUAL).failures == []
        yield world


@pytest.fixture
def session(world: DemoWorld) -> Iterator[Session]:
    with reading(world.factory) as session:
        yield session


def flags(session: Session, place: int, kind: str) -> list[QualityFlag]:
    """Return the flags of the contract at ``place`` in the order in which they were raised."""
    contract_id = session.scalars(sa.select(Contract.id).order_by(Contract.id)).all()[place]
    return [each for each in reversed(queries.flags(session, "contract", contract_id)) if each.kind == kind]


def test_a_late_milestone_is_flagged_graver_with_time_and_resolved_when_delivered(session: Session) -> None:
    first, again = flags(session, 0, "MILESTONE_OVERDUE")
    assert (first.severity, first.subject, first.detail) == ("high", "1", {"what": "1/1 交付验收", "days_late": 32})
    assert first.raised_at.date().isoformat() == "2026-03-11", "raised a day after it was planned"
    assert first.detail["days_late"] > 30, "on day 30 a dispute held it up; graver when that was over"
    assert first.resolved_at is not None
    assert first.how_resolved == Text("Delivered on 2026-04-11", "2026-04-11 已交付")
    assert again.raised_at == first.resolved_at == again.resolved_at, "refused by the customer it was late once more"


def test_money_sixty_days_overdue_is_flagged_and_resolved_by_the_last_payment(session: Session) -> None:
    [flag] = flags(session, 0, "RECEIVABLE_OVERDUE")
    assert (flag.severity, flag.subject, flag.detail["days_late"]) == ("high", "FP-101", 60)
    assert flag.resolved_at is not None
    assert (flag.resolved_at - flag.raised_at).days >= 29, "a part written off does not resolve it"
    fang = organisation.user_named(session, "fang")
    assert fang is not None
    told = session.scalars(sa.select(Notice).where(Notice.user_id == fang.id, Notice.kind == "quality.raised")).all()
    assert [each.params["flag_zh"] for each in told] == ["应收逾期"], "the role that D9 names is told, once"


def test_a_late_hand_over_and_an_early_start_are_flagged_and_resolved_but_kept(session: Session) -> None:
    [late] = flags(session, 1, "HANDOVER_LATE")
    assert (late.severity, late.raised_by) == ("medium", None), "the clock raised it, nobody by hand"
    assert late.how_resolved == Text("Handed over", "交接已完成")
    [waived] = flags(session, 1, "GATE_WAIVED")
    assert (waived.subject, waived.resolved_at) == ("handover", None), "what was waived stays waived"
    assert waived.detail["what"]
