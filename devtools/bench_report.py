"""What a bench found: printed, and kept for the page and its plot."""

from __future__ import annotations

from typing import NamedTuple


class Line(NamedTuple):
    """A step beside another one: medians of (seconds, queries)."""

    what: str
    taken: tuple[float, float]
    peer: tuple[float, float]
    #: how many times as long as its peer it may take; None: that is only told
    bound: float | None = None

    @property
    def share(self) -> float:
        return self.taken[0] / self.peer[0]

    @property
    def is_good(self) -> bool:
        return self.bound is None or self.share <= self.bound

    def __str__(self) -> str:
        (seconds, queries), (alone, fewer) = self.taken, self.peer
        verdict = ""
        if self.bound:
            good = "ok" if self.is_good else "not ok"
            verdict = f" (at most {self.bound:.2f} is the rule: {good})"
        return (
            f"{self.what}: {1000 * seconds:.1f} ms, {queries:.0f} queries; beside it "
            f"{1000 * alone:.1f} ms, {fewer:.0f} queries: {self.share:.2f}{verdict}"
        )


def report(name: str, lines: list[Line]) -> bool:
    """Print what was found.

    :return: whether no bound is broken
    """
    for line in lines:
        print(line, flush=True)
    return all(line.is_good for line in lines)
