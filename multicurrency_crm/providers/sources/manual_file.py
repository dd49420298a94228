"""Rates from a file that somebody uploads: a sheet of one's own, or of one's bank.

What such a sheet may look like is described in :mod:`..sheet_layout`;
``template_csv()`` is an example.
"""

import datetime

from ...engine.rates import KINDS, LAST_DAY, Quote
from ..base import Adapter
from ..errors import RequestRefused, _lt
from ..registry import register
from ..sheet_layout import template_csv
from ..sheets import read_sheet


class SheetAdapter(Adapter):
    """What comes from a sheet with rates; nothing is ever asked for."""

    base = ""
    online = False
    max_bytes = 128 * 1024 * 1024
    documentation = ""
    #: the columns that say the day, the preferred one first
    periods = ("date",)
    #: how many days after today a typed day may be; what is later is mistyped
    most_ahead = 366
    #: the only kind that a sheet holds; None: it says so itself
    only_kind: str | None = None

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Refuse: nothing can be downloaded."""
        raise RequestRefused(_lt("These rates come from a file: upload it."))

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read a CSV, XLS or XLSX file.

        Days more than :attr:`most_ahead` after ``hints["today"]`` are refused. What the
        sheet leaves open say ``hints["base"]``, ``["direction"]`` and
        ``["nominal"]``; a list under ``"unread"`` collects the names of columns that
        nobody reads.

        :raises DirectionOpen: nothing says in which direction the figures are quoted
        """
        today = hints.get("today")
        ahead = datetime.timedelta(self.most_ahead)
        return read_sheet(
            payload,
            self.code,
            hints,
            max_bytes=self.max_bytes,
            periods=self.periods,
            latest=min(today + ahead, LAST_DAY) if today else LAST_DAY,
            kind=self.only_kind,
        )

    def template_csv(self, layout: str = "rows", language: str = "en") -> bytes:
        """Return an example to fill in; see :func:`~..sheet_layout.template_csv`."""
        return template_csv(self.periods[0], layout, language)


@register
class ManualFile(SheetAdapter):
    code = "manual_file"
    name = _lt("File with rates")
    kinds = KINDS
    limits = _lt("300,000 rows and 128 MB unpacked in a file.")
    terms = _lt("Whoever uploads the file answers for its rates and for their use.")
