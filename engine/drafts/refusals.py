"""What drafts refuse, with the data a page needs to help."""

from __future__ import annotations

from collections.abc import Sequence

from engine.errors import Conflict, InvalidInput, NotAllowed
from engine.findings import Finding
from engine.merging import Joined


class DraftNotOpen(Conflict):
    """The draft is in review, published or withdrawn: its files cannot be changed."""


class NotInReview(Conflict):
    """Nobody asked for a review of the draft, or it is over."""


class NothingChanged(Conflict):
    """The draft is the same as its base release."""


class NotApproved(Conflict):
    """No second person has approved exactly what would be published."""


class BaseMoved(Conflict):
    """Another release was published since the draft was opened."""


class StoriesMissing(Conflict):
    """A story leaves its path, or was not played on exactly what would be published."""

    def __init__(self, failing: Sequence[str], waiting: Sequence[str]) -> None:
        """``failing`` and ``waiting`` are the paths of the stories that left their path, or were not played."""
        self.failing, self.waiting = list(failing), list(waiting)
        super().__init__(failing=self.failing, waiting=self.waiting)


class ChoicesMissing(Conflict):
    """The draft and what was published meanwhile change the same things: somebody has to choose."""

    def __init__(self, joined: Joined) -> None:
        self.joined = joined
        super().__init__(conflicts=[each.key for each in joined.conflicts])


class DraftFileChanged(Conflict):
    """Somebody else saved this file of the draft first."""

    def __init__(self, path: str, version: int, content: bytes | None, changed_by: int | None) -> None:
        """``version`` and ``content`` are theirs; ``content`` is ``None`` when they deleted the file."""
        self.path, self.version, self.content, self.changed_by = path, version, content, changed_by
        super().__init__(path=path, version=version, changed_by=changed_by)


class DraftFileRefused(InvalidInput):
    """This content cannot be kept in a draft."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = list(findings)
        super().__init__(findings=[f"{each.file}: {each.reason.en}" for each in findings])


class UnfitPath(InvalidInput):
    """A file of this name has no place among the processes."""


class OwnDraft(NotAllowed):
    """Whoever worked on a draft neither approves nor publishes it."""
