"""Stories as part of the gate: played in the background, only where something changed; publishing waits for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from engine.clock import FixedClock
from engine.database import sessions, transaction
from engine.directory import Actor
from engine.drafts import operations, publishing, reviewing, telling
from engine.drafts.records import StoryPlay
from engine.drafts.refusals import DraftNotOpen, StoriesMissing
from engine.errors import Fault, ReleaseRefused
from engine.jobs.draining import drain
from engine.jobs.queue import DurableQueue
from engine.jobs.records import DONE, STORIES, WAITING, Job
from engine.releases import queries as releases
from engine.room import EngineRoom
from engine.scenarios.playing import Left, Problem
from engine.scenarios.results import KEPT, Told, keep, standings
from engine.scenarios.stories import read_each
from engine.scenarios.touched import keys, touched
from engine.text import Text
from tests.cast import MAX, OUYANG
from tests.diagrams import Diagram, chain, form


def story(process: str, answer: int = 1) -> bytes:
    return (
        f"name: {{en: About {process}, zh: 关于}}\nat: 2026-03-02T09:00:00+08:00\n"
        f"steps:\n  - {{start: {process}, as: anrui, answers: {{a: {answer}}}}}\n"
    ).encode()


def other(days: int = 1) -> dict[str, bytes]:
    drawn = Diagram("other").start().task("work", "ar", form="asked", due=f"P{days}D").end()
    return {**drawn.line("begin", "work", "done").file(), **form("asked", {"properties": {"a": {"type": "integer"}}})}


FILES = {
    **chain(2),
    **other(),
    "scenarios/chain.yaml": story("chain"),
    "scenarios/other.yaml": story("other"),
}
LOST = Left(1, Problem(Text("step_2 is not open", "step_2 没有打开"), "step_2", ("step_1",)))


class Stage:
    """Plays nothing, and tells what it was told to: each story enters the process of its name."""

    def __init__(self) -> None:
        self.played: list[list[str]] = []
        self.failing: set[str] = set()
        self.breaks_after: int | None = None
        self.meanwhile: Callable[[], object] | None = None
        self.cannot_run = False

    def play(self, files: Mapping[str, bytes], stories: Sequence[str]) -> Iterator[Told]:
        assert all(each in files for each in stories)
        self.played.append(list(stories))
        if self.cannot_run:
            raise ReleaseRefused([])
        for number, each in enumerate(stories):
            if number == self.breaks_after:
                raise Fault(problem="broken off")
            if self.meanwhile is not None:
                self.meanwhile()
            process = each.removeprefix("scenarios/").removesuffix(".yaml")
            yield Told(each, [LOST] if each in self.failing else [], {process: ["begin_to_step_1"]}, 5)

    def stop(self) -> None:
        raise AssertionError("nobody stops this worker")


class Desk:
    """A draft and those who work on it, each act in a transaction of its own as in a request."""

    def __init__(self, factory: sessionmaker[Session], clock: FixedClock, room: EngineRoom) -> None:
        self.stage = Stage()
        errands = {STORIES: telling.PlayStories(self.stage)}
        self.factory, self.clock = factory, clock
        self.room = replace(room, jobs=DurableQueue(clock), errands=errands)
        with transaction(factory) as session:
            base = releases.current(session)
        self.draft = self.do(operations.open_draft, title="Shorter", base=base).id
        self.versions: dict[str, int] = {}

    def do(self, operation: Callable[..., object], *given: object, by: Actor = OUYANG, **more: object) -> object:
        with transaction(self.factory) as session:
            return operation(session, *given, by=by, now=self.clock.now(), **more)

    def save(self, path: str, content: bytes) -> None:
        version = self.versions.get(path, 0)
        self.versions[path] = self.do(operations.save_file, self.draft, path, content, version=version)

    def ask(self) -> StoryPlay | None:
        return self.do(telling.ask, self.draft, jobs=self.room.jobs)

    def play(self) -> list[str]:
        """Ask for the stories, do the work; return which were played."""
        before = len(self.stage.played)
        self.ask()
        drain(self.room, self.factory)
        return [each for played in self.stage.played[before:] for each in played]

    def approve(self) -> None:
        self.do(reviewing.ask, self.draft)
        self.do(reviewing.decide, self.draft, "approved", "", by=MAX)

    def publish(self) -> None:
        self.do(publishing.publish, self.draft, by=MAX)

    def last(self) -> StoryPlay:
        with transaction(self.factory) as session:
            found = telling.last(session, self.draft)
        assert found is not None
        return found

    def jobs(self) -> list[Job]:
        with transaction(self.factory) as session:
            return list(session.scalars(sa.select(Job).order_by(Job.id)))


@pytest.fixture
def desk(factory: sessionmaker[Session], clock: FixedClock, room: EngineRoom, deploy: Callable[..., int]) -> Desk:
    deploy(FILES)
    return Desk(factory, clock, room)


def test_publishing_waits_until_every_story_was_played_on_exactly_this_and_went_as_told(desk: Desk) -> None:
    desk.save("chain.bpmn", chain(3)["chain.bpmn"])
    desk.approve()
    with pytest.raises(StoriesMissing) as refused:
        desk.publish()
    assert (refused.value.failing, len(refused.value.waiting)) == ([], 2)
    first = desk.ask()
    again = desk.ask()
    assert first is not None
    assert again is not None
    assert (first.id, len(desk.jobs())) == (again.id, 1), "it cannot be started twice at once"
    desk.stage.failing = {"scenarios/chain.yaml"}
    assert desk.play() == ["scenarios/chain.yaml", "scenarios/other.yaml"]
    assert desk.jobs()[0].status == DONE
    assert desk.last().ended_at is not None
    with pytest.raises(StoriesMissing) as refused:
        desk.publish()
    assert (refused.value.failing, refused.value.waiting) == (["scenarios/chain.yaml"], [])
    with transaction(desk.factory) as session:
        found = standings(session, FILES | {"chain.bpmn": chain(3)["chain.bpmn"]})
        assert [each.left for each in found.stories] == [[LOST], []]
        assert found.missed == {"chain.bpmn": ["begin_to_step_1"], "other.bpmn": ["begin_to_step_1"]}
    desk.do(reviewing.reopen, desk.draft)
    desk.save("chain.bpmn", chain(4)["chain.bpmn"])
    desk.stage.failing = set()
    assert desk.play() == ["scenarios/chain.yaml"], "the other touches nothing that changed"
    desk.approve()
    desk.publish()
    with pytest.raises(DraftNotOpen):
        desk.ask()


def test_only_what_touches_a_change_is_played_again(desk: Desk) -> None:
    both = ["scenarios/chain.yaml", "scenarios/other.yaml"]
    assert desk.play() == both
    assert desk.ask() is None
    desk.save("other.bpmn", other(5)["other.bpmn"])
    assert desk.play() == [both[1]]
    desk.save(
        "forms/asked.schema.json", form("asked", {"properties": {"b": {"type": "string"}}})["forms/asked.schema.json"]
    )
    assert desk.play() == [both[1]], "a form that its diagram names"
    desk.save("forms/asked.ui.json", b'{"ui:order": ["*"]}')
    assert desk.play() == [], "how a form looks changes no way"
    desk.save("other.bpmn", other(1)["other.bpmn"])
    desk.save("forms/asked.schema.json", FILES["forms/asked.schema.json"])
    assert desk.play() == [], "taken back: that was played before"
    desk.save("scenarios/chain.yaml", story("chain", 2))
    assert desk.play() == [both[0]]
    desk.save("scenarios/usual/all.yaml", b"never_done: {a: 1}")
    assert desk.play() == [], "nobody asks for these usual answers"
    desk.save("third.bpmn", Diagram("third").start(message="third.begins").end().line("begin", "done").xml())
    assert desk.play() == both, "a message may now start something in any story"
    desk.save("scenarios/third.yaml", story("third"))
    assert desk.play() == ["scenarios/third.yaml"], "a draft brings stories of its own"
    with transaction(sessions(desk.factory.kw["bind"], ZoneInfo("Pacific/Auckland"))) as session:
        waiting = standings(session, FILES).waiting
    assert [each.story.file for each in waiting] == both, "days begin at other hours in another zone"


def test_a_story_is_another_one_when_a_name_that_its_form_asks_sometimes_is_set_elsewhere_too() -> None:
    """Where the form does not ask for it, it leaves alone from now on what it took back before."""
    asked = {
        "properties": {"way": {"type": "string"}},
        "if": {"properties": {"way": {"const": "a"}}, "required": ["way"]},
        "then": {"properties": {"reason": {"type": "string"}}},
    }

    def keys_beside(name: str) -> Mapping[str, str]:
        calling = Diagram("calling").start().task("before", "ar", form="before").call("inside", "other").end()
        files = {**FILES, **form("asked", asked), **form("before", {"properties": {name: {"type": "string"}}})}
        files |= calling.line("begin", "before", "inside", "done").file()
        told = read_each(files)
        return keys(files, told.stories, told.usual, ZoneInfo("Asia/Shanghai"))

    assert keys_beside("note") == keys_beside("remark") != keys_beside("reason")


def test_a_release_is_played_ahead_until_somebody_asks_for_the_stories_of_a_draft(desk: Desk) -> None:
    both = ["scenarios/chain.yaml", "scenarios/other.yaml"]

    def draw_and_ask() -> None:
        desk.save("chain.bpmn", chain(3)["chain.bpmn"])
        desk.stage.meanwhile = None
        desk.ask()

    def ahead() -> None:
        with transaction(desk.factory) as session:
            telling.play_ahead(session, releases.current(session).id, jobs=desk.room.jobs)
        drain(desk.room, desk.factory)
        desk.clock.set(desk.clock.now() + telling.AHEAD_AFTER)

    desk.stage.meanwhile = draw_and_ask
    ahead()
    assert desk.stage.played == []
    drain(desk.room, desk.factory)
    assert desk.stage.played == [both, both], "the draft's own went first, and the first of the release was no loss"
    ahead()
    drain(desk.room, desk.factory)
    assert desk.stage.played == [both, both], "everything is known"
    desk.save("chain.bpmn", chain(2)["chain.bpmn"])
    assert desk.play() == []


def test_what_was_broken_off_goes_on_where_it_stopped(desk: Desk) -> None:
    desk.stage.breaks_after = 1
    assert desk.play() == ["scenarios/chain.yaml", "scenarios/other.yaml"]
    [job] = desk.jobs()
    assert (job.status, job.tries) == (WAITING, 2)
    assert desk.last().ended_at is None
    assert desk.ask().id == desk.last().id  # type: ignore[union-attr]
    desk.stage.breaks_after = None
    desk.clock.set(job.due_at)
    drain(desk.room, desk.factory)
    assert desk.stage.played[-1] == ["scenarios/other.yaml"]
    assert desk.last().ended_at is not None


def test_a_draft_that_changes_meanwhile_is_played_anew_and_nothing_known_is_lost(desk: Desk) -> None:
    desk.ask()
    desk.save("chain.bpmn", chain(3)["chain.bpmn"])
    drain(desk.room, desk.factory)
    assert (desk.stage.played, desk.last().problem) == ([], telling.ANOTHER_CONTENT)
    desk.ask()

    def change() -> None:
        desk.save("chain.bpmn", chain(4)["chain.bpmn"])
        desk.stage.meanwhile = None
        desk.ask()

    desk.stage.meanwhile = change
    drain(desk.room, desk.factory)
    assert desk.stage.played == [
        ["scenarios/chain.yaml", "scenarios/other.yaml"],
        ["scenarios/chain.yaml", "scenarios/other.yaml"],
    ]
    assert desk.last().problem is None
    desk.save("chain.bpmn", chain(3)["chain.bpmn"])
    assert desk.play() == [], "the first story was told before the play was given up"


def test_diagrams_that_cannot_run_end_the_play_with_that_reason(desk: Desk) -> None:
    desk.stage.cannot_run = True
    desk.play()
    assert desk.last().problem == telling.CANNOT_RUN
    assert desk.jobs()[0].status == DONE


def test_results_of_long_ago_are_forgotten(desk: Desk) -> None:
    with transaction(desk.factory) as session:
        for length in range(2, KEPT + 5):
            keep(
                session, chain(length), "key", Told("scenarios/chain.yaml", [], {"chain": []}, 1), now=desk.clock.now()
            )
    with transaction(desk.factory) as session:
        kept = session.scalar(sa.text("SELECT count(*) FROM story_result"))  # type: ignore[call-overload]
    assert kept == KEPT


def test_a_story_depends_on_the_tables_and_forms_that_its_diagrams_name() -> None:
    files = {
        "a.bpmn": other()["other.bpmn"].replace(b'id="work"', b'id="work" calledDecision="tier"'),
        "decisions/x.dmn": b'<definitions><decision id="tier"/></definitions>',
        "decisions/y.dmn": b'<definitions><decision id="other_table"/></definitions>',
        **other(),
    }
    assert touched(files, ["other"]) == {"other.bpmn", "forms/asked.schema.json"}
    del files["other.bpmn"]
    assert touched(files, ["other"]) == {"a.bpmn", "forms/asked.schema.json", "decisions/x.dmn"}
