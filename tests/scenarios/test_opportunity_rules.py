"""What the opportunity flow refuses, on the shipped diagrams with the people of the demo company."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from engine.database import reading, transaction, zone_of
from engine.directory import group_key
from engine.errors import RuleRefused, WorkItemNotFound
from engine.inbox.records import WorkItem
from engine.instances import operations as instances
from engine.instances.records import ProcessInstance
from engine.instances.sending import sendable
from engine.releases.operations import read_folder
from engine.scenarios import play, read
from engine.settings import Settings
from handlers.deciding import queries as decided
from handlers.opportunity import queries
from handlers.organisation import operations as organisation
from handlers.organisation import queries as people
from webui.scenarios import DemoWorld, demo_world

PROCESSES = Path(__file__).parent.parent.parent / "processes"
FILES = read_folder(PROCESSES)
ZONE, NEW_YORK = Settings.from_environment({"LTC_DATA": "var"}).zone, ZoneInfo("America/New_York")
_, USUAL = read({path: content for path, content in FILES.items() if path.startswith("scenarios/usual/")})
STORY = """
name: {en: A key opportunity, zh: 重点商机}
at: 2026-04-27T09:30:00+08:00
steps:
  - {start: opportunity, as: anrui, unit: sh-manufacturing, do: understand_opportunity,
     answers: {expected_amount: 800000000, customer: 东麟汽车零部件有限公司}}
  - {do: fit_solution_check, answers: {fit_solution: with_conditions, gaps: 没有排程接口,
     actions: [{text: 补排程接口, owner_id: "person:suran", due_on: "2026-05-08"}]}}
  - {do: fit_delivery_check}
  - {do: fit_commercial_check}
"""


class Desk:
    """Completes the work items of one case as whoever is named."""

    def __init__(self, world: DemoWorld, instance_id: int) -> None:
        self.world, self.instance_id = world, instance_id

    def waiting(self, element: str) -> WorkItem:
        with reading(self.world.factory) as session:
            return session.scalars(
                sa.select(WorkItem).where(
                    WorkItem.instance_id == self.instance_id,
                    WorkItem.element == element,
                    WorkItem.completed_at.is_(None),
                )
            ).one()

    def revision(self) -> int:
        with reading(self.world.factory) as session:
            return session.get_one(ProcessInstance, self.instance_id).revision

    def do(self, element: str, username: str, **answers: Any) -> None:
        with transaction(self.world.factory) as session:
            by = self.world.person(session, username)
            told = {**USUAL[element], **answers}
            ids = {"anrui", "suran", "furong"}
            filled = {
                name: people.user_named(session, who).id  # type: ignore[union-attr]
                if isinstance(value, str) and (who := value.removeprefix("person:")) in ids
                else value
                for name, value in told.items()
            }
            instances.complete(session, self.waiting(element).id, filled, by=by, room=self.world.room)

    def refused(self, element: str, username: str, **answers: Any) -> RuleRefused:
        before = self.revision()
        with pytest.raises(RuleRefused) as refusal:
            self.do(element, username, **answers)
        assert self.revision() == before, "a refusal changed the case"
        assert refusal.value.reason.zh
        assert refusal.value.cure.zh
        return refusal.value


def test_rules_of_the_flow_refuse_with_reason_and_cure_and_the_body_of_the_level_decides() -> None:
    [story], _ = read({"key.yaml": STORY.encode()})
    with demo_world(FILES, ZONE) as world:
        played = play(story, world, USUAL)
        assert played.failures == []
        desk = Desk(world, played.instances["main"])
        # what was promised to close a gap is tracked until it is done
        with reading(world.factory) as session:
            case = session.get_one(ProcessInstance, desk.instance_id)
            [promised] = decided.actions(session, "opportunity", case.record_id or 0)
            su_ran = people.user_named(session, "suran")
        assert su_ran is not None
        assert (promised.text, promised.owner_id, promised.due_on) == ("补排程接口", su_ran.id, date(2026, 5, 8))
        # the tables say key and region; another level needs its reason
        assert desk.refused("confirm_level", "guojing").field == "level_reason"
        desk.do("confirm_level", "guojing", tier_confirmed="key", body_confirmed="region")
        # a key opportunity needs a project director
        assert desk.refused("form_team", "guojing").field == "pd_id"
        with reading(world.factory) as session:
            max_ = people.user_named(session, "max")
            east = people.unit_with_code(session, "east")
        assert max_ is not None
        assert east is not None
        desk.do("form_team", "guojing", pd_id=max_.id)
        desk.do(
            "request_approval", "anrui",
            risks=[{"risk": "降价", "level": "low", "response": "比总成本"}],
            plan=[{"step": "演示", "on": "2026-05-20"}],
        )  # fmt: skip
        # the region decides, not the office, and never who proposed
        assert desk.waiting("decide_approval").group_key == group_key("decision_team", east.id)
        with pytest.raises(WorkItemNotFound):
            desk.do("decide_approval", "dong")
        with transaction(world.factory) as session:
            an_rui = people.user_named(session, "anrui")
            assert an_rui is not None
            organisation.grant(session, an_rui, "decision_team", east, now=world.clock.now())
        desk.refused("decide_approval", "anrui")
        desk.do("decide_approval", "guojing")
        with reading(world.factory) as session:
            instance = session.get_one(ProcessInstance, desk.instance_id)
            assert instance.business_key == "OP-202604-0001"
            opportunity = queries.get(session, instance.record_id or 0)
            assert (opportunity.status, opportunity.tier, opportunity.body) == ("PREBID", "key", "region")
            latest = decided.latest(session, "ATI", "opportunity", opportunity.id)
            assert latest is not None
            assert (latest.proposed_by, latest.body, latest.round) == (an_rui.id, "region", 1)
            assert instance.team == {
                "ar": opportunity.ar_id, "sr": opportunity.sr_id, "fr": opportunity.fr_id, "pd": opportunity.pd_id,
            }  # fmt: skip
            # what the customer did is told by hand by those of the team whom the diagram names
            told = {
                username: set(sendable(session, desk.instance_id, by=world.person(session, username), room=world.room))
                for username in ("anrui", "suran", "guojing", "furong")
            }
        assert told["anrui"] == {"tender.published", "opportunity.cancelled_by_customer"}
        assert told["suran"] == {"tender.published"}
        assert told["guojing"] == {"opportunity.cancelled_by_customer"}
        assert told["furong"] == set()
        # a story that names its own zone is played there, the next one where the company works again
        for zone, plays_in in ((NEW_YORK, NEW_YORK), (None, ZONE)):
            world.begin_anew(zone)
            with reading(world.factory) as session:
                assert zone_of(session) == plays_in
            assert world.room.calendar.end_of(date(2026, 4, 27)).tzinfo == plays_in
