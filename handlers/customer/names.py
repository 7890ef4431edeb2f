"""When two names mean the same customer."""

from __future__ import annotations

import re
import unicodedata

_FORMS = re.compile(
    r"(集团)?(股份)?(有限)?(责任)?公司$|\b(co|corp|corporation|inc|incorporated|company|ltd|limited|llc|gmbh|group)\b\.?"
)
_BETWEEN = re.compile(r"[\s\W_]+")


def key_of(name: str) -> str:
    """Return the form in which customers' names are compared: no legal form, no case, no width, no punctuation.

    ``华东精密制造有限公司`` and ``华东精密制造`` are one customer, so are ``ACME Co., Ltd.`` and ``Acme``.
    """
    text = unicodedata.normalize("NFKC", name).casefold().strip()
    bare = _BETWEEN.sub("", _FORMS.sub("", text))
    return (bare or _BETWEEN.sub("", text) or text)[:200]
