"""What a completed form leaves in the process data: what was answered now, and nothing that nobody says any more."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.interpreter import compile_release, reopen_release
from tests.unit.interpreter_drawing import (
    CATALOGUE,
    Played,
    document,
    end,
    flows,
    node,
    play,
    process,
    release,
    script,
    start,
    user,
)

TEXT = {"type": "string"}
REASONED = {
    "properties": {"verdict": TEXT, "note": TEXT},
    "allOf": [{"if": {"properties": {"verdict": {"const": "no"}}, "required": ["verdict"]},
               "then": {"properties": {"reason": TEXT, "until": TEXT}}}],
}  # fmt: skip
ROUND = flows("S ask again", "again E", "again ask").replace(
    'id="again-ask" sourceRef="again" targetRef="ask">',
    'id="again-ask" sourceRef="again" targetRef="ask"><bpmn:conditionExpression>not done</bpmn:conditionExpression>',
)
XOR = node("exclusiveGateway", "again", default="again-E")


def forms(**schemas: Any) -> dict[str, bytes]:
    return {
        f"forms/{name}.schema.json": json.dumps({"type": "object", **each}).encode() for name, each in schemas.items()
    }


def asking(element: str, form: str) -> str:
    return user(element, formJsonSchemaFilename=f"{form}.schema.json")


def rounds(f: dict[str, Any] = REASONED, *, before: str = "", **data: Any) -> Played:
    """A form that comes again and again, perhaps with a script before it."""
    body = start() + asking("ask", "f") + XOR + end()
    ways = ROUND
    if before:
        body += script("set", before)
        ways = ROUND.replace('targetRef="ask"', 'targetRef="set"') + flows("set ask")
    return play(release(process(body + ways), files=forms(f=f)), **data)


def known(played: Played) -> dict[str, Any]:
    return {name: value for name, value in played.run.data.items() if value is not None}


def test_an_answer_left_empty_when_the_form_comes_again_is_empty() -> None:
    played = rounds()
    played.complete("ask", verdict="yes", note="soon")
    assert known(played) == {"verdict": "yes", "note": "soon"}
    played.complete("ask", verdict="yes")
    assert known(played) == {"verdict": "yes"}
    played.complete("ask", note="later")
    assert known(played) == {"note": "later"}


def test_what_a_question_said_that_is_closed_now_is_taken_back() -> None:
    played = rounds()
    played.complete("ask", verdict="no", reason="too dear", until="2026-05-01")
    assert known(played) == {"verdict": "no", "reason": "too dear", "until": "2026-05-01"}
    played.complete("ask", verdict="yes")
    assert known(played) == {"verdict": "yes"}


def test_a_question_that_is_not_asked_leaves_alone_what_other_steps_say() -> None:
    played = rounds(before="until = '2026-12-31'")
    played.complete("ask", verdict="yes")
    assert known(played) == {"verdict": "yes", "until": "2026-12-31"}


def test_a_question_that_is_asked_and_left_empty_empties_what_another_step_said() -> None:
    body = start() + asking("first", "g") + asking("ask", "f") + asking("last", "g") + end()
    files = forms(f=REASONED, g={"properties": {"note": TEXT, "until": TEXT, "other": TEXT}})
    played = play(release(process(body + flows("S first ask last E")), files=files))
    played.complete("first", note="soon", until="2026-05-01", other="kept")
    played.complete("ask", verdict="no")
    assert known(played) == {"verdict": "no", "other": "kept"}


def test_a_process_of_its_own_does_not_count_as_another_step() -> None:
    body = start() + asking("ask", "f") + XOR + end() + ROUND
    other = process(start("T") + script("set", "until = 1") + end("F") + flows("T set F"), "Q")
    played = play(release(process(body), other, files=forms(f=REASONED)))
    played.complete("ask", verdict="no", until="2026-05-01")
    played.complete("ask", verdict="yes")
    assert known(played) == {"verdict": "yes"}


def test_a_case_that_began_in_an_earlier_release_goes_on_by_the_same_rule() -> None:
    body = start() + asking("ask", "f") + XOR + end() + ROUND
    files = {"p.bpmn": document(process(body)), **forms(f=REASONED)}
    played = play(compile_release(files, CATALOGUE))
    played.complete("ask", verdict="no", reason="too dear", note="soon")
    played.program = reopen_release(files, CATALOGUE)
    played.complete("ask", verdict="yes")
    assert known(played) == {"verdict": "yes"}


def test_a_text_too_long_for_the_process_data_does_not_leave_the_shorter_one_before_it() -> None:
    played = rounds()
    played.complete("ask", note="short")
    played.complete("ask", note="long" * 5_000)
    assert known(played) == {}


def test_what_one_branch_empties_is_empty_behind_the_join() -> None:
    body = start() + node("parallelGateway", "A") + asking("ask", "f") + asking("b", "g")
    body += node("parallelGateway", "J") + user("last") + end() + flows("S A ask J", "A b J last E")
    played = play(release(process(body), files=forms(f=REASONED, g={"properties": {"x": TEXT}})), note="before")
    played.complete("ask", verdict="yes")
    played.complete("b", x="1")
    assert known(played) == {"verdict": "yes", "x": "1"}


def test_what_a_called_process_empties_is_empty_for_its_caller() -> None:
    inner = process(start("T") + asking("ask", "f") + end("F") + flows("T ask F"), "Q")
    call = node("callActivity", "call", calledElement="Q")
    played = play(
        release(process(start() + call + user("b") + end() + flows("S call b E")), inner, files=forms(f=REASONED)),
        note="before",
    )
    played.complete("ask", verdict="yes")
    assert known(played) == {"verdict": "yes"}


@pytest.mark.parametrize("form", [{}, {"properties": {"rows": {"type": "array", "items": {"type": "object"}}}}])
def test_names_that_a_form_does_not_write_stay_as_they_are(form: dict[str, Any]) -> None:
    played = rounds(form, verdict="yes", rows=3)
    played.complete("ask")
    assert known(played) == {"verdict": "yes", "rows": 3}
