"""Drafts: edited in peace, reviewed and published by a second person, restored, and everything written down."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from engine.chain import Verdict
from engine.clock import FixedClock
from engine.database import transaction
from engine.directory import Actor
from engine.drafts import history, joining, operations, publishing, queries, reviewing
from engine.drafts.records import IN_REVIEW, OPEN, PUBLISHED, WITHDRAWN, Draft, DraftEvent, DraftReview
from engine.drafts.refusals import (
    BaseMoved,
    ChoicesMissing,
    DraftFileChanged,
    DraftNotOpen,
    NotApproved,
    NothingChanged,
    NotInReview,
    OwnDraft,
)
from engine.errors import InvalidInput, NotFound, ReleaseRefused
from engine.merging import MINE, THEIRS
from engine.releases import queries as releases
from tests.cast import LIN, MAX, OUYANG
from tests.diagrams import Diagram, chain

Work = Callable[..., object]


@pytest.fixture
def work(factory: sessionmaker[Session], clock: FixedClock) -> Work:
    """Do one thing in a transaction of its own, as a request does."""

    def do(operation: Callable[..., object], *given: object, by: Actor = OUYANG, **more: object) -> object:
        with transaction(factory) as session:
            return operation(session, *given, by=by, now=clock.now(), **more)

    return do


@pytest.fixture
def draft(work: Work, factory: sessionmaker[Session], deploy: Callable[..., int]) -> int:
    """A draft of Ouyang's of a release with one process."""
    deploy(chain(2))
    with transaction(factory) as session:
        base = releases.current(session)
    made = work(operations.open_draft, title="Shorter", base=base)
    assert isinstance(made, Draft)
    return made.id


def test_a_draft_is_published_by_a_second_person_who_approved_exactly_this(
    draft: int, work: Work, factory: sessionmaker[Session]
) -> None:
    with pytest.raises(NothingChanged):
        work(reviewing.ask, draft)
    assert work(operations.save_file, draft, "chain.bpmn", chain(1)["chain.bpmn"], version=0) == 1
    with pytest.raises(NotInReview):
        work(publishing.publish, draft, by=MAX)
    work(reviewing.ask, draft)
    with pytest.raises(DraftNotOpen):
        work(operations.save_file, draft, "chain.bpmn", chain(3)["chain.bpmn"], version=1)
    for forbidden in (
        lambda: work(reviewing.decide, draft, "approved", ""),
        lambda: work(publishing.publish, draft),
    ):
        with pytest.raises(OwnDraft):
            forbidden()
    with pytest.raises(NotApproved):
        work(publishing.publish, draft, by=MAX)
    with pytest.raises(InvalidInput):
        work(reviewing.decide, draft, "sent_back", " ", by=MAX)
    work(reviewing.decide, draft, "sent_back", "Keep the second step.", by=MAX)
    work(operations.save_file, draft, "chain.bpmn", chain(3)["chain.bpmn"], version=1)
    work(reviewing.ask, draft)
    work(reviewing.decide, draft, "approved", "", by=MAX)
    work(publishing.publish, draft, by=LIN, note="Three steps")
    with transaction(factory) as session:
        release = releases.current(session)
        assert (release.number, release.note, release.created_by) == (2, "Three steps", LIN.user_id)
        assert releases.file(session, release.id, "chain.bpmn") == chain(3)["chain.bpmn"]
        kept = queries.get(session, draft)
        assert (kept.status, kept.release_id) == (PUBLISHED, release.id)
        assert queries.of_releases(session, [release.id]) == {release.id: kept}
        told = [(each.event, each.by) for each in reversed(queries.history(session, draft))]
        o, m = OUYANG.user_id, MAX.user_id
        assert told == [
            ("opened", o), ("saved", o), ("review_asked", o), ("sent_back", m), ("saved", o), ("review_asked", o),
            ("approved", m), ("published", LIN.user_id),
        ]  # fmt: skip
        assert history.verify(session, draft) == Verdict(8)
    for late in (reviewing.reopen, reviewing.withdraw):
        with pytest.raises(DraftNotOpen):
            work(late, draft)


def test_whoever_edits_the_history_of_a_draft_is_found_out(
    draft: int, work: Work, factory: sessionmaker[Session]
) -> None:
    work(operations.save_file, draft, "chain.bpmn", chain(3)["chain.bpmn"], version=0)
    work(reviewing.ask, draft)
    work(reviewing.decide, draft, "sent_back", "Keep the second step.", by=MAX)
    line, review = sa.update(DraftEvent), sa.update(DraftReview)
    for tampering, broken_at in (
        (line.where(DraftEvent.event == "saved").values(by=MAX.user_id), 2),
        (line.where(DraftEvent.event == "saved").values(detail={"version": 1}), 2),
        (sa.delete(DraftEvent).where(DraftEvent.event == "review_asked"), 3),
        (sa.delete(DraftEvent).where(DraftEvent.event == "sent_back"), 4),
        (sa.delete(DraftEvent), 1),
        (review.values(verdict="approved"), 4),
        (sa.delete(DraftReview), 4),
        (sa.update(Draft).values(history_head=b"x" * 32), 5),
    ):
        with factory() as session:
            session.execute(tampering)
            assert history.verify(session, draft).broken_at == broken_at, str(tampering)
    with factory() as session:
        assert history.verify(session, draft).whole


def test_who_edited_a_draft_of_somebody_else_does_not_release_it_either(draft: int, work: Work) -> None:
    work(operations.save_file, draft, "chain.bpmn", chain(3)["chain.bpmn"], version=0, by=MAX)
    work(reviewing.ask, draft)
    with pytest.raises(OwnDraft):
        work(reviewing.decide, draft, "approved", "", by=MAX)
    work(reviewing.decide, draft, "approved", "", by=LIN)
    with pytest.raises(OwnDraft):
        work(publishing.publish, draft, by=MAX)


def test_an_approval_is_void_once_the_content_is_another(draft: int, work: Work) -> None:
    work(operations.save_file, draft, "chain.bpmn", chain(3)["chain.bpmn"], version=0)
    work(reviewing.ask, draft)
    work(reviewing.decide, draft, "approved", "", by=MAX)
    work(reviewing.reopen, draft)
    work(operations.save_file, draft, "chain.bpmn", chain(4)["chain.bpmn"], version=1)
    work(reviewing.ask, draft)
    with pytest.raises(NotApproved):
        work(publishing.publish, draft, by=LIN)


def test_a_draft_that_cannot_run_or_whose_base_has_moved_is_not_published(
    draft: int, work: Work, factory: sessionmaker[Session], deploy: Callable[..., int]
) -> None:
    dangling = Diagram("chain").start().task("work", "ar").line("begin", "work").xml()
    work(operations.save_file, draft, "chain.bpmn", dangling, version=0)
    work(reviewing.ask, draft)
    work(reviewing.decide, draft, "approved", "", by=MAX)
    with pytest.raises(ReleaseRefused) as refused:
        work(publishing.publish, draft, by=MAX)
    assert any(each.element == "work" for each in refused.value.findings)
    moved = deploy(chain(5))
    with pytest.raises(BaseMoved):
        work(publishing.publish, draft, by=MAX)
    with transaction(factory) as session:
        assert releases.current(session).id == moved
        assert queries.get(session, draft).status == IN_REVIEW


def test_two_people_with_the_same_version_the_second_gets_what_the_first_saved(draft: int, work: Work) -> None:
    work(operations.save_file, draft, "chain.bpmn", chain(3)["chain.bpmn"], version=0, by=MAX)
    with pytest.raises(DraftFileChanged) as refused:
        work(operations.save_file, draft, "chain.bpmn", chain(4)["chain.bpmn"], version=0)
    theirs = refused.value
    assert (theirs.version, theirs.content, theirs.changed_by) == (1, chain(3)["chain.bpmn"], MAX.user_id)
    with pytest.raises(DraftFileChanged):
        work(operations.delete_file, draft, "chain.bpmn", version=0)
    assert work(operations.take_back, draft, "chain.bpmn", version=1) == 2, "versions never go back"
    with pytest.raises(DraftFileChanged):
        work(operations.save_file, draft, "chain.bpmn", chain(4)["chain.bpmn"], version=1, by=MAX)


def test_every_version_of_a_file_can_be_had_again(draft: int, work: Work, factory: sessionmaker[Session]) -> None:
    for version, length in enumerate((3, 4, 5)):
        work(operations.save_file, draft, "chain.bpmn", chain(length)["chain.bpmn"], version=version)
    work(operations.delete_file, draft, "chain.bpmn", version=3)
    with transaction(factory) as session:
        one = queries.get(session, draft)
        kept = [queries.version_of(session, one, "chain.bpmn", version) for version in range(5)]
        assert len(set(kept)) == 5
        assert kept[4] is None
        with pytest.raises(NotFound):
            queries.version_of(session, one, "chain.bpmn", 9)


def test_an_older_release_comes_back_as_a_new_one(
    work: Work, factory: sessionmaker[Session], deploy: Callable[..., int]
) -> None:
    first = deploy(chain(2), {"scenarios/usual/a.yaml": b"a: {x: 1}"})
    second = deploy(chain(3), {"scenarios/usual/b.yaml": b"b: {x: 1}"})
    with transaction(factory) as session:
        old, new = releases.get(session, first), releases.get(session, second)
    with pytest.raises(NothingChanged):
        work(publishing.restore, new, title="Nothing to do")
    back = work(publishing.restore, old, title="Back to release 1")
    assert isinstance(back, Draft)
    with transaction(factory) as session:
        one = queries.get(session, back.id)
        assert queries.files(session, one) == releases.files(session, first)
        changed = [path for path, each in queries.states(session, one).items() if each.is_changed]
        assert changed == ["chain.bpmn", "scenarios/usual/a.yaml", "scenarios/usual/b.yaml"]
    work(reviewing.ask, back.id)
    work(reviewing.decide, back.id, "approved", "", by=MAX)
    work(publishing.publish, back.id, by=MAX)
    with transaction(factory) as session:
        current = releases.current(session)
        assert (current.number, current.digest) == (3, old.digest)


def test_comments_stand_at_elements_and_are_dealt_with(draft: int, work: Work, factory: sessionmaker[Session]) -> None:
    left = work(reviewing.comment, draft, "Why two?", path="chain.bpmn", element="step_2", by=MAX)
    comment_id = left.id  # type: ignore[attr-defined]
    for text, path in [(" ", "chain.bpmn"), ("x" * 3000, "chain.bpmn")]:
        with pytest.raises(InvalidInput):
            work(reviewing.comment, draft, text, path=path)
    with pytest.raises(NotFound):
        work(reviewing.comment, draft, "Where?", path="nowhere.bpmn")
    with transaction(factory) as session:
        assert queries.listing(session)[0].comments == 1
    work(reviewing.resolve, draft, comment_id, is_resolved=True)
    with transaction(factory) as session:
        (one,) = queries.comments(session, draft)
        assert (one.element, one.resolved_by) == ("step_2", OUYANG.user_id)
        assert queries.listing(session)[0].comments == 0
    with pytest.raises(NotFound):
        work(reviewing.resolve, draft, comment_id + 1, is_resolved=True)
    work(reviewing.resolve, draft, comment_id, is_resolved=False, by=MAX)
    with transaction(factory) as session:
        assert queries.comments(session, draft)[0].resolved_at is None


def test_a_withdrawn_draft_is_kept_and_can_be_opened_again(
    draft: int, work: Work, factory: sessionmaker[Session]
) -> None:
    work(operations.save_file, draft, "chain.bpmn", chain(4)["chain.bpmn"], version=0)
    work(reviewing.withdraw, draft)
    with transaction(factory) as session:
        assert [each.draft.id for each in queries.listing(session, (WITHDRAWN,))] == [draft]
        assert queries.listing(session) == []
    with pytest.raises(DraftNotOpen):
        work(operations.save_file, draft, "chain.bpmn", chain(5)["chain.bpmn"], version=1)
    work(reviewing.reopen, draft)
    with transaction(factory) as session:
        one = queries.get(session, draft)
        assert one.status == OPEN
        assert queries.files(session, one)["chain.bpmn"] == chain(4)["chain.bpmn"]


def due(days: int, extra: str = "") -> dict[str, bytes]:
    """A process with one task that is due in so many days, and perhaps a second one."""
    drawn = Diagram("chain").start().end().task("work", "ar", due=f"P{days}D")
    if extra:
        drawn.task(extra, "ar")
    return drawn.line("begin", "work", *([extra] if extra else []), "done").file()


def test_a_draft_whose_base_moved_is_brought_up_to_date_and_keeps_both(
    work: Work, factory: sessionmaker[Session], deploy: Callable[..., int]
) -> None:
    deploy(due(1), {"scenarios/usual/a.yaml": b"a: {x: 1}", "scenarios/usual/b.yaml": b"b: {x: 1}"})
    with transaction(factory) as session:
        base = releases.current(session)
    draft = work(operations.open_draft, title="Longer", base=base).id  # type: ignore[attr-defined]
    work(operations.save_file, draft, "chain.bpmn", due(5)["chain.bpmn"], version=0)
    work(operations.save_file, draft, "scenarios/usual/c.yaml", b"c: {x: 1}", version=0)
    deploy(due(1, "archive"), {"scenarios/usual/a.yaml": b"a: {x: 2}"})
    work(joining.bring_up_to_date, draft, {}, by=MAX)
    with transaction(factory) as session:
        one = queries.get(session, draft)
        files = queries.files(session, one)
        assert one.base_release_id == releases.current(session).id
        assert b'value="P5D"' in files["chain.bpmn"]
        assert b'id="archive"' in files["chain.bpmn"]
        assert {path: content for path, content in files.items() if path.startswith("scenarios")} == {
            "scenarios/usual/a.yaml": b"a: {x: 2}",
            "scenarios/usual/c.yaml": b"c: {x: 1}",
        }
        states = queries.states(session, one)
        assert [path for path, each in states.items() if each.is_changed] == ["chain.bpmn", "scenarios/usual/c.yaml"]
    with pytest.raises(DraftFileChanged):
        work(operations.save_file, draft, "scenarios/usual/a.yaml", b"a: {x: 3}", version=0)
    work(reviewing.ask, draft)
    with pytest.raises(OwnDraft):
        work(reviewing.decide, draft, "approved", "", by=MAX)
    work(reviewing.decide, draft, "approved", "", by=LIN)
    work(publishing.publish, draft, by=LIN)


def test_what_both_changed_is_chosen_by_a_person_and_until_then_nothing_moves(
    work: Work, factory: sessionmaker[Session], deploy: Callable[..., int]
) -> None:
    first = deploy(due(1))
    with transaction(factory) as session:
        base = releases.current(session)
    draft = work(operations.open_draft, title="Longer", base=base).id  # type: ignore[attr-defined]
    work(operations.save_file, draft, "chain.bpmn", due(5)["chain.bpmn"], version=0)
    deploy(due(3))
    with pytest.raises(ChoicesMissing) as missing:
        work(joining.bring_up_to_date, draft, {})
    (conflict,) = missing.value.joined.conflicts
    assert (conflict.element, conflict.base, conflict.mine, conflict.theirs) == ("work", "P1D", "P5D", "P3D")
    with transaction(factory) as session:
        assert queries.get(session, draft).base_release_id == first
    with pytest.raises(ChoicesMissing):
        work(joining.bring_up_to_date, draft, {conflict.key: "forged"})
    work(joining.bring_up_to_date, draft, {conflict.key: MINE})
    with transaction(factory) as session:
        assert b'value="P5D"' in queries.files(session, queries.get(session, draft))["chain.bpmn"]
    deploy(due(4))
    work(joining.bring_up_to_date, draft, {conflict.key: THEIRS})
    with transaction(factory) as session:
        one = queries.get(session, draft)
        assert b'value="P4D"' in queries.files(session, one)["chain.bpmn"]
        assert not any(each.is_changed for each in queries.states(session, one).values() if each.path != "chain.bpmn")


def test_two_people_at_different_elements_of_one_file_are_joined(
    draft: int, work: Work, factory: sessionmaker[Session]
) -> None:
    work(operations.save_file, draft, "chain.bpmn", due(1)["chain.bpmn"], version=0)
    work(operations.save_file, draft, "chain.bpmn", due(5)["chain.bpmn"], version=1, by=MAX)
    mine = due(1, "archive")["chain.bpmn"]
    with pytest.raises(DraftFileChanged):
        work(operations.save_file, draft, "chain.bpmn", mine, version=1)
    with transaction(factory) as session:
        one = queries.get(session, draft)
        joined, version, conflicts = joining.join_saved(session, one, "chain.bpmn", mine, version=1)
    assert conflicts == []
    assert work(operations.save_file, draft, "chain.bpmn", joined, version=version) == 3
    with transaction(factory) as session:
        saved = queries.files(session, queries.get(session, draft))["chain.bpmn"]
    assert b'value="P5D"' in saved
    assert b'id="archive"' in saved


def test_of_two_saves_at_the_same_moment_one_is_refused_and_none_is_lost(
    draft: int, factory: sessionmaker[Session], clock: FixedClock
) -> None:
    gate = threading.Barrier(2)

    def save(days: int) -> bool:
        gate.wait()
        try:
            with transaction(factory) as session:
                operations.save_file(
                    session, draft, "chain.bpmn", due(days)["chain.bpmn"], version=0, by=OUYANG, now=clock.now()
                )
        except DraftFileChanged:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        saved = list(pool.map(save, (3, 4)))
    assert sorted(saved) == [False, True]
    with transaction(factory) as session:
        one = queries.get(session, draft)
        assert queries.files(session, one)["chain.bpmn"] == due(3 if saved[0] else 4)["chain.bpmn"]
        assert queries.states(session, one)["chain.bpmn"].version == 1
