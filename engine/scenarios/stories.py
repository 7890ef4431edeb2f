"""How a scenario is told: a YAML file with who does what, when, and what is then expected.

The files in the folder ``usual`` beside the scenarios, one per flow, hold the usual answers of each element, so that a
scenario says only what is particular to it. Values such as ``person:su_ran``, ``unit:hangzhou`` and ``record:other``
stand for ids, ``file:offer.txt`` for a file uploaded just now, ``day:-3`` and ``day:10`` for days before and after now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.errors import InvalidInput
from engine.text import Text

USUAL = "usual"
_KEPT = 512
"""How many files are kept as they were read."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Ten times as fast where LibYAML is there."""
DEEPEST = 40
"""How deep the lists and fields of a story may be nested; ours need eight."""


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
    """One example case; it begins ``at`` and is played where the company works, unless it names its own ``zone``."""

    file: str
    name: Name
    at: datetime
    zone: ZoneInfo | None = None
    steps: list[Step]

    @property
    def title(self) -> Text:
        """The name for people."""
        return Text(self.name.en, self.name.zh)


Step.model_rebuild()


@dataclass(frozen=True, slots=True)
class Told:
    """What a set of files tells: the stories, the usual answers by element, and what cannot be read, by file."""

    stories: list[Scenario]
    usual: dict[str, dict[str, Any]]
    problems: dict[str, str]


def read(files: Mapping[str, bytes]) -> tuple[list[Scenario], dict[str, dict[str, Any]]]:
    """Return the scenarios in ``files`` (content by path), and the usual answers by element.

    Raises ``ScenarioError`` that names the file and the place.
    """
    told = read_each(files)
    for file, problem in told.problems.items():
        raise ScenarioError(file=file, problem=problem)
    return told.stories, told.usual


def read_each(files: Mapping[str, bytes]) -> Told:
    """Return what can be read of ``files``, and why the others cannot; other files than stories are left out."""
    told = Told([], {}, {})
    for file, content in sorted(files.items()):
        if not is_story(file) and not is_usual(file):
            continue
        try:
            if is_usual(file):
                _add_usual(told.usual, _parsed(content))
            else:
                told.stories.append(_scenario(file, content))
        except (
            yaml.YAMLError,
            UnicodeDecodeError,
            ValidationError,
            TypeError,
            AttributeError,
            RecursionError,
        ) as error:
            told.problems[file] = str(error)
    return told


def is_story(file: str) -> bool:
    """Return whether a file of a release tells a story."""
    return file.endswith(".yaml") and USUAL not in file.split("/")[:-1]


def is_usual(file: str) -> bool:
    """Return whether a file of a release holds usual answers."""
    return file.endswith(".yaml") and USUAL in file.split("/")[:-1]


@lru_cache(maxsize=_KEPT)
def _scenario(file: str, content: bytes) -> Scenario:
    return Scenario.model_validate({**_parsed(content), "file": file})


@lru_cache(maxsize=_KEPT)
def _parsed(content: bytes) -> Any:
    text = content.decode()
    _must_be_flat(text)
    return yaml.load(text, _LOADER)  # noqa: S506 - the loader is the safe one


def _must_be_flat(text: str) -> None:
    """Refuse what would take the process down before anybody could say what is wrong with it.

    LibYAML builds nested nodes on the C stack, which ends without a word when it is full; repetitions of what repeats
    something itself grow without bound once they are written out.
    """
    depth, named = 0, 0  # how many nodes are open around this one, and how many of them since the first with a name
    for event in yaml.parse(text, _LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            named += bool(named or event.anchor)
            if depth > DEEPEST:
                raise yaml.YAMLError(f"{_line(event)}: nested more than {DEEPEST} deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
            named -= bool(named)
        elif isinstance(event, yaml.AliasEvent) and named:
            raise yaml.YAMLError(f"{_line(event)}: what is repeated repeats something itself")


def _line(event: yaml.Event) -> str:
    return f"line {event.start_mark.line + 1}" if event.start_mark else "somewhere"


def _add_usual(usual: dict[str, dict[str, Any]], told: Mapping[str, dict[str, Any]]) -> None:
    """Add the usual answers of one file; an element may stand in one file only."""
    if not all(isinstance(answers, dict) for answers in told.values()):
        raise TypeError("usual answers are a list of fields for each element")
    if twice := usual.keys() & told.keys():
        raise TypeError(f"the usual answers of {', '.join(sorted(twice))} stand in two files")
    usual.update(told)
