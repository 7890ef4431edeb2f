"""How a scenario is told: a YAML file with who does what, when, and what is then expected.

The files in the folder ``usual`` beside the scenarios, one per flow, hold the usual answers of each element, so that a
scenario says only what is particular to it. Values such as ``person:su_ran``, ``unit:hangzhou`` and ``record:other``
stand for ids, ``file:offer.txt`` for a file uploaded just now, ``day:-3`` and ``day:10`` for days before and after now.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.errors import InvalidInput
from engine.text import Text

USUAL = "usual"


class ScenarioError(InvalidInput):
    """A scenario cannot be read."""


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Name(_Told):
    """The name of a scenario in both languages."""

    en: str
    zh: str


class Step(_Told):
    """One step; exactly one of ``start``, ``do``, ``wait``, ``message``, ``follow`` and ``expect`` says what it is.

    ``start`` names a process, ``do`` an element whose open work item is completed, ``wait`` an ISO 8601 duration in
    calendar time, ``message`` a message that arrives from outside, ``follow`` a case of this scenario
    that started the one called ``case`` from here on, ``expect`` what must hold now.
    ``about`` is a part of the subject of the work item, where an element has several. With ``refused`` a rule must
    refuse the step, and this must stand in the reason.
    """

    case: str = "main"
    start: str | None = None
    do: str | None = None
    wait: str | None = None
    message: str | None = None
    follow: str | None = None
    expect: Expected | None = None
    by: str | None = Field(default=None, alias="as")
    unit: str | None = None
    answers: dict[str, Any] = {}
    without: list[str] = []
    about: str = ""
    refused: str | None = None


class Expected(_Told):
    """What must hold: the record's status, whether the case has ended, which elements are open, facts."""

    status: str | None = None
    ended: bool | None = None
    open: list[str] | None = None
    data: dict[str, Any] = {}


class Scenario(_Told):
    """One example case."""

    file: str
    name: Name
    at: datetime
    steps: list[Step]

    @property
    def title(self) -> Text:
        """The name for people."""
        return Text(self.name.en, self.name.zh)


Step.model_rebuild()


def read(files: Mapping[str, bytes]) -> tuple[list[Scenario], dict[str, dict[str, Any]]]:
    """Return the scenarios in ``files`` (content by path), and the usual answers by element.

    Raises ``ScenarioError`` that names the file and the place.
    """
    usual: dict[str, dict[str, Any]] = {}
    found = []
    for file, content in sorted(files.items()):
        try:
            told = yaml.safe_load(content.decode())
            if USUAL in file.split("/")[:-1]:
                _add_usual(usual, told)
            else:
                found.append(Scenario.model_validate({**told, "file": file}))
        except (yaml.YAMLError, UnicodeDecodeError, ValidationError, TypeError) as error:
            raise ScenarioError(file=file, problem=str(error)) from error
    return found, usual


def _add_usual(usual: dict[str, dict[str, Any]], told: Mapping[str, dict[str, Any]]) -> None:
    """Add the usual answers of one file; an element may stand in one file only."""
    if twice := usual.keys() & told.keys():
        raise TypeError(f"the usual answers of {', '.join(sorted(twice))} stand in two files")
    usual.update(told)
