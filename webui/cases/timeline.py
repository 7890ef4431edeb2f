"""The story of a case in sentences: who did what and when, what was answered, what the system did meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy.orm import Session

from engine import errors
from engine.errors import NotFound
from engine.inbox.attachments import of_instance
from engine.inbox.records import Attachment
from engine.instances.queries import Event
from engine.instances.records import ProcessInstance
from engine.interpreter import Element, Program
from engine.text import Text
from handlers.organisation import queries as organisation
from handlers.organisation.roles import name_of
from webui.cases.kinds import kind_of
from webui.errors import sentence_for
from webui.forms.pages import schemas
from webui.forms.shown import Names, Shown, names, shown
from webui.i18n import language, say

HUMAN = frozenset({"userTask", "manualTask"})
AUTOMATIC = frozenset({"serviceTask", "businessRuleTask", "scriptTask", "sendTask"})


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the story. ``quiet`` lines are what the system did: shown small, folded together.

    ``task`` is the id of the element that was answered.
    """

    at: datetime
    who: str
    words: str
    icon: str
    answers: Sequence[Shown] = ()
    status: Text | None = None
    quiet: bool = False
    task: str = ""


@dataclass(slots=True)
class Story:
    """The lines in order, and the files of the case."""

    moments: list[Moment] = field(default_factory=list)
    files: list[Attachment] = field(default_factory=list)
    names: Names = field(default_factory=Names)

    def known(self) -> list[Moment]:
        """Return the latest answers to each task, the newest first."""
        latest = {moment.task: moment for moment in self.moments if moment.answers}
        return sorted(latest.values(), key=self.moments.index, reverse=True)

    def groups(self) -> Iterator[list[Moment]]:
        """Yield lines of people one by one, and what the system did in between together."""
        together: list[Moment] = []
        for moment in self.moments:
            if moment.quiet:
                together.append(moment)
                continue
            if together:
                yield together
                together = []
            yield [moment]
        if together:
            yield together


def tell(session: Session, program: Program, instance: ProcessInstance, events: Sequence[Event]) -> Story:
    """Return the story of a case in the language of the page; the names of people cost one statement."""
    files = of_instance(session, instance.id)
    people = organisation.names(session, _people(events), language())
    given = [
        (*schemas(program, event.submission.form, _ui_form(program, event)), event.submission.answers)
        for event in events
        if event.submission is not None and event.submission.form
    ]
    known = names(session, given, files)
    story = Story(files=files, names=known)
    for event in events:
        moment = _Teller(program, instance, people, known).moment(event)
        if moment is not None:
            story.moments.append(moment)
    return story


def _people(events: Sequence[Event]) -> set[int]:
    found = {event.entry.by for event in events if event.entry.by is not None}
    details = [event.entry.detail for event in events if event.entry.detail]
    return found | {each[name] for each in details for name in ("from", "to") if isinstance(each.get(name), int)}


def _ui_form(program: Program, event: Event) -> str | None:
    return program.element(event.entry.process_id, event.entry.element).properties.get("formUiSchemaFilename")


class _Teller:
    """Makes the sentence for one line of the journal."""

    def __init__(
        self, program: Program, instance: ProcessInstance, people: Mapping[int, str], known: Names
    ) -> None:  # fmt: skip
        self._program, self._instance, self._people, self._known = program, instance, people, known

    def moment(self, event: Event) -> Moment | None:
        """Return the line, or ``None`` for what only the diagram needs to know."""
        entry = event.entry
        element = self._element(entry.process_id, entry.element)
        teller: Callable[[Event, Element | None], Moment | None] | None = getattr(self, f"_{entry.event}", None)
        return teller(event, element) if teller is not None else None

    def _element(self, process_id: str, element_id: str) -> Element | None:
        try:
            return self._program.element(process_id, element_id)
        except NotFound:
            return None

    def _say(
        self,
        event: Event,
        words: str,
        icon: str,
        element: Element | None = None,
        *,
        by_system: bool = False,
        **more: Any,
    ) -> Moment:
        status, kind = None, kind_of(self._instance.record_type)
        if element is not None and kind is not None:
            status = kind.statuses.get(element.properties.get("status", ""))
        by = None if by_system else event.entry.by
        who = self._people.get(by, "") if by is not None else ""
        return Moment(event.entry.at, who, words, icon, status=status, **more)

    def _started(self, event: Event, element: Element | None) -> Moment | None:
        if element is not None and element.kind == "process" and element.id == self._instance.process_id:
            return self._say(event, gettext("began this case"), "start")
        return None

    def _entered(self, event: Event, element: Element | None) -> Moment | None:
        if element is None or element.kind not in HUMAN or not element.properties.get("status"):
            return None
        return self._say(
            event, gettext("%(task)s began to wait", task=_name(element)), "clock", element, by_system=True, quiet=True
        )

    def _completed(self, event: Event, element: Element | None) -> Moment | None:
        if element is None:
            return None
        if element.kind in HUMAN:
            return self._say(event, _name(element), "done", answers=self._answers(event), task=element.id)
        if element.kind in AUTOMATIC and element.name:
            return self._say(event, _name(element), "history", element, by_system=True, quiet=True)
        if element.kind == "endEvent" and element.process_id == self._instance.process_id:
            return self._say(
                event, gettext("The case ended: %(how)s", how=_name(element)), "done", element, by_system=True
            )
        if element.kind == "intermediateCatchEvent" and element.name:
            return self._say(event, _name(element), "clock", element, by_system=True, quiet=True)
        return None

    def _answers(self, event: Event) -> list[Shown]:
        if event.submission is None or not event.submission.form:
            return []
        schema, ui = schemas(self._program, event.submission.form, _ui_form(self._program, event))
        return shown(schema, ui, event.submission.answers, self._known)

    def _fired(self, event: Event, element: Element | None) -> Moment | None:
        name = _name(element) if element is not None else ""
        return self._say(event, name or gettext("A time limit passed"), "clock", element)

    def _failed(self, event: Event, element: Element | None) -> Moment | None:
        name = _name(element) if element is not None else event.entry.element
        return self._say(event, gettext("%(step)s could not be done", step=name), "warning", element)

    def _cancelled(self, event: Event, element: Element | None) -> Moment | None:
        reason = (event.entry.detail or {}).get("reason")
        if reason:
            return self._say(event, gettext("cancelled the case: %(reason)s", reason=reason), "warning")
        if element is not None and element.kind in HUMAN:
            words = gettext("%(task)s was no longer needed", task=_name(element))
            return self._say(event, words, "history", by_system=True, quiet=True)
        return None

    def _refused(self, event: Event, element: Element | None) -> Moment | None:
        """Tell of an attempt that left the case as it was; a question left open is nothing to tell colleagues."""
        detail = event.entry.detail or {}
        if detail.get("error") == errors.InvalidAnswers.__name__:
            return None
        kind = getattr(errors, detail.get("error", ""), errors.InvalidInput)
        reason = str(sentence_for(kind).title)
        if "reason_en" in detail:
            reason = say(Text(detail["reason_en"], detail.get("reason_zh", "")))
        what = detail.get("message") or _name(element)
        words = gettext("tried %(what)s, which was refused: %(reason)s", what=what, reason=reason)
        return self._say(event, words, "warning", quiet=True)

    def _message(self, event: Event, _element: Element | None) -> Moment:
        name = (event.entry.detail or {}).get("message", event.entry.element)
        return self._say(event, gettext("The message %(name)s arrived", name=name), "inbox", quiet=True)

    def _claimed(self, event: Event, element: Element | None) -> Moment:
        return self._say(event, gettext("claimed %(task)s", task=_name(element)), "claim", quiet=True)

    def _released(self, event: Event, element: Element | None) -> Moment:
        return self._say(event, gettext("gave back %(task)s", task=_name(element)), "release", quiet=True)

    def _transferred(self, event: Event, element: Element | None) -> Moment:
        detail = event.entry.detail or {}
        words = gettext(
            "handed %(task)s to %(person)s: %(reason)s",
            task=_name(element),
            person=self._people.get(detail.get("to", 0), "?"),
            reason=detail.get("reason", ""),
        )
        return self._say(event, words, "people")

    def _team_changed(self, event: Event, _element: Element | None) -> Moment:
        detail = event.entry.detail or {}
        words = gettext(
            "put %(person)s in place of %(former)s as %(role)s: %(reason)s",
            person=self._people.get(detail.get("to", 0), "?"),
            former=self._people.get(detail.get("from", 0), "?"),
            role=say(name_of(detail.get("role", ""))),
            reason=detail.get("reason", ""),
        )
        return self._say(event, words, "people")


def _name(element: Element | None) -> str:
    return say(Text(element.name, element.label_zh)) if element is not None else ""
