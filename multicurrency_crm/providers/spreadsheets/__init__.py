"""Spreadsheets that people and other programs made: CSV, XLS, XLSX and pages.

1. :func:`open_book` says what a file is, and in which encoding.
2. :func:`read_table` finds the header of a sheet, and what its columns show.
3. ``Table.rows()`` are its rows; :func:`number_of`, :func:`day_of` and
   :func:`identifier_of` read their cells by what the column shows.

What can be read in two ways is settled by the rest of the column or said to be open.
"""

from .captions import currency_above, currency_of_total, currency_said
from .cells import Cell, RawRow, Trouble, is_dash
from .dates import DateEvidence, day_of
from .encodings import EncodingChoice
from .files import Book, Limits, open_book
from .identifiers import identifier_of
from .names import name_of, text_of
from .numbers import (
    NumberEvidence,
    Unreadable,
    Unsettled,
    amount_of,
    currency_mark,
    number_of,
)
from .remarks import Remark
from .sheet_info import SheetInfo
from .columns import Answer, Column, Evidence
from .tables import Row, Table, read_table

__all__ = [
    "Answer",
    "Book",
    "Cell",
    "Column",
    "DateEvidence",
    "EncodingChoice",
    "Evidence",
    "Limits",
    "NumberEvidence",
    "RawRow",
    "Remark",
    "Row",
    "SheetInfo",
    "Table",
    "Trouble",
    "Unreadable",
    "Unsettled",
    "amount_of",
    "currency_above",
    "currency_mark",
    "currency_of_total",
    "currency_said",
    "day_of",
    "identifier_of",
    "is_dash",
    "name_of",
    "number_of",
    "open_book",
    "read_table",
    "text_of",
]
