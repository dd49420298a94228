"""One order of all providers in which each company's chain keeps its own."""

from collections.abc import Collection, Sequence


def movable(
    chain: Sequence[int], order: Sequence[int], fixed: Collection[int]
) -> list[bool]:
    """Return which members of a chain can take their place.

    Members that serve other companies too stay where they are among the others; those
    that would have to change places with one another can't be in this chain.

    :param chain: the order wanted
    :param order: all, as they rank now
    :param fixed: members that must not move
    """
    last, answer = -1, []
    for member in chain:
        place = order.index(member) if member in fixed else last
        answer.append(place >= last)
        last = max(place, last)
    return answer


def arrange(
    chain: Sequence[int],
    order: Sequence[int],
    fixed: Collection[int],
    behind: Collection[int] = (),
) -> list[int]:
    """Return all members in an order in which the chain's come as wanted.

    Everybody in ``fixed``, or not in the chain, keeps the order among themselves.

    :param chain: the order wanted; its fixed members are in that order already, see
        :func:`movable`
    :param order: all, as they rank now
    :param fixed: members that must not move
    :param behind: members outside of the chain, not fixed, that go to the end
    """
    followers: dict[int | None, list[int]] = {None: []}
    anchor = None
    for member in chain:
        if member in fixed:
            anchor = member
            followers[anchor] = []
        else:
            followers[anchor].append(member)
    free = {member for group in followers.values() for member in group}
    moved = free | set(behind)
    result = list(followers[None])
    for member in order:
        if member not in moved:
            result += [member, *followers.get(member, ())]
    return [*result, *(member for member in order if member in behind)]
