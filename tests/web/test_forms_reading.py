"""Reading what was posted: by the questions of the form, exactly, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from engine.forms import deciding, fields_of, groups_of
from webui.forms.amounts import in_wan
from webui.forms.posted import read

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "title": "Title", "x-title-zh": "名称"},
        "amount": {"type": "integer", "x-unit": "fen", "title": "Amount"},
        "people": {"type": "integer", "title": "People"},
        "share": {"type": "number", "x-unit": "percent", "title": "Share"},
        "chance": {"type": "integer", "oneOf": [{"const": 1, "title": "low"}, {"const": 2, "title": "high"}]},
        "areas": {"type": "array", "uniqueItems": True, "items": {"oneOf": [{"const": "a"}, {"const": "b"}]}},
        "urgent": {"type": "boolean", "title": "Urgent"},
        "owner": {"type": "integer", "x-reference": "user"},
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"post": {"type": "string"}, "loss": {"type": "integer", "x-unit": "fen"}},
                "additionalProperties": False,
            },
        },
    },
    "allOf": [
        {
            "if": {"properties": {"urgent": {"const": True}}, "required": ["urgent"]},
            "then": {
                "properties": {"why": {"type": "string", "oneOf": [{"const": "law"}, {"const": "money"}]}},
                "required": ["why"],
                "dependentSchemas": {"why": {"properties": {"proof": {"type": "string"}}}},
            },
        }
    ],
    "unevaluatedProperties": False,
}


def _read(*pairs: tuple[str, str], **more: Any) -> dict[str, Any]:
    return read(SCHEMA, {}, MultiDict(pairs), **more)


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("12.5", 12_500_000),
        ("0.000001", 1),
        ("0.29", 290_000),
        ("1,234.56", 1_234_560_000),
        ("１２", 12_000_000),
        ("99999999.123456", 99_999_999_123_456),
    ],
)
def test_an_amount_typed_in_wan_is_exact_to_the_fen_and_shown_as_it_was_typed(typed: str, fen: int) -> None:
    assert _read(("amount", typed)) == {"amount": fen}
    assert in_wan(fen) == typed.replace(",", "").replace("１２", "12")


@pytest.mark.parametrize("typed", ["0.0000001", "1e999999999", "NaN", "Infinity", "twelve", "9" * 400])
def test_what_is_no_amount_stays_as_it_was_typed_so_that_the_form_can_refuse_it(typed: str) -> None:
    assert _read(("amount", typed)) == {"amount": typed}
    assert in_wan(typed) == typed


def test_each_kind_of_question_gives_its_kind_of_value() -> None:
    read_back = _read(
        ("title", "  A need "), ("people", "1 200"), ("share", "12.5"), ("chance", "2"),
        ("areas", "a"), ("areas", "b"), ("areas", "a"), ("urgent", "false"), ("owner", "7"),
    )  # fmt: skip
    assert read_back == {
        "title": "A need", "people": 1200, "share": 12.5, "chance": 2, "areas": ["a", "b"], "urgent": False, "owner": 7,
    }  # fmt: skip


def test_what_was_left_empty_is_no_answer() -> None:
    assert _read(("title", "   "), ("amount", ""), ("rows.0.post", " "), ("rows.0.loss", "")) == {}


def test_an_option_that_the_form_does_not_offer_stays_to_be_refused() -> None:
    assert _read(("chance", "9"), ("urgent", "maybe"), ("owner", "-1")) == {
        "chance": "9", "urgent": "maybe", "owner": "-1",
    }  # fmt: skip


def test_names_that_no_question_has_stay_to_be_refused_also_in_the_rows_of_tables() -> None:
    read_back = _read(("status", "CONVERTED"), ("rows.0.post", "CFO"), ("rows.0.admin", "1"), ("csrf_token", "x"))
    assert read_back == {"status": "CONVERTED", "rows": [{"post": "CFO", "admin": "1"}]}


def test_answers_open_questions_whose_answers_open_others() -> None:
    read_back = _read(("urgent", "true"), ("why", "law"), ("proof", "a letter"))
    assert read_back == {"urgent": True, "why": "law", "proof": "a letter"}
    assert [each.name for each in fields_of(SCHEMA, {}, read_back)][-2:] == ["why", "proof"]


def test_answers_to_questions_that_are_hidden_now_are_dropped() -> None:
    assert _read(("urgent", "false"), ("why", "law"), ("proof", "a letter")) == {"urgent": False}


def test_the_form_is_refreshed_by_the_questions_that_decide_what_is_asked() -> None:
    assert deciding(SCHEMA) == {"urgent", "why"}


def test_empty_rows_keep_their_place_only_while_the_form_is_shown_again() -> None:
    pairs = (("rows.0.post", "CFO"), ("rows.1.post", ""), ("rows.2.post", "CEO"), ("rows.2.loss", "3"))
    assert _read(*pairs)["rows"] == [{"post": "CFO"}, {"post": "CEO", "loss": 3_000_000}]
    assert _read(*pairs, keep_empty_rows=True)["rows"] == [{"post": "CFO"}, {}, {"post": "CEO", "loss": 3_000_000}]


def test_sections_hold_their_questions_and_the_last_one_those_that_none_names() -> None:
    ui = {
        "ui:order": ["amount", "title"],
        "ui:groups": [
            {"title": "Money", "x-title-zh": "金额", "fields": ["amount", "unknown"]},
            {"title": "Reasons", "fields": ["why"]},
        ],
    }
    groups = groups_of(ui, fields_of(SCHEMA, ui, {}))
    assert [group.title.zh if group.title else None for group in groups] == ["金额", None]
    assert [each.name for each in groups[0].fields] == ["amount"]
    assert groups[1].fields[0].name == "title"
