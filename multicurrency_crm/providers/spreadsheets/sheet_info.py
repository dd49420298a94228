"""What is known of a sheet before it is read."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SheetInfo:
    """A sheet of a file; a CSV file has one without a name.

    ``rows`` and ``columns`` are as far as the file says that the sheet reaches,
    formatted empty rows included; None where it doesn't say.
    """

    name: str
    hidden: bool = False
    rows: int | None = None
    columns: int | None = None
