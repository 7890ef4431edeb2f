"""What a form accepts, and where each complaint is located."""

import contextlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, validators

from engine.errors import InvalidAnswers
from engine.inbox.answers import validate
from engine.inbox.attachments import tokens_in
from engine.inbox.storable import check_storable
from engine.sandbox.made_up import answers_for

ACCORDING_TO_THE_BOOK = validators.extend(
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _checker, value: isinstance(value, int) and not isinstance(value, bool)
    ),
)

FORM: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "unevaluatedProperties": False,
    "properties": {
        "verdict": {"oneOf": [{"const": "valid", "title": "Valid"}, {"const": "invalid", "title": "Invalid"}]},
        "amount": {"type": "integer", "minimum": 0, "x-unit": "fen"},
        "expected_on": {"type": "string", "format": "date"},
        "areas": {"type": "array", "uniqueItems": True, "items": {"oneOf": [{"const": "erp"}, {"const": "crm"}]}},
        "pains": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {"post": {"type": "string", "minLength": 1}, "proof": {"type": "string", "x-file": True}},
                "required": ["post"],
            },
        },
        "papers": {"type": "array", "x-file": True, "items": {"type": "string"}},
    },
    "required": ["verdict"],
    "if": {"properties": {"verdict": {"const": "invalid"}}, "required": ["verdict"]},
    "then": {
        "properties": {"verdict_reason": {"type": "string", "minLength": 3}, "letter": {"x-file": True}},
        "required": ["verdict_reason"],
    },
}


@pytest.mark.parametrize(
    ("answers", "errors"),
    [
        ({"verdict": "valid"}, {}),
        ({"verdict": "invalid", "verdict_reason": "没有预算"}, {}),
        ({}, {"verdict": ["required"]}),
        ({"verdict": "perhaps"}, {"verdict": ["oneOf"]}),
        ({"verdict": "invalid"}, {"verdict_reason": ["required"]}),
        ({"verdict": "invalid", "verdict_reason": "x"}, {"verdict_reason": ["minLength:3"]}),
        ({"verdict": "valid", "verdict_reason": "why"}, {"verdict_reason": ["unknown"]}),
        ({"verdict": "valid", "colour": 1, "it's": 2}, {"colour": ["unknown"], "it's": ["unknown"]}),
        ({"verdict": "valid", "amount": -1}, {"amount": ["minimum:0"]}),
        ({"verdict": "valid", "amount": "12"}, {"amount": ["type:integer"]}),
        ({"verdict": "valid", "amount": 12.0}, {"amount": ["type:integer"]}),
        ({"verdict": "valid", "amount": True}, {"amount": ["type:integer"]}),
        ({"verdict": "valid", "expected_on": "2026-02-30"}, {"expected_on": ["format:date"]}),
        ({"verdict": "valid", "expected_on": "20260228"}, {"expected_on": ["format:date"]}),
        ({"verdict": "valid", "areas": ["erp", "erp"]}, {"areas": ["uniqueItems"]}),
        ({"verdict": "valid", "areas": ["erp", "hr"]}, {"areas.1": ["oneOf"]}),
        ({"verdict": "valid", "pains": []}, {"pains": ["minItems:1"]}),
        (
            {"verdict": "valid", "pains": [{"post": "CFO"}, {"post": ""}, {"pain": "x"}]},
            {"pains.1.post": ["minLength:1"], "pains.2.post": ["required"], "pains.2.pain": ["unknown"]},
        ),
    ],
)
def test_each_complaint_stands_at_its_field(answers: dict[str, Any], errors: dict[str, list[str]]) -> None:
    found: dict[str, list[str]] = {}
    try:
        validate(FORM, answers)
    except InvalidAnswers as refused:
        found = refused.errors
    assert found == errors


def test_an_open_question_makes_no_unknown_field_of_the_questions_beside_it() -> None:
    form: dict[str, Any] = {name: FORM[name] for name in FORM if name not in {"if", "then"}}
    form["allOf"] = [{"if": FORM["if"], "then": {**FORM["then"], "required": ["verdict_reason", "letter"]}}]
    with pytest.raises(InvalidAnswers) as refused:
        validate(form, {"verdict": "invalid", "verdict_reason": "no budget", "colour": 1})
    assert refused.value.errors == {"letter": ["required"], "colour": ["unknown"]}


def test_a_form_that_forgets_to_say_so_refuses_unknown_fields_all_the_same() -> None:
    with pytest.raises(InvalidAnswers) as refused:
        validate({"type": "object", "properties": {"a": {"type": "integer"}}}, {"a": 1, "b": 2})
    assert refused.value.errors == {"b": ["unknown"]}


@pytest.mark.parametrize(
    ("answers", "errors"),
    [
        ({"a": "\0"}, {"a": ["text"]}),
        ({"a": ["fine", "\ud800"]}, {"a.1": ["text"]}),
        ({"a": {"\0": 1}}, {"a": ["text"]}),
        ({"a": float("nan")}, {"a": ["number"]}),
        ({"a": float("inf")}, {"a": ["number"]}),
        ({"a": 2**63}, {"a": ["number"]}),
        ({"a": -(2**63)}, {"a": ["number"]}),
        ({"a": b"bytes"}, {"a": ["type"]}),
    ],
)
def test_what_no_database_can_hold_is_refused(answers: dict[str, Any], errors: dict[str, list[str]]) -> None:
    with pytest.raises(InvalidAnswers) as refused:
        check_storable(answers)
    assert refused.value.errors == errors


def test_bottomless_nesting_is_refused() -> None:
    deep: Any = 1
    for _ in range(500):
        deep = [deep]
    with pytest.raises(InvalidAnswers) as refused:
        check_storable({"a": deep})
    assert list(refused.value.errors.values()) == [["depth"]]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=8) | st.sampled_from(sorted(FORM["properties"])), json_values, max_size=6))
def test_whatever_is_sent_is_accepted_or_refused_but_never_breaks_the_check(answers: dict[str, Any]) -> None:
    # nothing but a refusal may come out, whatever goes in
    with contextlib.suppress(InvalidAnswers):
        validate(FORM, answers)


def test_file_fields_are_found_wherever_they_stand() -> None:
    answers = {
        "verdict": "invalid",
        "letter": "token-1",
        "papers": ["token-2", "token-3"],
        "pains": [{"post": "CFO"}, {"post": "CIO", "proof": "token-4"}],
        "verdict_reason": "token-5",
    }
    assert tokens_in(FORM, answers) == {
        "token-1": "letter",
        "token-2": "papers",
        "token-3": "papers",
        "token-4": "pains.1.proof",
    }


def variants(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield answers that fit a form, and what is wrong with one thing each."""
    right = answers_for(schema, {}, "2026-11-24")
    yield right
    yield {**right, "unheard_of": 1}
    for name, value in right.items():
        yield {key: inner for key, inner in right.items() if key != name}
        yield from ({**right, name: wrong} for wrong in (None, 1.0, "0000-01-01"))
        if isinstance(value, list):
            yield {**right, name: value * 2}


def test_what_is_accepted_is_what_the_validator_that_explains_accepts() -> None:
    said = Counter[bool]()
    for path in sorted(Path("processes/forms").glob("*.schema.json"))[::5]:
        schema = json.loads(path.read_text(encoding="utf-8"))
        reference = ACCORDING_TO_THE_BOOK(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
        for answers in variants(schema):
            right = reference.is_valid(answers)
            said[right] += 1
            with contextlib.nullcontext() if right else pytest.raises(InvalidAnswers):
                validate(schema, answers)
    assert min(said[True], said[False]) > 25
