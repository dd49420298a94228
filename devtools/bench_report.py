"""What a bench found: printed, and kept for the page and its plot."""

from __future__ import annotations

from typing import NamedTuple


class Line(NamedTuple):
    """A step beside another one: medians of (seconds, queries)."""

    what: str
    taken: tuple[float, float]
    #: None: nothing is beside it
    peer: tuple[float, float] | None
    #: how many times as long as its peer it may take, or how many seconds where nothing
    #: is beside it; None: that is only told
    bound: float | None = None

    @property
    def share(self) -> float:
        """Its time ÷ that of its peer, or its seconds where nothing is beside it."""
        return self.taken[0] / (self.peer[0] if self.peer else 1)

    @property
    def is_good(self) -> bool:
        return self.bound is None or self.share <= self.bound

    def __str__(self) -> str:
        seconds, queries = self.taken
        verdict = beside = ""
        if self.peer:
            alone, fewer = self.peer
            beside = f" beside it {1000 * alone:.1f} ms, {fewer:.0f} queries;"
        if self.bound:
            good = "ok" if self.is_good else "not ok"
            verdict = f" (at most {self.bound:.2f} is the rule: {good})"
        return (
            f"{self.what}: {1000 * seconds:.1f} ms, {queries:.0f} queries;{beside} "
            f"{self.share:.2f}{verdict}"
        )

    def to_json(self) -> dict:
        """Return the line as the figures of the page keep it."""
        seconds, queries = self.taken
        return {
            "what": self.what,
            "milliseconds": round(1000 * seconds, 1),
            "queries": queries,
            "beside": self.peer and [round(1000 * self.peer[0], 1), self.peer[1]],
            "share": round(self.share, 3),
            "bound": self.bound,
        }


def report(lines: list[Line]) -> bool:
    """Print what was found.

    :return: whether no bound is broken
    """
    for line in lines:
        print(line, flush=True)
    return all(line.is_good for line in lines)
