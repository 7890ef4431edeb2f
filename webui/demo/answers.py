"""What the people of the demo answer at each task, in the fields of the forms in ``processes/forms``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from handlers.money import FEN_PER_WAN
from webui.demo.stories import CustomerStory, LeadStory

OPEN_TENDER_WAN = 400
"""From about here on our customers buy by open tender."""

CAPABILITY = {"high": "full", "medium": "partial", "low": "none"}
ROLES = ("economic", "user", "technical")
"""The part each of a customer's three people plays in a purchase, in their order in ``customers.yaml``."""


@dataclass(slots=True)
class Scene:
    """One lead on its way: the story, the day it is, and whom and what the answers name."""

    story: LeadStory
    customer: CustomerStory
    unit_id: int
    today: date
    decides_on: date
    merge_into: int | None = None
    owner_id: int | None = None
    co_owner_id: int | None = None
    refusals: int = 0
    vision_done: bool = False
    files: Callable[[str, str], str] = lambda _name, _content: ""

    def said(self, en: str, zh: str) -> str:
        """Return the sentence in the language of this story."""
        return en if self.story.english else zh

    @property
    def contact(self) -> tuple[str, str, str]:
        """Name, post and phone of the person we talk to."""
        return self.customer.people[self.story.who]

    @property
    def amount(self) -> int:
        """The expected amount in fen."""
        return self.story.wan * FEN_PER_WAN

    def day(self, days: int) -> str:
        """Return the date ``days`` from today."""
        return (self.today + timedelta(days=days)).isoformat()


Answers = dict[str, Any]


def capture(scene: Scene) -> Answers:
    """L1.1: what was heard, where."""
    return {
        "channel": scene.story.channel,
        "source_detail": scene.said(f"Talk with {scene.contact[0]}", f"与{scene.contact[0]}（{scene.contact[1]}）交谈"),
        "customer": scene.customer.zh,
        "heard": scene.story.heard,
        "seen_on": scene.day(-1),
    }


def analyse(scene: Scene) -> Answers:
    """L1.2: whether there is a problem that we may solve."""
    if scene.story.discard_reason:
        return {"customer_problem": False, "discard_reason": scene.story.discard_reason}
    return {
        "customer_problem": True,
        "problem_owner": f"{scene.contact[0]} · {scene.contact[1]}",
        "have_offer": "yes" if scene.story.fit == "high" else "perhaps",
        "why_now": scene.story.why_now,
    }


def fill_in(scene: Scene) -> Answers:
    """L1.3: the lead."""
    story, (name, post, phone) = scene.story, scene.contact
    answers: Answers = {
        "title": story.title,
        "customer": scene.customer.zh,
        "industry": scene.customer.industry,
        "unit_id": scene.unit_id,
        "contact_name": name,
        "contact_post": post,
        "contact_phone": phone,
        "channel": story.channel,
        "problem": story.problem,
        "affected_people": story.affected,
        "product_areas": story.areas,
        "expected_amount": scene.amount,
        "expected_decision_on": scene.decides_on.isoformat(),
        "budget_known": story.budget,
        "decision_maker_known": "yes" if story.win > 3 else "unknown",
        "maturity": story.maturity,
        "secrecy": False,
    }
    if story.rival:
        answers["competitor_seen"] = story.rival[0]
    return answers


def screen(scene: Scene) -> Answers:
    """L2.1: whether it is worth a lead manager's time."""
    if scene.story.screening_reason:
        return {"screening": "not_a_lead", "screening_reason": scene.story.screening_reason}
    return {"screening": "keep"}


def verify(scene: Scene) -> Answers:
    """L2.2: verified in depth."""
    story = scene.story
    answers: Answers = {
        "customer_real": True,
        "need_real": story.until != "invalid",
        "strategic_fit": story.fit,
        "maturity": story.maturity,
        "win_chance": story.win,
        "estimated_amount": scene.amount,
        "our_capability": CAPABILITY[story.fit],
        "evidence": story.evidence or scene.said("Call with the contact", "已与联系人通话核实"),
        "verdict": "valid",
    }
    if story.until == "invalid":
        answers |= {"verdict": "invalid", "verdict_reason": story.verdict_reason}
    elif scene.merge_into is not None:
        answers |= {
            "verdict": "merge",
            "verdict_reason": f"与“{story.merge_with}”为同一需求",
            "merge_into": scene.merge_into,
        }
    elif story.until == "returned":
        answers |= {
            "verdict": "return",
            "verdict_reason": "Who at Pujin said so, and is there a project? Please talk to the depot first.",
        }
    return answers


def distribute(scene: Scene) -> Answers:
    """L2.3 and the settlement after two refusals: to whom; of a hot lead the AR doubles as FR."""
    return {
        "owner_id": scene.owner_id,
        "co_owner_id": scene.co_owner_id,
        **({"fr_id": scene.co_owner_id} if scene.story.maturity == "hot" else {}),
        "note": scene.said("Please call the contact this week.", "请本周内与联系人建立联系，先核实预算归口。"),
    }


def accept(scene: Scene) -> Answers:
    """L2.4: taken, or refused with a reason."""
    refuses = {"refused_once": 1, "unsettled": 2}.get(scene.story.until, 0)
    if scene.refusals < refuses:
        scene.refusals += 1
        reason = scene.said("No capacity before the end of the quarter", "本季度投标项目占满，无法按时首次拜访")
        return {"acceptance": "refuse", "refusal_reason": reason}
    return {"acceptance": "accept"}


def pains(scene: Scene) -> Answers:
    """N1: who hurts, why, and what that causes."""
    rows = []
    for who, pain, reason, caused_by, effect in scene.story.pains:
        name, post, _phone = scene.customer.people[who]
        row = {"post": post, "person": name, "pain": pain, "reason": reason, "effect": effect}
        if caused_by:
            row["caused_by"] = caused_by
        row["source"] = scene.said("Talk on site", "现场访谈")
        rows.append(row)
    return {"pains": rows}


def interest(scene: Scene) -> Answers:
    """N2: the key decision-makers, and whether one wants to go on with us."""
    rows = [
        {
            "name": name,
            "post": post,
            "role": ROLES[place],
            "attitude": (1, 2, 0)[place] if scene.story.win > 3 else (0, 1, -1)[place],
            "interest_topic": topic,
        }
        for place, ((name, post, _phone), topic) in enumerate(
            zip(scene.customer.people, [pain[1] for pain in scene.story.pains], strict=False)
        )
    ]
    return {
        "kdms": rows,
        "met_on": scene.day(-1),
        "material_used": scene.said("Case of a comparable plant, two pages", "同行业案例两页纸与投入产出测算表"),
        "reaction": scene.said(
            "Asked for the calculation behind the savings", "对测算口径很感兴趣，主动提供了内部数据"
        ),
        "follow_up": scene.said("Workshop with the department next week", "下周与业务部门开半天研讨会"),
    }


def acknowledge(scene: Scene) -> Answers:
    """N3: the customer says it himself."""
    return {
        "pain_acknowledged": True,
        "words": scene.story.words,
        "reasons": scene.story.pains[0][2],
        "impact": scene.story.pains[0][4],
        "acknowledged_on": scene.day(-1),
        "evidence": [
            scene.files("访谈纪要.txt", f"{scene.customer.zh} · {scene.contact[0]}\n\n“{scene.story.words}”\n")
        ],
    }


def strategy(scene: Scene) -> Answers:
    """N4: how to keep rivals out."""
    assert scene.story.rival is not None, scene.story.title
    name, link, strength, weakness = scene.story.rival
    action = scene.said("Agree on a joint test at one station", "约定联合试点，把关键指标写进需求说明")
    return {
        "rivals": [{"name": name, "link_to_kdm": link, "strength": strength, "weakness": weakness}],
        "strategy": scene.story.strategy,
        "lockout_actions": [{"action": action, "action_owner_id": scene.owner_id, "due_on": scene.day(10)}],
    }


def vision(scene: Scene) -> Answers:
    """N5: a picture of the solution that leans our way."""
    agreed = not scene.story.close_reason
    note = f"{scene.story.title}\n\n{scene.story.vision}\n"
    return {
        "vision": scene.story.vision,
        "capabilities_wanted": scene.story.wanted,
        "differentiators": scene.said("Proven in two comparable plants", "同行业两家客户已上线，可安排参观"),
        "path_cells": ["R1", "R2", "I1", "C1"],
        "vision_agreed": agreed,
    } | ({"kdm_agreed_on": scene.day(-1), "evidence": [scene.files("构想备忘.txt", note)]} if agreed else {})


def solution(scene: Scene) -> Answers:
    """N6: the customer says that this would do."""
    scene.vision_done = True
    text = f"{scene.story.title}\n\n{scene.story.vision}\n\n{scene.story.wanted}\n"
    return {
        "outline_file": [scene.files("方案概要.txt", text)],
        "kdm_feedback": scene.story.feedback,
        "budget_from": scene.amount * 9 // 10,
        "budget_to": scene.amount * 11 // 10,
        "purchase_planned_on": scene.decides_on.isoformat(),
        "purchase_route": "open_tender" if scene.story.wan > OPEN_TENDER_WAN else "competitive_talk",
        "kdm_approval": "not_yet" if scene.story.close_reason else "written",
    }


def handling(scene: Scene) -> Answers:
    """L3.7: what the owner proposes."""
    if scene.story.close_reason:
        return {"handling": "close", "need_remains": False, "close_reason": scene.story.close_reason}
    answers: Answers = {
        "handling": scene.story.handling,
        "need_remains": True,
        "vision_steps_done": scene.vision_done,
    }
    if not scene.vision_done:
        answers["skip_reason"] = "招标在即，客户已认可痛点，五、六步并入标前引导"
    return answers


def confirm(_scene: Scene) -> Answers:
    """L3.7: the lead manager agrees."""
    return {"confirmed": True}


TASKS: dict[str, Callable[[Scene], Answers]] = {
    "capture_information": capture,
    "analyse_information": analyse,
    "fill_in_lead": fill_in,
    "screen_lead": screen,
    "verify_lead": verify,
    "distribute_lead": distribute,
    "settle_distribution": distribute,
    "accept_lead": accept,
    "identify_pains": pains,
    "interest_kdm": interest,
    "acknowledge_pain": acknowledge,
    "competitive_strategy": strategy,
    "create_vision": vision,
    "acknowledge_solution": solution,
    "propose_handling": handling,
    "confirm_handling": confirm,
}
