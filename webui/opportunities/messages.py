"""What people tell an opportunity about the world outside: the customer cancels, a tender is out, a bid is decided."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from engine.errors import MessageNotExpected, NotFound
from engine.instances.sending import send, sendable
from engine.text import Text
from handlers.opportunity import queries
from webui.attempts import attempt
from webui.cases.access import case_of
from webui.opportunities.pages import blueprint
from webui.opportunities.words import PROCESSES
from webui.runtime import current_actor, reading, room


@dataclass(frozen=True, slots=True)
class News:
    """One thing to tell; the diagram says who may (``sent_by``), and the case must wait for it."""

    message: str
    label: Text
    explains: Text
    icon: str
    grave: bool = False


NEWS = MappingProxyType(
    {
        each.message.replace(".", "-").replace("_", "-"): each
        for each in (
            News(
                "tender.published",
                Text("The tender is out", "客户已发标"),
                Text(
                    "Guidance ends here and the solution begins. If the guidance is not complete, the opportunity "
                    "carries the flag *guidance incomplete*.",
                    "标前引导到此结束，转入制定方案。如引导尚未完成，商机将带上“标前引导不完整”标记。",
                ),
                "release",
            ),
            News(
                "bid.won",
                Text("We won the bid", "我方中标"),
                Text(
                    "The customer has decided for us. Negotiation begins; nothing is signed by this.",
                    "客户已确定我方中标，转入谈判；此操作不代表签约。",
                ),
                "done",
            ),
            News(
                "bid.shortlisted",
                Text("We are shortlisted", "入围"),
                Text("The customer goes on talking with us and others.", "客户将与我方及其他入围者继续洽谈。"),
                "people",
            ),
            News(
                "bid.lost",
                Text("We lost the bid", "未中标"),
                Text(
                    "The opportunity is closed as lost; the win/loss report is due in ten working days.",
                    "商机将按丢单关闭，须在 10 个工作日内提交总结报告。",
                ),
                "warning",
                grave=True,
            ),
            News(
                "bid.cancelled",
                Text("The tender is cancelled", "客户取消招标"),
                Text(
                    "The opportunity is closed; the win/loss report is due in ten working days.",
                    "商机将关闭，须在 10 个工作日内提交总结报告。",
                ),
                "warning",
                grave=True,
            ),
            News(
                "opportunity.resumed",
                Text("Take the opportunity up again", "提前恢复商机"),
                Text(
                    "It no longer waits for the day set; approval can be requested again.",
                    "不再等到暂缓期满，可重新提交立项申请。",
                ),
                "release",
            ),
            News(
                "opportunity.cancelled_by_customer",
                Text("The customer gives the project up", "客户取消项目"),
                Text(
                    "All open tasks of the opportunity end, and it is closed. This cannot be taken back.",
                    "该商机的所有待办将终止并进入关闭流程，此操作不可撤回。",
                ),
                "leave",
                grave=True,
            ),
        )
    }
)
"""What can be told, by the name in the address."""


@blueprint.get("/<int:opportunity_id>/tell/<name>")
def confirm(opportunity_id: int, name: str) -> str:
    """Say what will happen, and ask once more."""
    news, actor = _news(name), current_actor()
    with reading() as db:
        opportunity = queries.visible(db, opportunity_id, actor)
        case = case_of(db, "opportunity", opportunity_id, PROCESSES)
        if case is None or news.message not in sendable(db, case.id, by=actor, room=room()):
            raise MessageNotExpected(message=news.message, business_key=opportunity.number)
    return render_template("opportunities/tell.html", opportunity=opportunity, news=news, name=name)


@blueprint.post("/<int:opportunity_id>/tell/<name>")
def tell(opportunity_id: int, name: str) -> Response:
    """Tell the case; a refusal is noted in its history."""
    news, actor = _news(name), current_actor()
    with reading() as db:
        number = queries.visible(db, opportunity_id, actor).number
    with attempt(message=news.message, business_key=number) as db:
        done = send(db, news.message, number, by=actor, room=room())
    following = done.next_for(actor)
    if following is not None:
        flash(gettext("Noted. This is the next step."), "done")
        return redirect(url_for("tasks.show", work_item_id=following))
    flash(gettext("Noted. Whoever is next finds it in the inbox."), "done")
    return redirect(url_for("opportunities.show", opportunity_id=opportunity_id))


def _news(name: str) -> News:
    news = NEWS.get(name)
    if news is None:
        raise NotFound(news=name)
    return news
