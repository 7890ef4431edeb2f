"""One lead from what an ordinary employee heard to the opportunity, each person at their own screen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Page

from tests.browser.people import NARROW, Visitor, answer, open_task
from tests.browser.test_pages import assert_chinese, assert_fits

CUSTOMER = "江口精密铸造有限公司"
TITLE = "压铸车间模温控制"
CASE = TITLE


def day(days: int) -> str:
    return (datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).date() + timedelta(days=days)).isoformat()


def option_named(page: Page, name: str, person: str) -> str:
    """The value of the choice that shows ``person`` in the list ``name``."""
    option = page.locator(f'#task-form select[name="{name}"] option').filter(has_text=person).first
    return str(option.get_attribute("value"))


def unit_named(page: Page, unit: str) -> str:
    return option_named(page, "unit_id", unit)


def submit_lead(visit: Visitor) -> None:
    page = visit.sign_in("heyun", language="zh_CN")
    page.goto("/start")
    page.get_by_role("link", name="管理线索").click()
    assert_chinese(page)
    answer(
        page,
        {
            "channel": "delivery_maintenance",
            "customer": CUSTOMER,
            "heard": "上门保养时，车间主任说模温波动，每班要停两次调机，废品堆了一角。",
            "seen_on": day(-1),
        },
    )
    answer(
        page,
        {"customer_problem": True, "problem_owner": "生产部", "have_offer": "yes", "why_now": "新订单下月开始交付"},
    )
    answer(
        page,
        {
            "title": TITLE,
            "customer": CUSTOMER,
            "industry": "manufacturing",
            "unit_id": unit_named(page, "上海制造系统部"),
            "contact_name": "邓工",
            "contact_post": "车间主任",
            "channel": "delivery_maintenance",
            "problem": "模温波动导致停机与废品",
            "product_areas": ["software", "service"],
            "expected_amount": "120.5",
            "expected_decision_on": day(60),
            "budget_known": "yes",
            "decision_maker_known": "yes",
            "maturity": "hot",
        },
    )


def pre_screen(visit: Visitor) -> None:
    page = visit.sign_in("anrui", language="zh_CN", size=NARROW)
    open_task(page, "筛选线索", CASE)
    assert_chinese(page)
    assert_fits(page)
    answer(page, {"screening": "keep"})


def verify_and_distribute(visit: Visitor) -> None:
    page = visit.sign_in("lin", language="en")
    open_task(page, "Verify lead in depth", CASE)
    answer(
        page,
        {
            "customer_real": True,
            "need_real": True,
            "strategic_fit": "high",
            "maturity": "hot",
            "win_chance": 4,
            "estimated_amount": "118",
            "our_capability": "full",
            "evidence": "与邓工通话核实，废品率 6%",
            "verdict": "valid",
        },
    )
    open_task(page, "Distribute lead", CASE)
    proposed = page.locator('#task-form select[name="owner_id"]').input_value()
    assert proposed == option_named(page, "owner_id", "Su Ran"), "the team's SR is proposed"
    triangle = {"owner_id": proposed, "co_owner_id": option_named(page, "co_owner_id", "An Rui")}
    answer(page, {**triangle, "fr_id": option_named(page, "fr_id", "Fu Rong")})


def nurture(visit: Visitor) -> None:
    page = visit.sign_in("suran", language="zh_CN")
    open_task(page, "接收线索", CASE)
    answer(page, {"acceptance": "accept"})
    open_task(page, "识别痛点和痛苦链", CASE)
    answer(
        page,
        {
            "pains": [
                {"post": "车间主任", "pain": "每班停机两次", "reason": "模温靠手调", "effect": "每班损失 40 分钟"},
                {"post": "生产总监", "pain": "交期延误", "reason": "产能不稳", "caused_by": "每班停机两次"},
            ]
        },
    )
    open_task(page, "激发关键决策者兴趣", CASE)
    answer(
        page,
        {
            "kdms": [{"name": "高总", "post": "生产总监", "role": "economic", "attitude": 1}],
            "met_on": day(-1),
            "follow_up": "下周参观样板车间",
        },
    )
    open_task(page, "引导关键决策者认可痛点", CASE)
    answer(
        page,
        {
            "pain_acknowledged": True,
            "words": "模温不稳，我就不敢接新单。",
            "acknowledged_on": day(-1),
            "evidence": "客户邮件.txt",
        },
    )
    open_task(page, "确定竞争策略", CASE)
    answer(
        page,
        {
            "rivals": [{"name": "恒温机电", "strength": "价格低", "weakness": "没有数据平台"}],
            "strategy": "direct",
            "lockout_actions": [{"action": "样机试用两周", "action_owner_id": 2, "due_on": day(14)}],
        },
    )
    open_task(page, "创建或重塑构想", CASE)
    answer(page, {"vision": "模温曲线实时可见，偏差提前十分钟预警", "vision_agreed": True, "kdm_agreed_on": day(0)})
    open_task(page, "引导认可解决方案", CASE)
    answer(
        page,
        {
            "outline_file": "方案概要.txt",
            "kdm_feedback": "先上两台压铸机",
            "kdm_approval": "verbal",
            "budget_from": "100",
            "budget_to": "130",
            "purchase_planned_on": day(45),
            "purchase_route": "competitive_talk",
        },
    )
    open_task(page, "提出处理意见", CASE)
    assert_chinese(page)
    answer(page, {"need_remains": True, "handling": "convert", "vision_steps_done": True})


def confirm(visit: Visitor) -> None:
    page = visit.sign_in("lin", language="en")
    open_task(page, "Confirm handling", CASE)
    answer(page, {"confirmed": True})


def test_a_lead_goes_from_what_an_employee_heard_to_an_opportunity(visit: Visitor) -> None:
    submit_lead(visit)
    pre_screen(visit)
    verify_and_distribute(visit)
    nurture(visit)
    confirm(visit)

    for language, status in (("zh_CN", "已转商机"), ("en", "Converted")):
        page = visit.sign_in("suran", language=language)
        page.goto(f"/leads/?q={TITLE}")
        page.get_by_role("link", name=TITLE).first.click()
        page.get_by_text(status).first.wait_for()
        assert "1,180,000" in page.content() or "118" in page.content()
        if language == "zh_CN":
            assert_chinese(page)

    page = visit.sign_in("heyun", language="zh_CN")
    page.goto("/notices/")
    assert page.get_by_text(TITLE).count() >= 3, "the submitter hears what becomes of the lead"
