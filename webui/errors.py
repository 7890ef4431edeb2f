"""What people read when something was refused: what happened, and what to do next."""

from __future__ import annotations

import logging
import secrets
from typing import NamedTuple

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from engine import errors as refused
from engine.drafts import refusals as of_drafts
from webui.i18n import say
from webui.runtime import wants_json

log = logging.getLogger("ltc")


class Sentence(NamedTuple):
    """What happened, and what to do next; made of lazy strings, read in the language of the request."""

    title: object
    advice: object


SENTENCES: dict[type[Exception], Sentence] = {
    refused.WorkItemNotFound: Sentence(
        _l("There is no such task for you."),
        _l("It may belong to somebody else, or the link may be incomplete. Your own tasks are in the inbox."),
    ),
    refused.WorkItemOfOthers: Sentence(
        _l("This task waits for somebody else."),
        _l("The page of the case tells for whom it waits. Ask them to do it, or to hand it to you."),
    ),
    refused.InstanceNotFound: Sentence(
        _l("There is no such case for you."),
        _l("You see the cases that you take part in. Ask its owner to add you to the team."),
    ),
    refused.WorkItemAlreadyDone: Sentence(
        _l("This task is already done."),
        _l("You or a colleague submitted it before, so nothing was changed now. The next task is in the inbox."),
    ),
    refused.WorkItemNotClaimable: Sentence(
        _l("A colleague has already claimed this task."),
        _l("Choose another one in the inbox, or ask your colleague to release it."),
    ),
    refused.StalePage: Sentence(
        _l("The case has moved on since you opened this page."),
        _l("Nothing was changed. Reload the page to see how it stands now."),
    ),
    refused.InstanceNotRunning: Sentence(
        _l("This case has ended or is suspended."),
        _l("Nothing more can be done on it. Its page tells how it ended."),
    ),
    refused.MessageNotExpected: Sentence(
        _l("No case waits for this message."),
        _l("It may have arrived twice or too late. Nothing was changed."),
    ),
    refused.ProcessNotFound: Sentence(
        _l("This kind of case cannot be started."),
        _l("The current release has no such process. Ask the process owner."),
    ),
    refused.InvalidAnswers: Sentence(
        _l("Some answers are not complete yet."),
        _l("Go back, correct the marked fields, and submit again."),
    ),
    refused.ReleaseRefused: Sentence(
        _l("The diagrams cannot be released as they are."),
        _l("Mend what the list names, then release again."),
    ),
    of_drafts.DraftNotOpen: Sentence(
        _l("This draft cannot be changed now."),
        _l("It is in review, published or withdrawn. Its page tells which; an author can take a review back."),
    ),
    of_drafts.DraftFileChanged: Sentence(
        _l("Somebody else saved this file first."),
        _l("Nothing of theirs or yours is lost: reload, compare both, and save again."),
    ),
    of_drafts.DraftFileRefused: Sentence(
        _l("This file cannot be kept."), _l("It is too large, broken, or not of a kind that processes are made of.")
    ),
    of_drafts.UnfitPath: Sentence(
        _l("A file of this name has no place here."),
        _l("Diagrams end in .bpmn; decisions/….dmn, forms/….schema.json and ….ui.json, scenarios/….yaml."),
    ),
    of_drafts.NothingChanged: Sentence(
        _l("There is nothing to publish."), _l("The draft is the same as the release. Change something first.")
    ),
    of_drafts.NotInReview: Sentence(
        _l("This draft is not in review."), _l("Its author asks for a review first; then a second person decides.")
    ),
    of_drafts.NotApproved: Sentence(
        _l("Nobody has approved exactly this."),
        _l("A second person approves the draft as it stands now; then it can be published."),
    ),
    of_drafts.BaseMoved: Sentence(
        _l("Another release was published meanwhile."),
        _l("Bring the draft up to date on its page, then have it reviewed again."),
    ),
    of_drafts.StoriesMissing: Sentence(
        _l("Not all stories of this draft went as told."),
        _l("Its page tells which; play them, and mend the draft or the story where one leaves its path."),
    ),
    of_drafts.OwnDraft: Sentence(
        _l("Who worked on a draft does not release it."),
        _l("Ask a second person to review and publish it."),
    ),
    refused.ExpressionError: Sentence(
        _l("A rule in the diagram cannot be evaluated."),
        _l("Nothing was changed. Tell the process owner what you did."),
    ),
    refused.SettingsError: Sentence(_l("A setting of the product cannot be used."), _l("Tell the administrator.")),
    refused.InvalidInput: Sentence(
        _l("What was sent is not acceptable."), _l("Go back, check what you entered, and send it again.")
    ),
    refused.NotAllowed: Sentence(
        _l("You may not do this."), _l("It belongs to another role. If it should be yours, ask the administrator.")
    ),
    refused.NotFound: Sentence(
        _l("There is no such page, or not for you."),
        _l("The link may be old or incomplete. What waits for you is in the inbox."),
    ),
    refused.Conflict: Sentence(
        _l("Somebody else was faster."), _l("Nothing was changed. Reload the page to see how it stands now.")
    ),
    refused.Fault: Sentence(
        _l("Something went wrong on our side."),
        _l("Nothing was changed. Try again; if it happens again, tell the administrator the number below."),
    ),
}

BY_STATUS: dict[int, type[Exception]] = {
    403: refused.NotAllowed,
    404: refused.NotFound,
    409: refused.Conflict,
    422: refused.InvalidInput,
}


def sentence_for(error: type[Exception]) -> Sentence:
    """Return the sentence of the nearest class that has one."""
    for each in error.__mro__:
        if each in SENTENCES:
            return SENTENCES[each]
    return SENTENCES[refused.Fault]


def install(app: Flask) -> None:
    """Answer every refusal and every fault with a page, or with JSON for programs."""
    app.register_error_handler(refused.LtcError, _refusal)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _fault)


def _refusal(error: refused.LtcError) -> Response:
    status = error.http_status
    if status >= 500:
        return _fault(error)
    sentence = sentence_for(type(error))
    if isinstance(error, refused.RuleRefused):
        sentence = Sentence(say(error.reason), say(error.cure))
    return _answer(status, sentence, type(error).__name__, fields=_fields(error))


def _fields(error: refused.LtcError) -> dict[str, list[str]]:
    if isinstance(error, refused.RuleRefused):
        return {error.field: [say(error.reason)]} if error.field else {}
    return error.errors if isinstance(error, refused.InvalidAnswers) else {}


def _stale_form(_error: CSRFError) -> Response:
    sentence = Sentence(
        gettext("This page was open for too long."),
        gettext("Nothing was changed. Reload the page and send it again; you may have to sign in first."),
    )
    return _answer(400, sentence, "StaleForm")


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    if status in BY_STATUS:
        sentence = sentence_for(BY_STATUS[status])
    elif status == 413:
        sentence = Sentence(gettext("The file is too large."), gettext("Choose a smaller one, up to 20 MB."))
    elif status == 405:
        sentence = Sentence(gettext("This page cannot be opened like that."), gettext("Start again from the inbox."))
    elif status == 429:
        sentence = Sentence(gettext("Too many attempts."), gettext("Wait a few minutes, then try again."))
    elif status < 500:
        sentence = sentence_for(refused.InvalidInput)
    else:
        sentence = sentence_for(refused.Fault)
    answer = _answer(status, sentence, error.name.replace(" ", ""))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            answer.headers[name] = value
    return answer


def _fault(error: Exception) -> Response:
    # The person tells this number, the administrator finds the line in the log.
    number = secrets.token_hex(4)
    log.error("fault %s at %s %s", number, request.method, request.path, exc_info=error)
    return _answer(500, sentence_for(type(error)), "Fault", number=number)


def _answer(
    status: int, sentence: Sentence, name: str, *, fields: dict[str, list[str]] | None = None, number: str = ""
) -> Response:
    title, advice = str(sentence.title), str(sentence.advice)
    if wants_json():
        told = {"error": name, "message": title, "advice": advice, "fields": fields or {}}
        return make_response(jsonify(told | ({"number": number} if number else {})), status)
    page = render_template(
        "error.html", status=status, title=title, advice=advice, fields=fields or {}, number=number, back=_came_from()
    )
    return make_response(page, status)


def _came_from() -> str | None:
    """Return the page of ours from which something was sent that is refused now; where it still stands, nothing."""
    came = request.referrer or ""
    is_ours = came.startswith(request.host_url)
    return came if is_ours and request.method != "GET" and "HX-Request" not in request.headers else None
