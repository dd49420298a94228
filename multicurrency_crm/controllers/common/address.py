"""What an address says is anybody's: read as what it has to be, or not at all."""

#: No record has a larger one: PostgreSQL would refuse it.
LARGEST_ID = 2**31 - 1


def read_ids(text):
    """Return the ids that a text holds, parted by commas, without what is none.

    >>> read_ids("3,x,-1,99999999999,4")
    [3, 4]
    """
    numbers = [int(part) for part in text.split(",") if part.isdecimal()]
    return [number for number in numbers if number <= LARGEST_ID]


def read_id(value):
    """Return an id that a client sends as JSON; None where it can't be one."""
    is_id = type(value) is int and 0 < value <= LARGEST_ID
    return value if is_id else None
