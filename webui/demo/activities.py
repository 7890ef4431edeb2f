"""What lead owners write into the log between two steps of nurturing."""

from __future__ import annotations

from collections.abc import Callable

from webui.demo.answers import Answers, Scene


def _activity(kind: str, en: str, zh: str, next_en: str, next_zh: str) -> Callable[[Scene], Answers]:
    def log(scene: Scene) -> Answers:
        name, post, _phone = scene.contact
        return {
            "kind": kind,
            "happened_on": scene.day(0),
            "with_whom": f"{name} · {post}",
            "summary": scene.said(en, zh).format(name=name, words=scene.story.words, areas=scene.story.affected),
            "next_step": scene.said(next_en, next_zh).format(name=name),
            "next_on": scene.day(7),
        }

    return log


ACTIVITIES: dict[str, Callable[[Scene], Answers]] = {
    "identify_pains": _activity(
        "visit",
        "First visit to {name}: walked through the department, talked to {areas}.",
        "首次拜访{name}，走访现场，并与{areas}交流。",
        "Collect the figures that {name} promised",
        "收集{name}承诺提供的数据",
    ),
    "interest_kdm": _activity(
        "meeting",
        "Half a day with {name} and colleagues; they brought their own figures.",
        "与{name}及相关部门开了半天研讨会，对方带来了内部数据。",
        "Send the calculation behind the savings",
        "发送收益测算表",
    ),
    "acknowledge_pain": _activity(
        "call",
        "Call with {name} about the figures; he sees it the same way.",
        "与{name}电话核对数据，对方认可我们的测算口径。",
        "Ask {name} to confirm it in writing",
        "请{name}书面确认",
    ),
    "competitive_strategy": _activity(
        "internal",
        "AR and SR went through the rivals and what each of them offered before.",
        "AR 与 SR 内部盘点竞争对手及其历史项目。",
        "Agree on a joint test with {name}",
        "与{name}约定联合试点",
    ),
    "create_vision": _activity(
        "meeting",
        "Drew the future way of working with {name} on the whiteboard.",
        "与{name}在白板上一起画出未来的作业方式。",
        "Write the note and send it to {name}",
        "整理成文并发给{name}",
    ),
    "acknowledge_solution": _activity(
        "material",
        "Sent the outline of the solution; {name} passed it on to purchasing.",
        "提交方案概要，{name}已转采购部门。",
        "Ask about the budget window",
        "了解预算窗口期",
    ),
}
