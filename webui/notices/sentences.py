"""What a notice says: one sentence for each kind, filled with the parameters that its sender gave."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

SENTENCES: Mapping[str, object] = {
    "work_item_transferred": _l("%(by)s handed you a task of %(case)s: %(reason)s"),
}


class _Given(dict[str, str]):
    """Parameters; one that is missing leaves a dash instead of breaking the page."""

    def __missing__(self, key: str) -> str:
        return "–"


def sentence(kind: str, params: Mapping[str, str]) -> str:
    """Return the notice in the language of the page; an unknown kind still names its case."""
    template = str(SENTENCES.get(kind) or gettext("There is news about %(case)s.", case="%(case)s"))
    return template % _Given(params)
