"""Playing the stories of a draft in a process of its own, so that pages stay quick and nothing of it is left behind.

``python -m webui.telling`` reads from its standard input what it is to play, and writes how each story went, a line
each. When whoever asked is gone, the next line finds nobody to read it, and it ends.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import IO, Any
from zoneinfo import ZoneInfo

from engine.errors import Fault, ReleaseRefused
from engine.scenarios import Coverage, Left, Problem, read_each
from engine.scenarios.results import Told
from engine.text import Text
from webui.scenarios import demo_world, play_each

log = logging.getLogger("ltc.stories")

LONGEST_STORY = 180.0
"""Seconds after which a story is given up: it waits for ever, or turns in a circle."""
NICE = 5
"""Whoever works with the pages goes first."""
TOO_LONG = Text(
    f"it was given up after {LONGEST_STORY:.0f} seconds: it turns in a circle, or waits for years",
    f"演练超过 {LONGEST_STORY:.0f} 秒，已放弃：可能在循环，或等待时间过长",
)
_ENCODING = "latin-1"
"""Gives every byte a letter and takes it back: what draws diagrams may write them in any encoding."""


class StoriesApart:
    """Implements :class:`engine.drafts.telling.Player`; one at a time in this process."""

    def __init__(self, zone: ZoneInfo, *, longest: float = LONGEST_STORY) -> None:
        self._zone, self._longest = zone, longest
        self._changing = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def play(self, files: Mapping[str, bytes], stories: Sequence[str]) -> Iterator[Told]:
        """Yield how each story went; one that does not end is one that left its path.

        Raises ``ReleaseRefused`` when the files cannot run, ``Fault`` when the playing was broken off.
        """
        left = list(stories)
        while left:
            for told in self._play(files, left):
                left.remove(told.story)
                yield told
            if left:
                yield Told(left.pop(0), [Left(0, Problem(TOO_LONG))], {}, int(self._longest * 1000))

    def stop(self) -> None:
        """Break off what is being played now."""
        with self._changing:
            if self._child is not None:
                self._child.kill()

    def _play(self, files: Mapping[str, bytes], stories: Sequence[str]) -> Iterator[Told]:
        """Play in one process, until they are told or one takes too long."""
        asked = {
            "zone": self._zone.key,
            "stories": list(stories),
            "files": {path: content.decode(_ENCODING) for path, content in files.items()},
        }
        with tempfile.TemporaryFile() as complaints:
            child = subprocess.Popen(
                [sys.executable, "-m", "webui.telling"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints,
            )  # fmt: skip
            with self._changing:
                self._child = child
            try:
                took_too_long = yield from self._told(child, json.dumps(asked).encode())
            finally:
                with self._changing:
                    self._child = None
                child.kill()
                child.wait()
                for pipe in (child.stdin, child.stdout):
                    with contextlib.suppress(OSError):
                        pipe.close() if pipe else None
            if child.returncode and not took_too_long:
                complaints.seek(0)
                said = complaints.read().decode("utf-8", "replace")[-2000:]
                raise Fault(problem="playing the stories was broken off", said=said)

    def _told(self, child: subprocess.Popen[bytes], asked: bytes) -> Generator[Told, None, bool]:
        """Yield what the process tells; return whether it was ended because it took too long."""
        assert child.stdin is not None
        assert child.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(asked)
            child.stdin.close()
        watch = _Watch(child, self._longest)
        try:
            for line in child.stdout:
                watch.again()
                told = json.loads(line)
                if "refused" in told:
                    raise ReleaseRefused([])
                yield _from_json(told)
        finally:
            watch.end()
        child.wait()
        return watch.barked


class _Watch:
    """Ends a process that has been silent for too long."""

    def __init__(self, child: subprocess.Popen[bytes], seconds: float) -> None:
        self._child, self._seconds = child, seconds
        self.barked = False
        self._timer = self._set()

    def _set(self) -> threading.Timer:
        timer = threading.Timer(self._seconds, self._bark)
        timer.daemon = True
        timer.start()
        return timer

    def _bark(self) -> None:
        self.barked = True
        self._child.kill()

    def again(self) -> None:
        """Count from now."""
        self._timer.cancel()
        self._timer = self._set()

    def end(self) -> None:
        """Watch no longer."""
        self._timer.cancel()


def _from_json(told: Mapping[str, Any]) -> Told:
    left = [
        Left(
            each["step"],
            Problem(Text(**each["problem"]["said"]), each["problem"]["element"], tuple(each["problem"]["open"])),
        )
        for each in told["left"]
    ]
    return Told(told["story"], left, told["missed"], told["milliseconds"])


def _to_json(told: Told) -> dict[str, Any]:
    return {
        "story": told.story,
        "left": [asdict(each) for each in told.left],
        "missed": told.missed,
        "milliseconds": told.milliseconds,
    }


def tell(asked: IO[bytes], told: IO[str]) -> None:
    """Play what ``asked`` names, and write to ``told`` how each story went, as soon as it is known."""
    given = json.load(asked)
    files = {path: content.encode(_ENCODING) for path, content in given["files"].items()}
    everything = read_each(files)
    stories = [each for each in everything.stories if each.file in set(given["stories"])]
    try:
        with demo_world(files, ZoneInfo(given["zone"])) as world:
            began = time.monotonic()
            for played, reached in play_each(world, stories, everything.usual):
                took = int((time.monotonic() - began) * 1000)
                _write(_to_json(Told(played.scenario.file, played.left, _missed(reached), took)), told)
                began = time.monotonic()
    except ReleaseRefused as refused:
        _write({"refused": str(refused)}, told)


def _missed(reached: Coverage) -> dict[str, list[str]]:
    """Return what the story did not take of each process that it entered."""
    return {process: sorted(reached.missed.get(process, ())) for process in reached.entered}


def _write(line: Mapping[str, Any], told: IO[str]) -> None:
    told.write(json.dumps(line) + "\n")
    told.flush()


if __name__ == "__main__":
    logging.disable(logging.INFO)
    with contextlib.suppress(AttributeError, OSError):
        os.nice(NICE)
    tell(sys.stdin.buffer, sys.stdout)
