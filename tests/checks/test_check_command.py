"""``ltc check``: what is shipped is clean, what is strange is a finding and never a trace."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from webui.cli.check import command

PROCESSES = Path(__file__).parents[2] / "processes"
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
STRANGE = {
    "empty.bpmn": (b"", "xml-syntax"),
    "cut.bpmn": (b"<definitions", "xml-syntax"),
    "doctype.bpmn": (
        b'<!DOCTYPE d [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><definitions xmlns="http://x">&c;</definitions>',
        "xml-doctype",
    ),
    "outside.bpmn": (
        b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>',
        "xml-doctype",
    ),
    "laughs.bpmn": (
        b'<!DOCTYPE d [<!ENTITY a "ha">'
        + b"".join(b'<!ENTITY a%d "%s">' % (each, b"&a%d;" % (each - 1) * 10) for each in range(1, 12))
        + b']><definitions xmlns="http://x">&a11;</definitions>',
        "xml-doctype",
    ),
    "large.bpmn": (b"<a>" + b"x" * 5_000_000 + b"</a>", "xml-size"),
    "deep.bpmn": (b"<a>" * 5_000 + b"</a>" * 5_000, "xml-syntax"),
    "other.bpmn": (b"<html/>", "xml-root"),
    "bytes.bpmn": (bytes(range(256)), "xml-syntax"),
    "table.dmn": (b"<definitions/>", "xml-root"),
    "words.schema.json": (b"[1", "form-json"),
    "picture.png": (b"\x89PNG", "xml-root"),
}


def checked(*paths: Path) -> tuple[int, list[dict[str, Any]]]:
    done = CliRunner().invoke(command, [*map(str, paths), "--json"])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, json.loads(done.stdout)


def started_by_nothing() -> set[str]:
    """The files of processes that nobody starts or calls yet: what data they begin with is not known before."""
    files = {path: path.read_text(encoding="utf-8") for path in PROCESSES.glob("*.bpmn")}
    called = {each for text in files.values() for each in re.findall(r'calledElement="(\w+)"', text)}
    return {
        str(path)
        for path, text in files.items()
        if path.stem not in called and 'name="start"' not in text and not re.search(r"startEvent.*messageEvent", text)
    }


def test_nothing_is_found_in_what_is_shipped() -> None:
    _, found = checked(PROCESSES)
    waiting = started_by_nothing()
    assert [each for each in found if not (each["file"] in waiting and each["rule"].startswith("data-"))] == []


def test_a_single_shipped_file_is_judged_among_its_neighbours() -> None:
    assert checked(PROCESSES / "lead_verify.bpmn") == (0, [])


def test_what_is_no_diagram_is_a_finding_of_its_own_file(tmp_path: Path) -> None:
    for name, (content, _) in STRANGE.items():
        (tmp_path / name).write_bytes(content)
    code, found = checked(*(tmp_path / name for name in STRANGE))
    assert code == 1
    for name, (_, rule) in STRANGE.items():
        assert rule in {each["rule"] for each in found if each["file"] == str(tmp_path / name)}, name
    assert {each["file"] for each in found} == {str(tmp_path / name) for name in STRANGE}


def test_a_stranger_is_told_what_is_unknown_here(tmp_path: Path) -> None:
    (tmp_path / "stranger.bpmn").write_text(
        f"""<definitions xmlns="{BPMN}" xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core">
        <process id="stranger" isExecutable="true"><startEvent id="s"/>
        <sequenceFlow id="f1" sourceRef="s" targetRef="ask"/>
        <userTask id="ask" name="&lt;script&gt;alert(1)&lt;/script&gt;"><extensionElements><spiffworkflow:properties>
        <spiffworkflow:property name="formJsonSchemaFilename" value="nowhere.json"/>
        </spiffworkflow:properties></extensionElements></userTask>
        <sequenceFlow id="f2" sourceRef="ask" targetRef="do"/><serviceTask id="do"/>
        <sequenceFlow id="f3" sourceRef="do" targetRef="call"/><callActivity id="call" calledElement="nobody"/>
        <sequenceFlow id="f4" sourceRef="call" targetRef="e"/><endEvent id="e"/></process></definitions>"""
    )
    code, found = checked(tmp_path / "stranger.bpmn")
    assert code == 1
    assert {("ask", "form-missing"), ("do", "handler-unknown"), ("call", "called-missing")} <= {
        (each["element"], each["rule"]) for each in found
    }
    assert all({"file", "element", "rule", "severity", "message"} <= each.keys() for each in found)


def test_the_words_for_people_say_how_long_it_took() -> None:
    done = CliRunner().invoke(command, [str(PROCESSES)])
    assert done.exit_code == 0
    assert re.search(r" in \d+\.\d\d s", done.output)
