"""What a notice says: one sentence for each kind, filled with the parameters that its sender gave.

The domains bring the sentences about their own records; those about tasks are the inbox's and stand here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from engine.text import Text
from handlers.contract.notices import NOTICES as ABOUT_CONTRACTS
from handlers.days import in_words_if_day
from handlers.deciding.notices import NOTICES as ABOUT_ACTIONS
from handlers.lead.notices import NOTICES as ABOUT_LEADS
from handlers.money import FEN_PER_WAN, written
from handlers.opportunity.notices import NOTICES as ABOUT_OPPORTUNITIES
from handlers.quality.notices import NOTICES as ABOUT_QUALITY

ABOUT_TASKS = {
    "work_item_transferred": Text(
        "{by} handed you a task of {case}: {reason}", "{by} 把 {case} 的任务转给了您：{reason}"
    ),
    "team_changed": Text("{by} put you into the team of {case}: {reason}", "{by} 将您加入 {case} 的项目组：{reason}"),
    "team_changed_everywhere": Text(
        "{by} put you into the team of {case}, and of the deal's other cases {others}: {reason}",
        "{by} 将您加入 {case} 及本单其他流程（{others}）的项目组：{reason}",
    ),
    "work_item_due_soon": Text("{title} of {case} is due soon.", "{case} 的任务“{title}”即将到期。"),
    "work_item_overdue": Text("{title} of {case} is overdue.", "{case} 的任务“{title}”已超时。"),
    "work_item_escalated": Text(
        "{title} of {case} is long overdue and still waits.", "{case} 的任务“{title}”严重超时，请督促处理。"
    ),
}
ABOUT_DRAFTS = {
    "draft.review_asked": Text("{by} asks for a review of the draft “{draft}”.", "{by} 请您评审草稿“{draft}”。"),
    "draft.commented": Text("{by} commented on the draft “{draft}”: {quote}", "{by} 对草稿“{draft}”提了意见：{quote}"),
    "draft.comment_resolved": Text(
        "{by} dealt with your comment on the draft “{draft}”: {quote}", "{by} 已处理您对草稿“{draft}”的意见：{quote}"
    ),
    "draft.comment_reopened": Text(
        "{by} opened your comment on the draft “{draft}” again: {quote}",
        "{by} 重新打开了您对草稿“{draft}”的意见：{quote}",
    ),
    "draft.approved": Text("{by} approved your draft “{draft}”.", "{by} 批准了您的草稿“{draft}”。"),
    "draft.sent_back": Text("{by} sent your draft “{draft}” back: {quote}", "{by} 退回了您的草稿“{draft}”：{quote}"),
    "draft.published": Text(
        "{by} published your draft “{draft}” as release {quote}: new cases follow it.",
        "{by} 已将您的草稿“{draft}”发布为版本 {quote}，新业务按它执行。",
    ),
}
AMOUNTS = ("amount", "open")
"""The parameters that hold an amount, as a plain number of 万元 (:func:`handlers.money.wan`)."""
AMOUNT = re.compile(r"\d+(\.\d{1,6})?")
UNKNOWN = Text("There is news about {case}.", "{case} 有新进展。")

SENTENCES: Mapping[str, Text] = {
    **ABOUT_TASKS,
    **ABOUT_DRAFTS,
    **ABOUT_LEADS,
    **ABOUT_OPPORTUNITIES,
    **ABOUT_CONTRACTS,
    **ABOUT_ACTIONS,
    **ABOUT_QUALITY,
}


def sentence(kind: str, params: Mapping[str, str], language: str) -> str:
    """Return the notice in ``language``; an unknown kind still names its case.

    A parameter may come in both languages: ``title_zh`` becomes ``title`` for Chinese readers.
    """
    chinese = language.startswith("zh")
    given = {key: _in_words(key, value, chinese=chinese) for key, value in params.items() if value}
    for key in list(given):
        if chinese and key.endswith("_zh"):
            given[key.removesuffix("_zh")] = given[key]
        elif not chinese and key.endswith("_en"):
            given[key.removesuffix("_en")] = given[key]
    words = (SENTENCES.get(kind) or UNKNOWN).filled(given).in_language(language)
    nothing, stop = ("：–", "。") if chinese else (": –", ".")
    return words.removesuffix(nothing) + stop if words.endswith(nothing) else words


def _in_words(key: str, value: str, *, chinese: bool) -> str:
    """Return a parameter as people write it: a day, an amount in the form of the language, everything else as it is."""
    if key in AMOUNTS and AMOUNT.fullmatch(value):
        return written(int(Decimal(value) * FEN_PER_WAN)).in_language("zh" if chinese else "en")
    return in_words_if_day(value).in_language("zh" if chinese else "en")
