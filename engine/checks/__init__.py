"""The gate before publishing: everything that can be proved of diagrams, forms and tables without running a case."""

from engine.checks.checking import Known, check, refuse

__all__ = ["Known", "check", "refuse"]
