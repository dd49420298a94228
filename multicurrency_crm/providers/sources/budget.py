"""The rates of a year's plan, typed once and uploaded as a file.

Each row holds from 1 January of its year; a sheet with a column "date" instead, for
a plan that begins on another day, has each row hold from that day.
"""

from ..errors import _lt
from ..registry import register
from .manual_file import SheetAdapter


@register
class BudgetRates(SheetAdapter):
    code = "budget"
    name = _lt("Budget rates")
    kinds = ("budget",)
    only_kind = "budget"
    periods = ("year", "date")
    max_age_days = 366
    # nobody plans further
    most_ahead = 10 * 366
    limits = _lt("300,000 rows and 128 MB unpacked in a file.")
    terms = _lt("The plan rates of the company itself, no publisher's.")
