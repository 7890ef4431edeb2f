"""Every shipped form: valid JSON Schema, both languages, a UI schema that fits, closed against unknown fields."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from handlers.contract.key_terms import ANSWERS, TERMS

FORMS = Path(__file__).parents[2] / "processes" / "forms"
NAMES = sorted(path.name.removesuffix(".schema.json") for path in FORMS.glob("*.schema.json"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# what is written alike in both languages
SAME_IN_BOTH = {"A", "B", "C"}


def schema_of(name: str) -> dict[str, Any]:
    return json.loads((FORMS / f"{name}.schema.json").read_text(encoding="utf-8"))


def ui_of(name: str) -> dict[str, Any]:
    return json.loads((FORMS / f"{name}.ui.json").read_text(encoding="utf-8"))


def parts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schema and all its conditional parts."""
    yield schema
    for keyword in ("then", "else"):
        if keyword in schema:
            yield from parts(schema[keyword])
    for part in [*schema.get("allOf", []), *schema.get("dependentSchemas", {}).values()]:
        yield from parts(part)


def fields(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every field a form may ask, with what all its parts say of it."""
    found: dict[str, dict[str, Any]] = {}
    for part in parts(schema):
        for name, each in part.get("properties", {}).items():
            found[name] = {**found.get(name, {}), **each}
    return found


def titled(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field, column and choice, with its place."""
    for name, each in fields(node).items():
        yield f"{path}{name}", each
        for at, choice in enumerate([*each.get("oneOf", []), *each.get("items", {}).get("oneOf", [])]):
            yield f"{path}{name}[{at}]", choice
        if each.get("items", {}).get("type") == "object":
            yield from titled(each["items"], f"{path}{name}.")


def is_english(text: str) -> bool:
    return bool(text.strip()) and not CHINESE.search(text)


def test_there_is_a_form_for_every_human_task_of_the_lead_flow() -> None:
    wanted = {
        "capture", "analyse", "submit", "complete", "screen", "verify", "distribute", "settle", "accept", "pains",
        "kdm", "acknowledge", "strategy", "vision", "solution", "handling", "confirm", "activity",
    }  # fmt: skip
    assert {f"lead_{each}" for each in wanted} <= set(NAMES)
    assert {path.name.removesuffix(".ui.json") for path in FORMS.glob("*.ui.json")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_form_is_valid_json_schema(name: str) -> None:
    schema = schema_of(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"{name}.schema.json"
    assert schema["type"] == "object"
    for part in parts(schema):
        for required in part.get("required", []):
            assert required in fields(schema), f"{required} is required but never asked"


@pytest.mark.parametrize("name", NAMES)
def test_every_field_column_and_choice_is_said_in_both_languages(name: str) -> None:
    schema = schema_of(name)
    for place, each in [("the form", schema), *titled(schema)]:
        english, chinese = each.get("title", ""), each.get("x-title-zh", "")
        assert is_english(english), f"{place}: English title {english!r}"
        assert CHINESE.search(chinese) or chinese in SAME_IN_BOTH, f"{place}: Chinese title {chinese!r}"
        assert ("description" in each) == ("x-description-zh" in each), f"{place}: help in one language only"
        if "description" in each:
            assert is_english(each["description"]), place
            assert CHINESE.search(each["x-description-zh"]), place


@pytest.mark.parametrize("name", NAMES)
def test_the_ui_schema_names_every_field_once_and_no_other(name: str) -> None:
    asked, ui = fields(schema_of(name)), ui_of(name)
    assert sorted(ui["ui:order"]) == sorted(asked)
    assert sorted(field for group in ui["ui:groups"] for field in group["fields"]) == sorted(asked)
    for group in [*ui["ui:groups"], *ui.get("ui:shows", [])]:
        assert is_english(group["title"])
        assert CHINESE.search(group["x-title-zh"])
    for field, said in ui.items():
        if field.startswith("ui:"):
            continue
        assert field in asked, field
        if "items" in said:
            columns = asked[field]["items"]["properties"]
            assert sorted(said["items"]["ui:order"]) == sorted(columns)
            assert {key for key in said["items"] if not key.startswith("ui:")} <= set(columns)


def test_a_fact_has_words_for_every_choice_that_a_form_of_its_flow_offers() -> None:
    flows = {name: name.split("_")[0] for name in NAMES}
    offered: dict[tuple[str, str], set[str]] = {}
    for name in NAMES:
        for field, each in fields(schema_of(name)).items():
            found = offered.setdefault((flows[name], field), set())
            found |= {choice["const"] for choice in each.get("oneOf", [])}
    shown = 0
    for name in NAMES:
        for fact in ui_of(name).get("ui:shows", []):
            if fact.get("type") == "choice":
                has = {choice["const"] for choice in fact["oneOf"]}
                assert offered.get((flows[name], fact["data"]), set()) <= has, f"{name}: {fact['data']}"
                shown += 1
    assert shown


KINDS: dict[str, Any] = {
    "$defs": {
        "text": {
            "properties": {
                "type": {"const": "string"},
                "minLength": {"minimum": 1},
                "maxLength": {"maximum": 4000},
                "x-reference": {"const": "customer"},
            },
            "required": ["minLength", "maxLength"],
            "not": {"required": ["oneOf"]},
        },
        "date": {"properties": {"type": {"const": "string"}, "format": {"const": "date"}}, "required": ["format"]},
        "choice": {
            "properties": {
                "type": {"enum": ["string", "integer"]},
                "oneOf": {"items": {"required": ["const", "title", "x-title-zh"]}, "minItems": 2},
            },
            "required": ["oneOf"],
        },
        "number": {
            "properties": {
                "type": {"const": "integer"},
                "x-unit": {"enum": ["fen", "percent"]},
                "x-reference": {"enum": ["user", "unit", "lead"]},
            },
            "required": ["minimum"],
            "not": {"required": ["oneOf"]},
        },
        "yes_no": {"properties": {"type": {"const": "boolean"}}},
        "several": {
            "properties": {
                "type": {"const": "array"},
                "uniqueItems": {"const": True},
                "items": {"$ref": "#/$defs/choice"},
            },
            "required": ["uniqueItems"],
        },
        "files": {"properties": {"type": {"const": "array"}, "x-file": {"const": True}}, "required": ["x-file"]},
        "column": {"oneOf": [{"$ref": f"#/$defs/{kind}"} for kind in ("text", "date", "choice", "number", "yes_no")]},
        "table": {
            "properties": {
                "type": {"const": "array"},
                "minItems": {"minimum": 1},
                "items": {
                    "properties": {
                        "type": {"const": "object"},
                        "additionalProperties": {"const": False},
                        "properties": {"additionalProperties": {"$ref": "#/$defs/column"}},
                    },
                    "required": ["type", "properties", "required", "additionalProperties"],
                },
            },
            "required": ["minItems", "maxItems"],
            "not": {"required": ["x-file"]},
        },
    },
    "required": ["type"],
    "oneOf": [
        {"$ref": f"#/$defs/{kind}"}
        for kind in ("text", "date", "choice", "number", "yes_no", "several", "files", "table")
    ],
}


@pytest.mark.parametrize("name", NAMES)
def test_every_field_is_of_exactly_one_kind_that_the_pages_can_ask(name: str) -> None:
    kinds = Draft202012Validator(KINDS)
    for field, each in fields(schema_of(name)).items():
        assert [error.message for error in kinds.iter_errors(each)] == [], field


@pytest.mark.parametrize("name", NAMES)
def test_unknown_answers_are_refused(name: str) -> None:
    schema = schema_of(name)
    conditional = "allOf" in schema
    assert schema.get("unevaluatedProperties" if conditional else "additionalProperties") is False
    errors = list(Draft202012Validator(schema).iter_errors({"smuggled_in": 1}))
    assert any("smuggled_in" in error.message for error in errors)


SUBMITTED = {
    "title": "Planning", "customer": "Shen Jiang", "unit_id": 3, "channel": "customer_visit", "problem": "Late orders",
    "product_areas": ["software"], "maturity": "warm",
}  # fmt: skip
VERIFIED = {
    "customer_real": True, "need_real": True, "strategic_fit": "high", "maturity": "hot", "win_chance": 4,
    "estimated_amount": 100_000_000, "our_capability": "full", "evidence": "Talked to the plant manager",
}  # fmt: skip
STILL_VALID = {
    "pains_valid": True, "interest_valid": True, "acknowledged_valid": True, "strategy_valid": True,
    "solution_valid": True,
}  # fmt: skip
PAIN = {"post": "CFO", "pain": "stock ties up cash", "reason": "no forecast"}


@pytest.mark.parametrize(
    ("name", "answers", "refused"),
    [
        ("lead_capture", {"channel": "other", "customer": "A", "heard": "x", "seen_on": "2026-11-20"}, "source_detail"),
        ("lead_analyse", {"customer_problem": False}, "discard_reason"),
        ("lead_analyse", {"customer_problem": True, "have_offer": "yes"}, "problem_owner"),
        ("lead_screen", {"screening": "not_a_lead"}, "screening_reason"),
        ("lead_screen", {"screening": "duplicate", "screening_reason": "same"}, "duplicate_of"),
        ("lead_verify", {**VERIFIED, "verdict": "invalid"}, "verdict_reason"),
        ("lead_verify", {**VERIFIED, "verdict": "merge", "verdict_reason": "same"}, "merge_into"),
        ("lead_verify", {"verdict": "valid"}, "evidence"),
        ("lead_verify", {**VERIFIED, "verdict": "valid", "need_real": False}, "True was expected"),
        ("lead_verify", {**VERIFIED, "verdict": "valid", "grade_override": "A"}, "override_reason"),
        ("lead_accept", {"acceptance": "refuse"}, "refusal_reason"),
        ("lead_acknowledge", {"pain_acknowledged": True, "words": "it hurts"}, "acknowledged_on"),
        ("lead_strategy", {"rivals": [{"name": "B", "strength": "price", "weakness": "service"}], "strategy": "direct"},
         "lockout_actions"),
        ("lead_vision", {"vision": "x", "vision_agreed": True}, "kdm_agreed_on"),
        ("lead_vision", {"vision": "x", "vision_agreed": True, "kdm_agreed_on": "2026-11-20"}, "evidence"),
        ("lead_vision", {"vision": "x", "vision_agreed": True, "evidence": []}, "should be non-empty"),
        ("contract_dispute_register", {"dispute_evidence": []}, "should be non-empty"),
        ("contract_dispute_agree", {"dispute_agreed": "agreed", "agreement_reason": "x"}, "agreement_file"),
        ("contract_clear_claim", {"clearing_way": "write_off", "given_up": 1, "clearing_reason": "x"}, "clearing_file"),
        ("lead_handling", {"need_remains": True, "handling": "close"}, "close_reason"),
        ("lead_handling", {"need_remains": True, "handling": "nurture"}, "next_step"),
        ("lead_handling", {"need_remains": True, "handling": "convert", "vision_steps_done": False}, "skip_reason"),
        ("lead_handling", {"need_remains": False, "handling": "nurture", "next_step": 2}, "'close' was expected"),
        ("lead_confirm", {"confirmed": False}, "confirm_note"),
        ("guidance_nurturing", {**STILL_VALID, "vision_valid": False, "gaps_left": False}, "True was expected"),
        ("lead_pains", {"pains": [PAIN]}, "too short"),
        ("lead_pains", {"pains": [PAIN, {**PAIN, "post": "CEO"}]}, "does not contain"),
    ],
)  # fmt: skip
def test_what_the_rules_ask_for_cannot_be_left_out(name: str, answers: dict[str, Any], refused: str) -> None:
    errors = [error.message for error in Draft202012Validator(schema_of(name)).iter_errors(answers)]
    assert any(refused in message for message in errors), errors


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("lead_analyse", {"customer_problem": False, "discard_reason": "only curious"}),
        ("lead_screen", {"screening": "keep"}),
        ("lead_verify", {**VERIFIED, "verdict": "valid", "grade_override": "A", "override_reason": "strategic"}),
        ("lead_verify", {"verdict": "return", "verdict_reason": "Who is the contact?"}),
        ("lead_pains", {"pains": [PAIN, {**PAIN, "post": "CEO", "caused_by": "CFO"}]}),
        ("lead_handling", {"need_remains": True, "handling": "convert", "vision_steps_done": True}),
        ("lead_handling", {"need_remains": False, "handling": "close", "close_reason": "no_need"}),
        ("lead_confirm", {"confirmed": True}),
        ("lead_complete", {**SUBMITTED, "answer": "The contact is Mr Li", "contact_phone": "+86 138 0013 8000"}),
    ],
)  # fmt: skip
def test_what_is_complete_is_accepted(name: str, answers: dict[str, Any]) -> None:
    assert [error.message for error in Draft202012Validator(schema_of(name)).iter_errors(answers)] == []


def test_key_terms_are_told_apart_in_the_words_in_which_their_form_asks() -> None:
    asked = schema_of("contract_key_terms")["properties"]
    assert set(TERMS) == set(asked) - {"scope_note"}, "all but the remark are compared"
    options = [
        option for field in asked.values() for option in field.get("oneOf") or field.get("items", {}).get("oneOf", [])
    ]
    assert {each["const"]: (each["title"].casefold(), each["x-title-zh"]) for each in options} == {
        code: (words.en, words.zh) for code, words in ANSWERS.items()
    }
