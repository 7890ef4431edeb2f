"""What happened to a draft, in words."""

from __future__ import annotations

from flask_babel import gettext

from engine.drafts.records import DraftEvent


def event_words(event: DraftEvent) -> str:
    """Return one line of the history without who and when."""
    detail = event.detail or {}
    words = {
        "opened": gettext("opened the draft"),
        "saved": gettext("saved a file"),
        "deleted": gettext("deleted a file"),
        "taken_back": gettext("took the changes of a file back"),
        "restored": gettext("took a file from an older release"),
        "merged": gettext("joined a file with what was published meanwhile"),
        "updated": gettext("took a file over from the current release"),
        "brought_up_to_date": gettext("brought the draft up to date"),
        "review_asked": gettext("asked for a review"),
        "stories_asked": gettext("had the stories played"),
        "reopened": gettext("went on editing"),
        "withdrawn": gettext("withdrew the draft"),
        "approved": gettext("approved"),
        "sent_back": gettext("sent the draft back"),
        "commented": gettext("left a comment"),
        "comment_resolved": gettext("dealt with a comment"),
        "comment_reopened": gettext("opened a comment again"),
        "published": gettext("published release %(number)s", number=str(detail.get("release", ""))),
    }
    return str(words.get(event.event, event.event))
