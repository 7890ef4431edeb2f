"""A folder in Git and the database stay in step: nothing that somebody published or wrote is lost on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from engine.clock import FixedClock
from engine.database import transaction
from engine.directory import SYSTEM
from engine.drafts import operations, publishing, reviewing
from engine.drafts.folders import (
    MARKER,
    Deployed,
    FolderChanged,
    FolderConflicts,
    deploy_folder,
    export_folder,
    read_marker,
    write_marker,
)
from engine.errors import InvalidInput
from engine.merging import MINE, THEIRS
from engine.releases import queries as releases
from engine.releases.operations import read_folder
from tests.cast import MAX, OUYANG
from tests.diagrams import Diagram

Publish = Callable[[Mapping[str, bytes]], None]


def flow(days: int = 1, *steps: str) -> dict[str, bytes]:
    """A process with a task that is due in so many days, and more steps after it."""
    drawn = Diagram("flow").start().end().task("work", "ar", due=f"P{days}D")
    for step in steps:
        drawn.task(step, "ar")
    return drawn.line("begin", "work", *steps, "done").file()


@pytest.fixture
def publish(factory: sessionmaker[Session], clock: FixedClock) -> Publish:
    """Publish changed files by a draft, as process owners do."""

    def make(files: Mapping[str, bytes]) -> None:
        now = clock.now()
        with transaction(factory) as session:
            base = releases.current(session)
            draft = operations.open_draft(session, title="On the web", base=base, by=OUYANG, now=now).id
            for path, content in files.items():
                operations.save_file(session, draft, path, content, version=0, by=OUYANG, now=now)
            reviewing.ask(session, draft, by=OUYANG, now=now)
            reviewing.decide(session, draft, "approved", "", by=MAX, now=now)
            publishing.publish(session, draft, by=MAX, now=now)

    return make


@pytest.fixture
def deploy_it(factory: sessionmaker[Session], clock: FixedClock) -> Callable[..., Deployed]:
    """Deploy the files of a folder."""

    def make(files: Mapping[str, bytes], **more: str | None) -> Deployed:
        with transaction(factory) as session:
            return deploy_folder(session, files, by=SYSTEM, now=clock.now(), **more)

    return make


def current(factory: sessionmaker[Session]) -> tuple[int, dict[str, bytes]]:
    with transaction(factory) as session:
        release = releases.current(session)
        return release.number, releases.files(session, release.id)


def test_starting_again_with_the_same_folder_keeps_what_was_published(
    factory: sessionmaker[Session], deploy_it: Callable[..., Deployed], publish: Publish
) -> None:
    deploy_it(flow(1))
    publish({"flow.bpmn": flow(5)["flow.bpmn"]})
    assert deploy_it(flow(1)).release.number == 2
    assert current(factory) == (2, flow(5))


def test_a_changed_folder_is_joined_with_what_was_published_and_stays_so(
    factory: sessionmaker[Session], deploy_it: Callable[..., Deployed], publish: Publish
) -> None:
    deploy_it(flow(1))
    publish({"flow.bpmn": flow(5)["flow.bpmn"]})
    changed = flow(1, "archive")
    made = deploy_it(changed)
    assert (made.release.number, made.from_others) == (3, ("flow.bpmn",))
    _, files = current(factory)
    assert b'value="P5D"' in files["flow.bpmn"]
    assert b'id="archive"' in files["flow.bpmn"]
    assert deploy_it(changed).release.number == 3, "the same folder again changes nothing"
    again = deploy_it(flow(1, "archive", "tell"))
    assert again.release.number == 4
    _, files = current(factory)
    assert b'value="P5D"' in files["flow.bpmn"]
    assert b'id="tell"' in files["flow.bpmn"]


def test_the_same_thing_changed_in_both_is_refused_with_the_list_until_somebody_chooses(
    factory: sessionmaker[Session], deploy_it: Callable[..., Deployed], publish: Publish
) -> None:
    deploy_it(flow(1))
    publish({"flow.bpmn": flow(5)["flow.bpmn"]})
    with pytest.raises(FolderConflicts) as refused:
        deploy_it(flow(7))
    (conflict,) = refused.value.conflicts
    assert (conflict.element, conflict.mine, conflict.theirs) == ("work", "P7D", "P5D")
    assert current(factory) == (2, flow(5))
    deploy_it(flow(7), prefer=THEIRS)
    assert current(factory) == (2, flow(5)), "nothing of the folder is left to release"
    assert deploy_it(flow(7)).release.number == 2, "nor is it asked again"
    deploy_it(flow(8), prefer=MINE)
    number, files = current(factory)
    assert number == 3
    assert b'value="P8D"' in files["flow.bpmn"]


def test_what_is_exported_is_byte_for_byte_the_release_and_comes_back_as_such(
    factory: sessionmaker[Session], deploy_it: Callable[..., Deployed], publish: Publish, tmp_path: Path
) -> None:
    folder = tmp_path / "processes"
    deploy_it({**flow(1), "scenarios/usual/old.yaml": b"old: {a: 1}"})
    with transaction(factory) as session:
        release = releases.current(session)
        assert len(export_folder(session, release, folder)) == len(flow(1)) + 1
    (folder / "README.md").write_text("ours")
    publish({"flow.bpmn": flow(5)["flow.bpmn"].replace(b"\n", b"\r\n")})
    with transaction(factory) as session:
        assert export_folder(session, releases.current(session), folder) == ["flow.bpmn"]
    assert read_folder(folder) == current(factory)[1]
    assert (folder / "README.md").read_text() == "ours"
    marker = read_marker(folder)
    assert marker
    assert deploy_it(read_folder(folder), marker=marker).release.number == 2
    publish({"scenarios/usual/new.yaml": b"new: {a: 1}"})
    (folder / "scenarios/usual/old.yaml").unlink()
    made = deploy_it(read_folder(folder), marker=marker)
    assert (made.release.number, made.from_others) == (4, ("scenarios/usual/new.yaml",))
    assert "scenarios/usual/old.yaml" not in current(factory)[1]
    write_marker(folder, made.release)
    with transaction(factory) as session:
        assert export_folder(session, releases.current(session), folder) == ["scenarios/usual/new.yaml"]
    assert (folder / MARKER).read_text().startswith("4 ")


def test_an_export_does_not_write_over_what_nobody_has_deployed(
    factory: sessionmaker[Session], deploy_it: Callable[..., Deployed], tmp_path: Path
) -> None:
    deploy_it(flow(1))
    (tmp_path / "flow.bpmn").write_bytes(flow(9)["flow.bpmn"])
    with transaction(factory) as session:
        release = releases.current(session)
        with pytest.raises(FolderChanged):
            export_folder(session, release, tmp_path)
        assert (tmp_path / "flow.bpmn").read_bytes() == flow(9)["flow.bpmn"]
        export_folder(session, release, tmp_path, overwrite=True)
    assert read_folder(tmp_path) == flow(1)
    with pytest.raises(InvalidInput):
        deploy_it(flow(1), marker="12 " + "0" * 64)
