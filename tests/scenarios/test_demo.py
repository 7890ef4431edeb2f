"""The demo company: leads, deals and contracts that have really run, logins that only its owner knows."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from engine import database
from engine.clock import FixedClock, SystemClock
from engine.inbox.records import WorkItem
from engine.instances.records import ProcessInstance
from engine.settings import Settings
from handlers.contract import queries
from handlers.contract.records import Contract, Lesson, Payment
from handlers.customer.records import CustomerCredit, CustomerKdm
from handlers.deciding.records import ActionItem, GateDecision
from handlers.lead.records import Lead, LeadActivity
from handlers.opportunity.pipeline import STAGES
from handlers.opportunity.records import Opportunity
from handlers.organisation.passwords import fits
from handlers.organisation.records import OrgUnit, User
from tests.demo import copied
from tests.web.conftest import Browser
from webui.app import create_app
from webui.assembly import assemble
from webui.demo import company, deal_stories, logins, stories
from webui.demo.walk import STOPS
from webui.runtime import Runtime

STATUS = {
    "analysing": "DRAFT", "discarded": "DISCARDED", "submitted": "SUBMITTED", "not_a_lead": "INVALID",
    "verifying": "VERIFYING", "returned": "RETURNED", "invalid": "INVALID", "merged": "MERGED", "valid": "VALID",
    "distributed": "DISTRIBUTED", "closed": "CLOSED", "converted": "CONVERTED",
    **{f"step{step}": "NURTURING" for step in range(1, 7)},
}  # fmt: skip
"""The status in which a story leaves its lead."""


@dataclass(frozen=True, slots=True)
class Demo:
    """A seeded database, the passwords that were made up for it, and a moment soon after."""

    product: Runtime
    passwords: Mapping[str, str]
    now: datetime

    @property
    def today(self) -> date:
        """The day where the company works."""
        return self.now.astimezone(self.product.settings.zone).date()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    data = tmp_path_factory.mktemp("company") / "demo"
    passwords = copied(tmp_path_factory, data)
    now = SystemClock().now()
    product = assemble(Settings.from_environment({"LTC_DATA": str(data)}), clock=FixedClock(now))
    yield Demo(product, passwords, now)
    product.engine.dispose()


@pytest.fixture
def session(demo: Demo) -> Iterator[Session]:
    with database.reading(demo.product.sessions) as opened:
        yield opened


def test_forty_leads_are_where_their_stories_leave_them(session: Session) -> None:
    told = sorted((story.title, STATUS[story.until]) for story in stories.leads() if story.until in STATUS)
    found = session.execute(sa.select(Lead.title, Lead.status)).all()
    assert len(found) == 40
    assert set(told) <= {(title, status) for title, status in found}


def test_every_waiting_lead_has_a_task_that_somebody_may_do(session: Session, demo: Demo) -> None:
    waiting = session.scalars(sa.select(WorkItem).where(WorkItem.completed_at.is_(None))).all()
    of_leads = [item for item in waiting if item.record_type == "lead"]
    assert len(of_leads) == sum(story.until in STOPS for story in stories.leads())
    directory = demo.product.room.directory
    actors = [directory.actor(session, user_id) for user_id in session.scalars(sa.select(User.id))]
    for item in waiting:
        assert item.assignee_id or any(item.group_key in actor.groups for actor in actors), item.element


def test_deals_are_where_their_stories_leave_them_with_decisions_and_actions(session: Session, demo: Demo) -> None:
    waiting = session.execute(
        sa.select(Opportunity.name, WorkItem.element)
        .join(WorkItem, sa.and_(WorkItem.record_type == "opportunity", WorkItem.record_id == Opportunity.id))
        .where(WorkItem.completed_at.is_(None))
    ).all()
    told = {(story.name, story.until) for story in deal_stories.deals() if story.until not in deal_stories.ENDS}
    assert told <= {(name, element) for name, element in waiting}
    found = session.execute(sa.select(Opportunity.flow, Opportunity.status)).all()
    reached = {status for _, status in found}
    assert reached >= {"ATI_PENDING", "ATB_PENDING", "ATC_PENDING", "SUSPENDED"}, "every gate, and one that rests"
    assert {status for flow, status in found if flow == "four_step"} >= {"VERIFYING", "PREBID", "ATB_PENDING", "WON"}
    assert {stage.key for stage in STAGES if reached & set(stage.statuses)} == {
        "verify",
        "guidance",
        "proposal",
        "negotiating",
    }
    assert {"won", "lost", "no_bid"} <= set(session.scalars(sa.select(Opportunity.result)))
    assert session.scalar(sa.select(sa.func.max(GateDecision.decided_at))) <= demo.now  # type: ignore[operator]
    actions = session.scalars(sa.select(ActionItem)).all()
    late = [each for each in actions if each.done_at is None and each.due_on and each.due_on < demo.now.date()]
    assert 0 < len(late) < sum(each.done_at is not None for each in actions), "people do what they promised, mostly"


def test_contracts_stand_at_every_step_with_money_changes_risks_disputes_and_lessons(
    session: Session, demo: Demo
) -> None:
    contracts = {each.name: each for each in session.scalars(sa.select(Contract))}
    assert {each.status for each in contracts.values()} == {"HANDOVER", "EXECUTING", "CLOSING", "EVALUATED"}
    running, changed = contracts["东麟焊装车间设备预测维护"], contracts["浦津机电设备健康管理"]
    milestones = queries.milestones(session, running.id)
    assert {each.status for each in milestones} == {
        "PLANNED", "DELIVERED", "ACCEPTED", "INVOICED", "PART_PAID", "SETTLED",
    }  # fmt: skip
    assert queries.overdue_sums(session, [running.id], today=demo.today)[running.id] > 0
    assert (changed.version, changed.changing, changed.disputed) == (2, True, True)
    closed = session.scalars(sa.select(Lesson.contract_id)).all()
    assert {each.status for each in contracts.values() if each.id in closed} == {"EVALUATED"}
    assert all(each.signed_on <= demo.today for each in contracts.values())
    assert session.scalar(sa.select(sa.func.max(Payment.received_on))) <= demo.today  # type: ignore[operator]
    assert session.scalar(sa.select(sa.func.count()).select_from(CustomerCredit)) >= 5  # type: ignore[operator]
    assert session.scalar(sa.select(sa.func.count()).select_from(CustomerKdm)) >= 20  # type: ignore[operator]


def test_nothing_happens_in_the_future_and_numbers_follow_the_calendar(session: Session, demo: Demo) -> None:
    assert session.scalar(sa.select(sa.func.max(Lead.last_activity_at))) <= demo.now  # type: ignore[operator]
    assert session.scalar(sa.select(sa.func.max(ProcessInstance.started_at))) <= demo.now  # type: ignore[operator]
    submitted = session.execute(sa.select(Lead.number, Lead.submitted_at).where(Lead.number.is_not(None))).all()
    numbers = [number for number, _ in sorted(submitted, key=lambda row: row.submitted_at)]
    assert numbers == sorted(numbers)


def test_owners_have_logged_their_work_and_some_tasks_are_late(session: Session, demo: Demo) -> None:
    assert session.scalar(sa.select(sa.func.count()).select_from(LeadActivity)) > 30  # type: ignore[operator]
    due = session.scalars(sa.select(WorkItem.due_at).where(WorkItem.completed_at.is_(None))).all()
    late = [each for each in due if each is not None and each < demo.now]
    assert 3 <= len(late) <= len(due) / 2


def test_units_have_four_levels_and_both_names(session: Session) -> None:
    units = session.scalars(sa.select(OrgUnit)).all()
    assert {unit.level for unit in units} == {"account", "rep", "region", "company"}
    assert all(unit.name_en and unit.name_zh and unit.name_en != unit.name_zh for unit in units)


def test_passwords_are_stored_hashed_and_listed_for_the_owner_of_the_file_alone(session: Session, demo: Demo) -> None:
    path = demo.product.settings.data_directory / logins.FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(set(demo.passwords.values())) == len(demo.passwords) == len(stories.organisation().people)
    listed = {login.username: login.password for login in logins.still_valid(session, path.parent)}
    assert listed == demo.passwords
    lin = session.scalars(sa.select(User).where(User.username == "lin")).one()
    assert fits(demo.passwords["lin"], lin.password_hash)
    content = Path(demo.product.settings.data_directory / "ltc-flow.db").read_bytes()
    assert demo.passwords["lin"].encode() not in content


def test_a_database_in_use_is_not_seeded(session: Session) -> None:
    assert not company.is_empty(session)


def test_logins_of_another_database_are_not_shown(tmp_path: Path, demo: Demo) -> None:
    logins.write(tmp_path, demo.passwords | {"lin": "this one is old"})
    with database.reading(demo.product.sessions) as opened:
        shown = {login.username for login in logins.still_valid(opened, tmp_path)}
    assert shown == demo.passwords.keys() - {"lin"}


def test_two_companies_never_share_passwords() -> None:
    assert not set(logins.make_up().values()) & set(logins.make_up().values())


@pytest.fixture(scope="module")
def manager(demo: Demo) -> Browser:
    """A browser of company sales management, who reads Chinese."""
    settings = demo.product.settings
    browser = Browser(create_app(settings, clock=FixedClock(demo.now)))
    assert browser.sign_in("qiuhong", demo.passwords["qiuhong"]).status_code == 302
    return browser


PAGES = (
    ("opportunities", "清水源管网漏损监测", ("赢单/丢单总结", "价格差距", "26.1 万元", "川泽水务科技", "投标决策报告")),
    ("opportunities", "桐达冷库集群能效托管", ("条款分析表", "答疑澄清", "与评审版本的偏离", "授权核对")),
    ("contracts", "浦津机电设备健康管理", ("交接包", "谁已阅读", "/C2 · ", "/D1 · ", "下一里程碑", "道岔监测上线")),
    ("contracts", "东麟焊装车间设备预测维护", ("有 36.48 万元 货款逾期未收。", "部分回款", "25311408")),
    ("contracts", "锦沙医院能源托管一期", ("关闭检查清单", "还有 1 项未完成。", "竣工图一套待医院盖章")),
)  # fmt: skip


@pytest.mark.parametrize(("kind", "name", "said"), PAGES)
def test_the_page_of_a_record_shows_its_papers_in_place(
    session: Session, manager: Browser, kind: str, name: str, said: tuple[str, ...]
) -> None:
    record: type[Opportunity | Contract] = Opportunity if kind == "opportunities" else Contract
    id_ = session.scalars(sa.select(record.id).where(record.name == name)).one()
    page = manager.get(f"/{kind}/{id_}")
    assert page.status_code == 200
    for words in said:
        assert words in page.text, words
