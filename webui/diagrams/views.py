"""Diagrams as people read them: the file of a release with its names in the reader's language."""

from __future__ import annotations

from flask import Blueprint, Response
from lxml import etree

from engine.releases import queries as releases
from webui.i18n import language
from webui.runtime import reading

blueprint = Blueprint("diagrams", __name__, template_folder="templates", url_prefix="/diagrams")

SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"


@blueprint.get("/<int:release_id>/<process_id>.bpmn")
def drawing(release_id: int, process_id: str) -> Response:
    """Return the diagram of a process; every signed-in person may look at how the company works."""
    with reading() as db:
        content = releases.file(db, release_id, releases.program(db, release_id).file_of(process_id))
    if language() == "zh_CN":
        content = in_chinese(content)
    return Response(content, mimetype="application/xml", headers={"Cache-Control": "private, no-cache"})


def in_chinese(content: bytes) -> bytes:
    """Return the diagram with each ``label.zh_CN`` in the place of its name."""
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    for label in root.iter(f"{SPIFF}property"):
        if label.get("name") != "label.zh_CN":
            continue
        owner = next(label.iterancestors(f"{BPMN}extensionElements")).getparent()
        if owner is not None and label.get("value"):
            owner.set("name", label.get("value", ""))
    translated: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return translated
