"""The one door to SpiffWorkflow: compiles releases and runs cases, and tells what happened in words of our own."""

from engine.interpreter import expressions
from engine.interpreter.compiling import Examined, compile_release, examine, reopen_release
from engine.interpreter.programs import ProcessInfo, Program, Services
from engine.interpreter.running import Run, begin, resume
from engine.interpreter.step import Element, MessageThrown, OpenTask, Passed, ServiceRequest, Step

__all__ = [
    "Element",
    "Examined",
    "MessageThrown",
    "OpenTask",
    "Passed",
    "ProcessInfo",
    "Program",
    "Run",
    "ServiceRequest",
    "Services",
    "Step",
    "begin",
    "compile_release",
    "examine",
    "expressions",
    "reopen_release",
    "resume",
]
