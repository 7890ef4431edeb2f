"""Releases: numbered, immutable, each file stored once; a running case keeps the release it began with."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session, sessionmaker

from engine.clock import FixedClock
from engine.database import count_statements, transaction
from engine.errors import InvalidInput, NotFound, ReleaseRefused
from engine.findings import Finding
from engine.instances.operations import complete, start
from engine.interpreter import compiling
from engine.releases import operations, queries
from engine.releases.records import FileContent, Release
from engine.room import EngineRoom
from engine.text import Text
from tests.cast import AN_RUI, OFFICE, OUYANG
from tests.diagrams import Diagram, chain


def test_the_same_content_is_the_same_release_and_files_are_stored_once(
    factory: sessionmaker[Session], deploy: Callable[..., int]
) -> None:
    first = deploy(chain(2))
    assert deploy(chain(2)) == first
    other = Diagram("other").start().task("work", "ar").end().line("begin", "work", "done").file()
    second = deploy(chain(2), other)
    with transaction(factory) as session:
        assert queries.current(session).id == second
        assert [session.get_one(Release, each).number for each in (first, second)] == [1, 2]
        stored = session.scalars(sa.select(FileContent.content)).all()
        assert sorted(stored) == sorted({*chain(2).values(), *other.values()})
        assert queries.file(session, second, "other.bpmn") == other["other.bpmn"]
        with pytest.raises(NotFound):
            queries.file(session, first, "other.bpmn")


def test_going_back_to_an_earlier_content_makes_it_current_again(
    factory: sessionmaker[Session], deploy: Callable[..., int]
) -> None:
    deploy(chain(2))
    deploy(chain(3))
    back = deploy(chain(2))
    with transaction(factory) as session:
        assert queries.current(session).id == back
        assert queries.file(session, back, "chain.bpmn") == chain(2)["chain.bpmn"]


def test_a_refused_release_tells_why_and_changes_nothing(
    factory: sessionmaker[Session], clock: FixedClock, deploy: Callable[..., int]
) -> None:
    good = deploy(chain(1))
    dangling = Diagram("dangling").start().task("work", "ar").line("begin", "work")
    with pytest.raises(ReleaseRefused) as refused, transaction(factory) as session:
        operations.deploy(session, dangling.file(), by=OUYANG, now=clock.now())
    assert any(finding.element == "work" for finding in refused.value.findings)
    with transaction(factory) as session:
        assert queries.current(session).id == good


def test_before_the_first_release_there_is_none(factory: sessionmaker[Session]) -> None:
    with transaction(factory) as session:
        with pytest.raises(NotFound):
            queries.current(session)
        with pytest.raises(NotFound):
            queries.program(session, 1)


def test_a_running_case_goes_on_with_the_diagram_it_began_with(
    factory: sessionmaker[Session], room: EngineRoom, deploy: Callable[..., int]
) -> None:
    deploy(chain(2))
    with transaction(factory) as session:
        old = start(session, "chain", by=AN_RUI, room=room, unit_id=OFFICE)
    deploy(chain(1))
    with transaction(factory) as session:
        new = start(session, "chain", by=AN_RUI, room=room, unit_id=OFFICE)
        assert complete(session, new.opened[0].id, {}, by=AN_RUI, room=room).ended
        assert not complete(session, old.opened[0].id, {}, by=AN_RUI, room=room).ended


def test_a_compiled_release_is_read_from_the_database_once(
    database: Engine, factory: sessionmaker[Session], deploy: Callable[..., int]
) -> None:
    release_id = deploy(chain(3))
    with transaction(factory) as session:
        first = queries.program(session, release_id)
    with transaction(factory) as session, count_statements(database) as count:
        assert queries.program(session, release_id) is first
    assert count.statements == 0


def test_a_release_that_was_rolled_back_leaves_nothing_in_the_cache(
    factory: sessionmaker[Session], clock: FixedClock, deploy: Callable[..., int]
) -> None:
    class ChangedMyMind(Exception):
        pass

    def deploy_and_think_again() -> None:
        with transaction(factory) as session:
            release = operations.deploy(session, chain(3), by=OUYANG, now=clock.now())
            queries.program(session, release.id)
            raise ChangedMyMind

    with pytest.raises(ChangedMyMind):
        deploy_and_think_again()
    release_id = deploy(chain(5))
    with transaction(factory) as session:
        steps = {each.id for each in queries.program(session, release_id).elements_of("chain")}
    assert "step_5" in steps


def test_cases_go_on_under_rules_that_are_younger_than_their_release(
    factory: sessionmaker[Session], deploy: Callable[..., int], room: EngineRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    release_id = deploy(chain(2))
    with transaction(factory) as session:
        started = start(session, "chain", by=AN_RUI, room=room, unit_id=OFFICE)

    def younger(_release: object) -> Iterator[Finding]:
        yield Finding("chain.bpmn", None, None, "younger", Text("No.", "不行。"), Text("Draw.", "请重画。"))

    monkeypatch.setattr(compiling, "findings_of", younger)
    monkeypatch.setattr(queries, "_programs", OrderedDict())
    with transaction(factory) as session:
        assert queries.program(session, release_id).process_ids == ("chain",)
        complete(session, started.opened[0].id, {}, by=AN_RUI, room=room)
    with pytest.raises(ReleaseRefused):
        deploy(chain(3))


def test_processes_that_start_at_once_with_the_same_folder_make_one_release(
    factory: sessionmaker[Session], clock: FixedClock
) -> None:
    gate = threading.Barrier(4)

    def deploy(_number: int) -> int:
        gate.wait()
        with transaction(factory) as session:
            return operations.deploy(session, chain(1), by=OUYANG, now=clock.now()).id

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(deploy, range(4)))) == 1
    with transaction(factory) as session:
        assert session.scalar(sa.select(sa.func.count(Release.id))) == 1


def test_a_folder_is_read_with_the_paths_that_diagrams_use(tmp_path: Path) -> None:
    (tmp_path / "forms").mkdir()
    (tmp_path / "lead.bpmn").write_bytes(b"<xml/>")
    (tmp_path / "forms" / "lead.schema.json").write_bytes(b"{}")
    (tmp_path / "notes.txt").write_bytes(b"not a part")
    assert operations.read_folder(tmp_path) == {"lead.bpmn": b"<xml/>", "forms/lead.schema.json": b"{}"}
    (tmp_path / "huge.bpmn").write_bytes(b" " * (operations.LARGEST_FILE + 1))
    with pytest.raises(InvalidInput):
        operations.read_folder(tmp_path)
