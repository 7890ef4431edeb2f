"""The diagram in words, as it stands on the page, saved or not."""

from __future__ import annotations

from flask import render_template

from engine.interpreter.drawing import read_drawing
from engine.interpreter.xml import BPMN, XmlRefused, read
from handlers.organisation.roles import EDITORS
from webui.designer.pages import blueprint, body, text
from webui.designer.words import parts
from webui.i18n import say
from webui.security import only


@blueprint.post("/words")
@only(*EDITORS)
def in_words() -> str:
    """Return the diagram that was sent as numbered steps in the reader's language."""
    content = text(body(), "content").encode("utf-8", "replace")
    try:
        drawing = read_drawing("", read("", content, (BPMN,)))
    except XmlRefused as refused:
        return render_template("designer/words.html", refused=say(refused.finding.reason), parts=[])
    return render_template("designer/words.html", refused=None, parts=parts(drawing))
