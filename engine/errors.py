"""Everything the engine refuses, as one small tree.

The class says whose fault it is, the fields say what exactly; the sentence for a person is made in ``webui``.
A refusal never changes an instance: whoever catches one rolls the transaction back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from engine.findings import Finding
    from engine.text import Text


class LtcError(Exception):
    """Something was refused."""

    http_status: ClassVar[int] = 500

    def __init__(self, **data: object) -> None:
        self.data = data
        super().__init__(self.__doc__, data)

    def __str__(self) -> str:
        details = ", ".join(f"{key}={value!r}" for key, value in self.data.items())
        sentence = (self.__doc__ or type(self).__name__).strip().splitlines()[0]
        return f"{sentence} ({details})" if details else sentence


class InvalidInput(LtcError):
    """What was sent is not acceptable."""

    http_status = 422


class NotAllowed(LtcError):
    """This person may not do this."""

    http_status = 403


class NotFound(LtcError):
    """There is no such thing, or this person may not know of it."""

    http_status = 404


class Conflict(LtcError):
    """Somebody else was faster, or the page is stale."""

    http_status = 409


class Fault(LtcError):
    """The product itself is at fault."""

    http_status = 500


class InvalidAnswers(InvalidInput):
    """The answers do not fit the form."""

    def __init__(self, errors: Mapping[str, Sequence[str]], **data: object) -> None:
        """``errors`` maps a field path (``pains.0.post``; ``""`` for the whole form) to its messages."""
        self.errors = {path: list(messages) for path, messages in errors.items()}
        super().__init__(errors=self.errors, **data)


class RuleRefused(InvalidInput):
    """A rule of the company says no to this."""

    def __init__(self, reason: Text, cure: Text, field: str | None = None, **data: object) -> None:
        """``reason`` says which rule and why, ``cure`` what to do now; ``field`` is the answer that it is about."""
        self.reason, self.cure, self.field = reason, cure, field
        super().__init__(reason=reason.en, field=field, **data)


class WorkItemNotFound(NotFound):
    """There is no such work item for this person."""


class WorkItemOfOthers(NotAllowed):
    """This work item waits for others; the person sees the case, but does not do this task."""


class InstanceNotFound(NotFound):
    """There is no such case for this person."""


class WorkItemAlreadyDone(Conflict):
    """This work item is no longer open."""


class WorkItemNotClaimable(Conflict):
    """This work item is already somebody's."""


class StalePage(Conflict):
    """The case moved on since this page was loaded."""


class InstanceNotRunning(Conflict):
    """The case has ended or is suspended."""


class MessageNotExpected(Conflict):
    """No case waits for this message."""


class ProcessNotFound(NotFound):
    """The current release has no such process."""


class ReleaseRefused(InvalidInput):
    """The diagrams cannot be released as they are."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = list(findings)
        super().__init__(findings=[f"{f.file}:{f.element or '-'}: {f.reason.en}" for f in findings])


class ExpressionError(InvalidInput):
    """An expression cannot be read or evaluated."""


class SettingsError(InvalidInput):
    """The environment names something that cannot be used."""


class NoRuleMatched(Fault):
    """No row of the decision table fits, and it has no default."""


class RulesOverlap(Fault):
    """Two rows of a decision table with the hit policy UNIQUE fit at once."""


class ErrorNotCaught(Fault):
    """No boundary event of the diagram catches this BPMN error."""


class CaseStuck(Fault):
    """The diagram cannot go on from this element."""


class StateUnreadable(Fault):
    """The stored state of the case does not fit this version of the product or this release."""
