"""What the person at the terminal sees: steps, their progress and elapsed time."""

from __future__ import annotations

import contextlib
import sys
import threading
import time

_BEAT = 10.0  # seconds of silence after which a running step says that it still runs


class DevError(Exception):
    """An expected failure: one sentence that says what is wrong and what to do."""


class Step:
    """One running step; `progress` is called as often as one likes."""

    def __init__(self, console: Console, title: str):
        self._console = console
        self._title = title
        self._started = time.monotonic()
        self._printed = self._started
        self._percent = 0

    @property
    def seconds(self) -> float:
        """Elapsed time of the step."""
        return time.monotonic() - self._started

    def progress(self, text: str = "", percent: float | None = None) -> None:
        """Show where the step is: every quarter of the way, and when silent too long.

        :param text: what is being done, e.g. "module 12 of 70"
        :param percent: how far the step is, 0 to 100
        """
        now = time.monotonic()
        quarter = percent is not None and percent >= self._percent + 25
        if not quarter and now - self._printed < _BEAT:
            return
        if quarter:
            self._percent = int(percent // 25) * 25
        self._printed = now
        shown = "" if percent is None else f"{percent:.0f}%"
        detail = ", ".join(part for part in (shown, text) if part) or "still working"
        self._console.say(f"  {self._title}: {detail}")


class Console:
    """Prints to standard error: standard output belongs to what a command answers."""

    def __init__(self):
        self._started = time.monotonic()
        self._lock = threading.Lock()
        self.quiet = False

    def say(self, text: str) -> None:
        """Print one line with the time since the command began."""
        if self.quiet:
            return
        with self._lock:
            elapsed = time.monotonic() - self._started
            with contextlib.suppress(OSError, ValueError):
                print(f"[{elapsed:6.1f}s] {text}", file=sys.stderr, flush=True)

    @property
    def seconds(self) -> float:
        """Time since the command began."""
        return time.monotonic() - self._started

    @contextlib.contextmanager
    def step(self, title: str):
        """Announce a step, hand it out for its progress, and say how long it took."""
        step = Step(self, title)
        self.say(f"{title} ...")
        yield step
        self.say(f"{title}: done in {step.seconds:.1f} s")


console = Console()
