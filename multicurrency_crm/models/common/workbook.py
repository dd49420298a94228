"""Workbooks that people compute on: what rooms write into them alike."""

import io

import xlsxwriter

#: Letters that a cell takes.
LETTERS = 32_000


class MoneyWorkbook(xlsxwriter.Workbook):
    """A workbook in memory, whose texts are texts and whose amounts have decimals.

    Names of customers are written as they are, whatever they begin with: ``=``, ``+``,
    ``-`` and ``@`` make no formula of them.
    """

    def __init__(self):
        self._content = io.BytesIO()
        super().__init__(
            self._content,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
            },
        )
        self.bold = self.add_format({"bold": True})
        self.head = self.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        self._money = {}

    def get_content(self):
        """Return the bytes of the file, once the workbook is closed."""
        return self._content.getvalue()

    def get_money(self, digits, *, bold=False):
        """Return the format of amounts, red below 0.

        :param int digits: decimals of their currency
        """
        if (digits, bold) not in self._money:
            number = "#,##0" + (f".{'0' * digits}" if digits else "")
            look = {"num_format": f"{number};[Red]-{number}", "bold": bold}
            self._money[digits, bold] = self.add_format(look)
        return self._money[digits, bold]

    @staticmethod
    def write_text(sheet, row, column, text, style=None):
        """Write a text, or nothing of an empty one."""
        sheet.write_string(row, column, str(text or "")[:LETTERS], style)
