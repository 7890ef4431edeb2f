"""How the stories of a set of files went, as far as they were played on exactly what they touch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine.database import zone_of
from engine.releases import contents
from engine.scenarios.playing import Left, Problem
from engine.scenarios.records import StoryResult
from engine.scenarios.stories import Scenario, read_each
from engine.scenarios.touched import diagrams, keys, touched
from engine.text import Text

KEPT = 12
"""How many results of a story are kept: of drafts that change the same diagrams side by side, and of the way back."""


@dataclass(frozen=True, slots=True)
class Told:
    """How one story went, as whoever played it tells: where it left its path, and what it missed of each process."""

    story: str
    left: list[Left]
    missed: Mapping[str, list[str]]
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A story and how it went; ``result`` is ``None`` as long as it was not played on what it is now."""

    story: Scenario
    key: str
    result: StoryResult | None

    @property
    def left(self) -> list[Left]:
        """Where it left its path."""
        return [] if self.result is None else [_left(each) for each in self.result.left]


@dataclass(frozen=True, slots=True)
class Standings:
    """All stories of a set of files. ``problems`` says of files why they cannot be read.

    ``missed`` gives the flows and boundary events that no story takes, by the file of the diagram; ``not_entered`` the
    files of which some process is entered by none.
    """

    stories: list[Standing]
    problems: Mapping[str, str] = field(default_factory=dict)
    missed: Mapping[str, list[str]] = field(default_factory=dict)
    not_entered: list[str] = field(default_factory=list)

    @property
    def waiting(self) -> list[Standing]:
        """Those that have to be played."""
        return [each for each in self.stories if each.result is None]

    @property
    def failing(self) -> list[Standing]:
        """Those that leave their path."""
        return [each for each in self.stories if each.left]


def standings(session: Session, files: Mapping[str, bytes]) -> Standings:
    """Return how the stories of ``files`` stand, in one statement."""
    told = read_each(files)
    key_of = keys(files, told.stories, told.usual, zone_of(session))
    hashes = {path: contents.sha256(content) for path, content in files.items()}
    rows = session.scalars(
        sa.select(StoryResult).where(StoryResult.key.in_(set(key_of.values()))).order_by(StoryResult.id)
    )
    fitting = {row.key: row for row in rows if all(hashes.get(path) == sha for path, sha in row.touched.items())}
    stories = [Standing(each, key_of[each.file], fitting.get(key_of[each.file])) for each in told.stories]
    missed, not_entered = _missed(files, stories)
    return Standings(stories, told.problems, missed, not_entered)


def _missed(files: Mapping[str, bytes], stories: list[Standing]) -> tuple[dict[str, list[str]], list[str]]:
    """Return what none of the stories takes, by file, and the files of which a process is not entered."""
    by_process: dict[str, set[str]] = {}
    for each in stories:
        for process, parts in (each.result.missed if each.result else {}).items():
            by_process[process] = by_process.get(process, set(parts)) & set(parts)
    missed: dict[str, list[str]] = {}
    not_entered = []
    for process, path in diagrams(files).items():
        if process not in by_process:
            not_entered.append(path)
        elif by_process[process]:
            missed.setdefault(path, []).extend(sorted(by_process[process]))
    return missed, sorted(set(not_entered))


def keep(session: Session, files: Mapping[str, bytes], key: str, told: Told, *, now: datetime) -> StoryResult:
    """Write down how the story ``key`` of ``files`` went; the oldest results of the same story are forgotten."""
    paths = touched(files, told.missed)
    result = StoryResult(
        key=key,
        story=told.story,
        touched={path: contents.sha256(files[path]) for path in sorted(paths)},
        left=[asdict(each) for each in told.left],
        missed={process: sorted(parts) for process, parts in told.missed.items()},
        milliseconds=told.milliseconds,
        at=now,
    )
    session.add(result)
    session.flush()
    newest = sa.select(StoryResult.id).where(StoryResult.key == key).order_by(StoryResult.id.desc()).limit(KEPT)
    kept = list(session.scalars(newest))
    session.execute(sa.delete(StoryResult).where(StoryResult.key == key, StoryResult.id < min(kept)))
    return result


def _left(kept: Mapping[str, Any]) -> Left:
    problem = kept["problem"]
    return Left(kept["step"], Problem(Text(**problem["said"]), problem["element"], tuple(problem["open"])))
