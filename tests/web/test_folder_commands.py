"""``ltc deploy`` and ``ltc export``: a folder in Git and the database in step, at the console."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine.clock import SystemClock
from engine.database import connect, sessions, transaction
from engine.drafts.folders import NoDiagrams
from engine.drafts.records import Draft
from engine.releases import queries
from engine.releases.operations import deploy
from engine.settings import Settings
from tests.cast import OUYANG
from tests.diagrams import Diagram
from tests.web.test_command_line import Console
from webui.assembly import assemble
from webui.cli.serve import release_processes


def flow(days: int) -> dict[str, bytes]:
    return Diagram("flow").start().task("work", "ar", due=f"P{days}D").end().line("begin", "work", "done").file()


def write(folder: Path, files: dict[str, bytes]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


def published(console: Console, files: dict[str, bytes]) -> None:
    """Something is published on the web meanwhile."""
    engine = connect(console.environment["DATABASE_URL"])
    now = SystemClock().now()
    with transaction(sessions(engine)) as session:
        base = queries.current(session)
        release = deploy(session, files, by=OUYANG, now=now, note="On the web")
        session.add(
            Draft(
                title="On the web", note="", author_id=8, base_release_id=base.id, status="published",
                release_id=release.id, created_at=now, updated_at=now,
            )
        )  # fmt: skip
    engine.dispose()


def test_a_folder_goes_in_and_out_and_conflicts_are_listed(tmp_path: Path) -> None:
    console, folder, out = Console(tmp_path), tmp_path / "git", tmp_path / "out"
    write(folder, flow(1))
    assert "release 1 is current" in console.ok("deploy", str(folder))
    published(console, flow(5))
    assert "release 2 is current" in console.ok("deploy", str(folder))
    write(folder, flow(7))
    refused = console.run("deploy", str(folder))
    assert refused.exit_code == 1
    assert "flow.bpmn · Work · time allowed" in refused.output
    assert "published: P5D" in refused.output
    told = json.loads(console.run("deploy", str(folder), "--json").output)
    assert told["conflicts"][0]["folder"] == "P7D"
    assert "release 3 is current" in console.ok("deploy", str(folder), "--prefer", "folder")
    assert "release 3 is in" in console.ok("export", str(out))
    assert b"P7D" in (out / "flow.bpmn").read_bytes()
    write(out, flow(9))
    unknown = console.run("export", str(out), "--release", "1")
    assert unknown.exit_code == 1
    assert "flow.bpmn" in unknown.output
    console.ok("deploy", str(out))
    assert (out / ".ltc-release").read_text().startswith("4 ")
    assert console.ok("audit").endswith("0 cases and 1 drafts checked, 0 not whole\n")
    engine = connect(console.environment["DATABASE_URL"])
    with transaction(sessions(engine)) as session:
        session.execute(sa.update(Draft).values(history_seq=1))
    engine.dispose()
    found = console.run("audit", "--json")
    assert found.exit_code == 1
    assert json.loads(found.output) == {
        "checked": {"case": 0, "draft": 1}, "broken": [{"kind": "draft", "id": 1, "line": 1}]
    }  # fmt: skip
    console.ok("export", str(out), "--release", "1")
    assert (out / "flow.bpmn").read_bytes() == flow(1)["flow.bpmn"]
    assert console.run("export", str(out), "--release", "77").exit_code == 1


def stuck() -> dict[str, bytes]:
    """A process that the interpreter would run, and that the checks refuse: the join waits for ever."""
    drawn = Diagram("flow").start().task("work", "ar").task("rest", "ar").end()
    drawn.gateway("either", "exclusive", default="either_to_work").gateway("both")
    return (
        drawn.line("begin", "either", "work", "both", "done")
        .flow("either", "rest", "today() < '2026-01-01'")
        .line("rest", "both")
        .file()
    )


def test_a_folder_is_held_to_the_checks_and_the_release_that_runs_stays(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    console, folder = Console(tmp_path), tmp_path / "git"
    write(folder, stuck())
    first = console.run("deploy", str(folder))
    assert (first.exit_code, "not released; problems that prevent it: 1" in first.output) == (1, True), first.output
    write(folder, flow(1))
    assert "release 1 is current" in console.ok("deploy", str(folder))
    write(folder, stuck())
    [told] = [
        each
        for each in json.loads(console.run("deploy", str(folder), "--json").output)["findings"]
        if each["severity"] == "error"
    ]
    assert (told["file"], told["element"], told["rule"]) == ("flow.bpmn", "both", "sound-deadlock")
    assert told["reason"]
    assert told["cure"]
    write(folder, {**flow(1), "large.bpmn": b"<a>" + b" " * 2**21})
    assert "large.bpmn [xml-size]: The file is larger than 2 MB." in console.run("deploy", str(folder)).output
    (tmp_path / "other").mkdir()
    assert isinstance(console.run("deploy", str(tmp_path / "other")).exception, NoDiagrams)
    (folder / "large.bpmn").unlink()
    write(folder, stuck())
    product = assemble(Settings.from_environment({**console.environment, "LTC_PROCESSES": str(folder)}))
    release_processes(product)
    assert "release 1 stays current" in caplog.text
    assert "flow.bpmn both: " in caplog.text
    with transaction(product.sessions) as session:
        assert queries.current(session).number == 1
    product.engine.dispose()
