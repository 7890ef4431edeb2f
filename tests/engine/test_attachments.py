"""Files: uploaded first, tied to a case by the answers that name them, never to be reached through another case."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from engine.clock import FixedClock
from engine.database import transaction
from engine.directory import SYSTEM, Actor
from engine.errors import InvalidAnswers, InvalidInput, NotAllowed, NotFound
from engine.inbox import attachments
from engine.inbox.records import Attachment, Submission
from engine.instances.operations import Started, complete, start
from engine.room import EngineRoom
from tests.cast import AN_RUI, EVE, OFFICE
from tests.diagrams import Diagram, form

PAPERS = form("papers", {"properties": {"papers": {"type": "array", "x-file": True, "items": {"type": "string"}}}})


@pytest.fixture
def begin(factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]) -> Callable[[], Started]:
    diagram = Diagram("papers").start().task("first", "ar", form="papers").task("second", "ar", form="papers").end()
    deploy(diagram.line("begin", "first", "second", "done").file(), PAPERS)

    def make() -> Started:
        with transaction(factory) as session:
            return start(session, "papers", by=AN_RUI, room=room, unit_id=OFFICE)

    return make


def upload(factory: sessionmaker[Session], clock: FixedClock, by: Actor = AN_RUI, name: str = "方案.pdf") -> str:
    with transaction(factory) as session:
        return attachments.attach(
            session, b"%PDF", filename=name, media_type="application/pdf", by=by, now=clock.now()
        ).token


def test_a_file_belongs_to_the_case_whose_answers_name_it(
    factory: sessionmaker[Session], room: EngineRoom, clock: FixedClock, begin: Callable[[], Started]
) -> None:
    started, token = begin(), upload(factory, clock)
    item = started.opened[0].id
    with transaction(factory) as session:
        assert attachments.of_instance(session, started.instance_id) == []
        then = complete(session, item, {"papers": [token]}, by=AN_RUI, room=room)
    with transaction(factory) as session:
        file, content = attachments.content(session, token)
        assert (file.instance_id, file.work_item_id, file.filename) == (started.instance_id, item, "方案.pdf")
        assert (content, file.size) == (b"%PDF", 4)
        assert [each.token for each in attachments.of_instance(session, started.instance_id)] == [token]
        complete(session, then.opened[0].id, {"papers": [token]}, by=AN_RUI, room=room)
        assert session.get_one(Attachment, file.id, populate_existing=True).work_item_id == item


def test_a_token_opens_no_file_of_another_case_or_person(
    factory: sessionmaker[Session], room: EngineRoom, clock: FixedClock, begin: Callable[[], Started]
) -> None:
    first, second = begin(), begin()
    used, foreign, own = upload(factory, clock), upload(factory, clock, EVE), upload(factory, clock)
    with transaction(factory) as session:
        complete(session, first.opened[0].id, {"papers": [used]}, by=AN_RUI, room=room)
    for token in (used, foreign, "never-uploaded"):
        with pytest.raises(InvalidAnswers) as refused, transaction(factory) as session:
            complete(session, second.opened[0].id, {"papers": [own, token]}, by=AN_RUI, room=room)
        assert refused.value.errors == {"papers": ["file"]}
    with transaction(factory) as session:
        assert session.scalar(sa.select(sa.func.count(Submission.id))) == 1
        assert attachments.content(session, own)[0].instance_id is None


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("C:\\Users\\me\\报价.xlsx", "报价.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nb\u202etxt.pdf", "abtxt.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_what_is_kept_of_a_name_is_one_plain_name(
    factory: sessionmaker[Session], clock: FixedClock, sent: str, kept: str
) -> None:
    token = upload(factory, clock, name=sent)
    with transaction(factory) as session:
        assert attachments.content(session, token)[0].filename == kept


def test_empty_and_oversized_files_and_those_of_nobody_are_refused(
    factory: sessionmaker[Session], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "LARGEST_FILE", 3)
    refusals = [(b"", AN_RUI, InvalidInput), (b"four", AN_RUI, InvalidInput), (b"ok", SYSTEM, NotAllowed)]
    for content, by, refusal in refusals:
        with pytest.raises(refusal), transaction(factory) as session:
            attachments.attach(session, content, filename="a.txt", media_type="text/plain", by=by, now=clock.now())
    with pytest.raises(InvalidInput), transaction(factory) as session:
        attachments.attach(session, b"ok", filename="/..", media_type="text/plain", by=AN_RUI, now=clock.now())
    with transaction(factory) as session:
        kept = attachments.attach(
            session, b"ok", filename="a.html", media_type="text/html; <script>", by=AN_RUI, now=clock.now()
        )
        odd = attachments.attach(session, b"ok", filename="a", media_type="no type", by=AN_RUI, now=clock.now())
        assert (kept.media_type, odd.media_type) == ("text/html", "application/octet-stream")
        with pytest.raises(NotFound):
            attachments.content(session, "nothing")
