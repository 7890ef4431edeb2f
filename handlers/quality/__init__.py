"""Flags that tell a problem in the quality of work; they are resolved, never deleted."""
