"""Fewer points of a long series for a screen, with every peak and trough in place."""

from collections.abc import Collection, Sequence


def thin(
    values: Sequence[float], most: int, keep: Collection[int] = ()
) -> Sequence[int]:
    """Choose which points of a series to draw.

    The series is cut into spans of equal length, of which the lowest and the highest
    point stay: a line through those looks like the line through all, however far one
    day stands out. An average would hide the very day that somebody looks for.

    :param values: the series, in the order of its dates
    :param most: how many points to draw, at least 4; those of ``keep`` not counted
    :param keep: positions that stay in any case, besides the first and the last
    :return: positions in ``values``, ascending
    """
    count = len(values)
    if count <= most:
        return range(count)
    spans = (most - 2) // 2
    chosen = {0, count - 1, *keep}
    for span in range(spans):
        part = range(count * span // spans, count * (span + 1) // spans)
        chosen.add(min(part, key=values.__getitem__))
        chosen.add(max(part, key=values.__getitem__))
    return sorted(chosen)
