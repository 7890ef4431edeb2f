"""The stories of a draft on its page: whether each went as told, where one left its path, what none of them takes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.drafts import queries, telling
from engine.drafts.records import Draft
from engine.scenarios.playing import Left
from engine.scenarios.results import Standing, Standings, standings
from engine.text import Text
from handlers.organisation.roles import EDITORS
from webui.drafts.elements import elements
from webui.drafts.pages import blueprint
from webui.i18n import say
from webui.releases import contents
from webui.runtime import current_actor, reading, room, transaction
from webui.security import only

TOLD, LEFT, WAITING, UNREAD = "told", "left", "waiting", "unread"


@dataclass(frozen=True, slots=True)
class Place:
    """An element of a diagram of the draft, with its name."""

    path: str
    element: str
    name: Text


@dataclass(frozen=True, slots=True)
class StoryRow:
    """One story in the list: where it left its path (``step`` of ``steps``), in words, and the elements to look at."""

    path: str
    title: Text
    state: str
    step: int = 0
    steps: int = 0
    said: str = ""
    places: list[Place] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stories:
    """What the page of a draft shows of its stories."""

    rows: list[StoryRow]
    is_played: bool
    is_going_on: bool
    problem: str
    missed: Mapping[str, list[str]]
    not_entered: list[str]
    titles: Mapping[str, Text]

    @property
    def failing(self) -> int:
        """How many left their path, or cannot be read."""
        return sum(each.state in {LEFT, UNREAD} for each in self.rows)

    @property
    def waiting(self) -> int:
        """How many were not played on what they are now."""
        return sum(each.state == WAITING for each in self.rows)

    @property
    def prove(self) -> bool:
        """Whether all went as told on exactly this content."""
        return not self.failing and not self.waiting


def stories_of(db: Session, draft: Draft, files: Mapping[str, bytes]) -> Stories:
    """Return how the stories of a draft, whose files are ``files``, stand."""
    found = standings(db, files)
    rows = [_row(each, files) for each in found.stories]
    rows += [StoryRow(path, Text(path, path), UNREAD, said=said) for path, said in found.problems.items()]
    rows.sort(key=lambda each: ([LEFT, UNREAD, WAITING, TOLD].index(each.state), each.path))
    is_played = not found.waiting and bool(found.stories)
    last = telling.last(db, draft.id)
    going_on = last is not None and last.ended_at is None
    is_alive = last is not None and going_on and telling.is_alive(db, last)
    return Stories(
        rows, is_played, is_alive, _problem(last.problem if last else None, going_on and not is_alive),
        found.missed if is_played else {}, found.not_entered if is_played else [], _titles(found, files),
    )  # fmt: skip


def _problem(problem: str | None, failed: bool) -> str:
    if failed:
        return gettext("The stories could not be played: an administrator sees why on the page Incidents.")
    words = {
        telling.ANOTHER_CONTENT: gettext("The draft was changed while its stories were played: play them again."),
        telling.CANNOT_RUN: gettext(
            "The stories cannot be played before the problems that prevent publishing are mended."
        ),
    }
    return str(words.get(problem or "", ""))


def _titles(found: Standings, files: Mapping[str, bytes]) -> dict[str, Text]:
    paths = {*found.missed, *found.not_entered}
    return {path: contents.title_in(files, path) for path in paths}


def _row(standing: Standing, files: Mapping[str, bytes]) -> StoryRow:
    story = standing.story
    if standing.result is None:
        return StoryRow(story.file, story.title, WAITING)
    if not standing.left:
        return StoryRow(story.file, story.title, TOLD)
    first = standing.left[0]
    places = _places(first, files, [path for path in standing.result.touched if path.endswith(".bpmn")])
    said = " ".join(_named(say(each.problem.said), places) for each in standing.left)
    return StoryRow(story.file, story.title, LEFT, first.step, len(story.steps), said, places)


def _places(left: Left, files: Mapping[str, bytes], touched: Collection[str]) -> list[Place]:
    """Return where the elements of a deviation are drawn: in the diagrams that the story came upon, else anywhere."""
    wanted = [each for each in dict.fromkeys([left.problem.element, *left.problem.open]) if each]
    drawn = [*touched, *(path for path in files if path.endswith(".bpmn") and path not in touched)]
    found = (_place(element, files, drawn) for element in wanted)
    return [each for each in found if each is not None]


def _place(element: str, files: Mapping[str, bytes], drawn: Collection[str]) -> Place | None:
    for path in drawn:
        named = elements(path, files[path]) if element.encode() in files[path] else {}
        if element in named:
            return Place(path, element, named[element])
    return None


def _named(said: str, places: Collection[Place]) -> str:
    """Return a sentence with the names of elements in the place of their ids."""
    for each in sorted(places, key=lambda place: -len(place.element)):
        said = said.replace(each.element, f"“{say(each.name)}”")
    return said


@blueprint.get("/<int:draft_id>/stories")
@only(*EDITORS)
def show_stories(draft_id: int) -> str:
    """Show the stories alone: the page asks for them again and again while they are played."""
    with reading() as db:
        draft = queries.get(db, draft_id)
        stories = stories_of(db, draft, queries.files(db, draft))
        contributors = queries.contributors(db, draft)
        may_publish = queries.is_approved(db, draft) and current_actor().user_id not in contributors
    return render_template(
        "drafts/stories.html", draft=draft, stories=stories, address_of=address_in(draft), may_publish=may_publish
    )


def address_in(draft: Draft) -> Callable[..., str]:
    """Return what gives the address of a file of the draft on its page, with elements or what no story takes marked."""

    def address(path: str, element: str = "", missed: str = "") -> str:
        return url_for("drafts.file", draft_id=draft.id, path=path, element=element or None, missed=missed or None)

    return address


@blueprint.post("/<int:draft_id>/stories")
@only(*EDITORS)
def play_stories(draft_id: int) -> Response:
    """Have the stories played that were not played on what they are now."""
    with transaction() as db:
        asked = telling.ask(db, draft_id, by=current_actor(), now=room().clock.now(), jobs=room().jobs)
    if asked is None:
        flash(gettext("Every story was played on exactly this content."), "done")
    return redirect(url_for(".show", draft_id=draft_id, _anchor="stories"))
