"""Trying the diagram that stands on the page, saved or not: a case in the sandbox, step by step."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import jsonify
from werkzeug.wrappers import Response

from engine.drafts import queries
from engine.errors import InvalidInput
from engine.interpreter import Program
from engine.sandbox import Act, Opened, Sandbox, open_files
from engine.service_tasks import catalogue
from handlers.organisation.roles import EDITORS
from webui.designer.pages import blueprint, body, text
from webui.i18n import say
from webui.runtime import reading
from webui.security import only

MOST_STEPS = 300
MOST_VALUES = 100
LONGEST_VALUE = 4_000


@blueprint.post("/<int:draft_id>/try")
@only(*EDITORS)
def attempt(draft_id: int) -> Response:
    """Play ``{"path", "content", "data", "steps"}`` from the start, each time anew: nothing is kept on the server.

    ``data`` is what the case begins with and what is answered where it is asked; each of ``steps`` names the task that
    is done (or nothing for whatever comes first); ``"finish": true`` goes on to the end. Returns every act with what
    ran, what is open and the data of the case, or ``problems`` when the diagram cannot be tried.
    """
    given = body()
    path, content = text(given, "path"), text(given, "content")
    with reading() as db:
        files = queries.files(db, queries.get(db, draft_id))
    files[path] = content.encode("utf-8", "replace")
    opened = _opened(tuple(sorted(files.items())))
    process = None if opened.program is None else main_process(opened.program, path)
    if opened.program is None or process is None:
        problems = [say(each.reason) for each in opened.findings if each.severity == "error"]
        return jsonify(acts=[], problems=problems)
    sandbox = Sandbox(opened.program, process, opened.catalogue, _data(given.get("data", {})))
    for element in _steps(given.get("steps", [])):
        sandbox.step(element=element)
    if given.get("finish") is True:
        sandbox.finish(MOST_STEPS)
    return jsonify(acts=[_told(each) for each in sandbox.acts], problems=[])


@lru_cache(maxsize=2)
def _opened(files: tuple[tuple[str, bytes], ...]) -> Opened:
    """Compile the files of a draft once for all the steps of a trial."""
    return open_files(dict(files), catalogue())


def main_process(program: Program, path: str) -> str | None:
    """Return the process of a file that is tried: one that people may start, or that nothing else in it calls."""
    mine = [each for each in program.processes.values() if each.file == path]
    called = {called for each in mine for called in program.called_by(each.id)}
    first = [each for each in mine if each.properties.get("start")] or [each for each in mine if each.id not in called]
    return next((each.id for each in [*first, *mine]), None)


def _data(given: object) -> Mapping[str, Any]:
    if not isinstance(given, dict) or len(given) > MOST_VALUES:
        raise InvalidInput(data="an object of values is needed")
    for value in given.values():
        known = value is None or isinstance(value, bool | int | float)
        if not known and not (isinstance(value, str) and len(value) <= LONGEST_VALUE):
            raise InvalidInput(data="values are texts, numbers, yes or no")
    return given


def _steps(given: object) -> list[str | None]:
    if not isinstance(given, list) or len(given) > MOST_STEPS:
        raise InvalidInput(steps="a list of tasks is needed")
    return [each if isinstance(each, str) else None for each in given]


def _told(act: Act) -> dict[str, Any]:
    return {
        "kind": act.kind,
        "element": act.element,
        "answers": {name: str(value) for name, value in act.answers.items()},
        "ran": list(act.ran),
        "flows": list(act.flows),
        "open": list(act.open),
        "data": {name: str(value) for name, value in act.data.items() if value is not None},
        "at": act.at.isoformat(),
        "how": act.how.replace(" ", "_"),
        "reason": act.reason,
    }
