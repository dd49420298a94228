"""Numbers, codes and telephone numbers that are names: no digit may be lost."""

from .cells import Cell


def identifier_of(cell: Cell) -> str:
    """Return a cell as a name: ``007`` stays, a stored ``13000000000.0`` loses its
    decimals, ``="007"`` its wrapping; "" for an empty one."""
    raise NotImplementedError
