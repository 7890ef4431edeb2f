"""Pictures of diagrams for pages without scripts: SVG drawn from the diagram's own layout."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response
from lxml import etree

from engine.errors import NotFound
from engine.layout import svg
from webui.i18n import language

POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""A picture carries its own style and nothing else."""


def picture(path: str, content: bytes, marks: Mapping[str, str] | None = None, *, download: bool = False) -> Response:
    """Answer with the picture of a diagram in the reader's language; ``NotFound`` for one without a layout."""
    try:
        drawn = svg(content, language(), marks or {})
    except (ValueError, etree.XMLSyntaxError):
        raise NotFound(picture=path) from None
    return attachment(path.removesuffix(".bpmn") + ".svg", drawn, "image/svg+xml", download=download)


def attachment(path: str, content: bytes, mimetype: str, *, download: bool = True) -> Response:
    """Answer with a file; what somebody drew is never run as a page of ours."""
    name = path.rpartition("/")[2]
    headers = {
        "Content-Security-Policy": POLICY,
        "Content-Disposition": f'{"attachment" if download else "inline"}; filename="{name}"',
        "Cache-Control": "private, no-cache",
    }
    return Response(content, mimetype=mimetype, headers=headers)
