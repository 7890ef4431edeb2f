"""Decisions at the gates of a case, and the conditions that come with them as tracked actions."""
