"""Asking a decision table that stands on the page, saved or not, with values that somebody typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import jsonify
from flask_babel import gettext
from werkzeug.wrappers import Response

from engine.errors import ExpressionError, InvalidInput, NoRuleMatched, RulesOverlap
from engine.interpreter import expressions
from engine.interpreter.decisions import DecisionTable
from engine.interpreter.tables import read_tables
from engine.text import Text
from handlers.organisation.roles import EDITORS
from webui.designer.pages import blueprint, body, text
from webui.i18n import say
from webui.security import only

MOST_VALUES = 200
LONGEST_VALUE = 1_000


@blueprint.post("/decide")
@only(*EDITORS)
def decide() -> Response:
    """Ask ``{"content", "data"}``: which names the table reads, which rows fit, what it answers or why it does not.

    ``rows`` are the ids of the rows that fit; ``problem`` is a sentence in the reader's language, or nothing.
    """
    given = body()
    content, data = text(given, "content"), _values(given.get("data"))
    tables, findings = read_tables("", content.encode("utf-8", "replace"))
    if not tables:
        problem = "; ".join(say(each.reason) for each in findings)
        return jsonify(names=[], rows=[], answer={}, problem=problem)
    table = tables[0]
    return jsonify(names=_names(table), **_answer(table, data))


def _values(given: object) -> Mapping[str, Any]:
    if not isinstance(given, dict) or len(given) > MOST_VALUES:
        raise InvalidInput(data="an object of values is needed")
    for value in given.values():
        known = value is None or isinstance(value, bool | int | float)
        if not known and not (isinstance(value, str) and len(value) <= LONGEST_VALUE):
            raise InvalidInput(data="values are texts, numbers, yes or no")
    return given


def _names(table: DecisionTable) -> list[dict[str, str]]:
    """Return every name that the input columns read, called like the first column that reads it."""
    found: dict[str, dict[str, str]] = {}
    for column in table.inputs:
        for name in sorted(expressions.names_read(column.expression)):
            kind = column.type if name == column.expression else "string"
            found.setdefault(name, {"name": name, "label": column.label, "type": kind})
    return list(found.values())


def _answer(table: DecisionTable, data: Mapping[str, Any]) -> dict[str, Any]:
    rows: list[str] = []
    try:
        rows = table.fitting(data)
        answer = {
            name: each.isoformat() if isinstance(each, date) else each for name, each in table.decide(data).items()
        }
    except NoRuleMatched:
        return {"rows": rows, "answer": {}, "problem": gettext("No row fits, and not every output has a default.")}
    except RulesOverlap:
        return {"rows": rows, "answer": {}, "problem": gettext("Several rows fit, but the table allows only one.")}
    except ExpressionError as error:
        why = Text(str(error.data.get("reason", "")), str(error.data.get("reason_zh", "")))
        return {
            "rows": rows,
            "answer": {},
            "problem": gettext("A value cannot be compared: %(reason)s", reason=say(why)),
        }
    return {"rows": rows, "answer": answer, "problem": ""}
