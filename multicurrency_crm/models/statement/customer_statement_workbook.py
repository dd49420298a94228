from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from odoo import models
from odoo.exceptions import AccessError, UserError

from ...engine.statements import SIGNS
from ..common.workbook import MoneyWorkbook
from .customer_statement_printing import MONEY

#: Rows that a sheet takes, less what stands above them.
ROWS = 1_000_000
#: Figures of a currency, in the order of their columns, and their sign in the closing.
FIGURES = tuple(SIGNS.items())
#: The column of what is open at the end, on a currency's sheet.
CLOSING = 4 + len(FIGURES)
#: The column of the rate as it is kept, on the summary.
RATE = 15
#: {figure: (rows of which kinds, sign of the movement, which movements)}
COUNTED = {
    "invoiced": (("invoice",), 1, ""),
    "credited": (("credit_note",), -1, ""),
    "paid": (("payment", "advance"), -1, "<0"),
    "refunded": (("payment", "advance"), 1, ">0"),
    "settled_elsewhere": (("elsewhere",), 1, ""),
}
#: Statements of one workbook.
MOST = 500


class CustomerStatement(models.Model):
    """Statements as a workbook in which finance computes on: a sheet a currency, whose
    totals are formulas over its lines, and a summary of them all."""

    _inherit = "customer.statement"

    # === ACTIONS === #

    def action_open_workbook(self):
        """Download these statements as one workbook."""
        self._check_workbook()
        ids = ",".join(map(str, self.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/multicurrency_crm/statements.xlsx?ids={ids}",
            "target": "download",
        }

    def _check_workbook(self):
        """:raises AccessError: a customer, or somebody else's statements
        :raises UserError: more of them than a workbook holds"""
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Workbooks of statements are for colleagues."))
        self.check_access("read")
        if len(self) > MOST:
            raise UserError(
                self.env._(
                    "A workbook holds at most %(count)s statements: choose fewer.",
                    count=MOST,
                )
            )

    # === WORKBOOK === #

    def _make_workbook(self):
        """Make the workbook of these statements, in the language of the environment.

        :return: bytes of an XLSX file
        :raises AccessError: a customer, or somebody else's statements
        :raises UserError: nothing is chosen, or more lines than a sheet takes
        """
        self._check_workbook()
        if not self:
            raise UserError(self.env._("Choose at least one statement."))
        ordered = self.sorted(
            lambda one: (one.company_id.id, one.partner_id.name or "", one.date_to)
        )
        with MoneyWorkbook() as book:
            _Writer(book, ordered).write_sheets()
        return book.get_content()


class _Writer:
    """Writes the sheets of one workbook."""

    def __init__(self, book, statements):
        self.book, self.statements, self.env = book, statements, statements.env
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.rate = book.add_format({"num_format": "0.000000"})
        fields = self.env["customer.statement.currency"]._fields
        #: {figure: what a line is said to count as}; formulas look for it
        self.labels = {
            name: fields[name]._description_string(self.env) for name, _sign in FIGURES
        }

    def write_sheets(self):
        """Write the summary, and a sheet for each currency."""
        # the first sheet is the one that opens
        summary = self.book.add_worksheet(self.env._("Summary")[:31])
        rows = self.statements.currency_line_ids
        placed = []
        for currency, mine in sorted(
            rows.grouped("currency_id").items(), key=lambda pair: pair[0].name
        ):
            placed += self._write_currency(currency, mine)
        self._write_summary(summary, placed)

    def _get_money(self, currency):
        return self.book.get_money(currency.decimal_places)

    def _write_heads(self, sheet, row, heads, width=14):
        for column, head in enumerate(heads):
            sheet.write_string(row, column, head, self.book.head)
        sheet.set_column(0, len(heads) - 1, width)

    # === A CURRENCY === #

    def _write_currency(self, currency, rows):
        """Write the sheet of a currency: a row a statement, then all of their lines.

        :param rows: ``customer.statement.currency``
        :return: [(row, sheet's name, number of the row on it)]
        """
        sheet = self.book.add_worksheet(currency.name)
        rows = rows.sorted(lambda row: self.statements.ids.index(row.statement_id.id))
        lines = rows.statement_id.line_ids.filtered(
            lambda line: line.currency_id == currency
        )
        if len(lines) + len(rows) > ROWS:
            raise UserError(
                self.env._(
                    "A sheet doesn't take so many lines: choose fewer statements."
                )
            )
        self._write_heads(sheet, 0, self._get_heads(rows))
        sheet.set_column(1, 1, 30)
        sheet.freeze_panes(1, 2)
        top = len(rows) + 3
        area = _Lines(top + 1, top + max(len(lines), 1), self.labels)
        numbers = {row.statement_id.id: at for at, row in enumerate(rows, 1)}
        for at, row in enumerate(rows, 1):
            self._write_figures(sheet, at, row, area)
        self._write_lines(sheet, top, lines, numbers)
        return [(row, currency.name, at) for at, row in enumerate(rows, 1)]

    def _get_heads(self, rows):
        env = self.env
        return [
            env._("No."),
            env._("Customer"),
            env._("From"),
            env._("To"),
            *self.labels.values(),
            env._("Closing"),
            env._("Open lines"),
            env._("Difference"),
            *self._get_age_heads(rows.statement_id),
            env._("Unallocated"),
            env._("Days, first"),
            env._("Days, second"),
            env._("Days, third"),
            env._("Closing, booked"),
        ]

    def _get_age_heads(self, statements):
        """Return the heads of the ages: with their days, where all of the statements
        have the same."""
        if len({statement._get_bounds() for statement in statements}) == 1:
            return statements[0]._get_age_labels().values()
        env = self.env
        return [
            env._("Not due"),
            env._("First age"),
            env._("Second age"),
            env._("Third age"),
            env._("Older"),
        ]

    def _write_figures(self, sheet, at, row, area):
        """Write the figures of one statement in this currency, as formulas.

        Each has the stated figure as its value, for programs that compute nothing.
        """
        statement = row.statement_id
        sheet.write_number(at, 0, at)
        self.book.write_text(sheet, at, 1, statement.partner_id.name)
        sheet.write_datetime(at, 2, statement.date_from, self.day)
        sheet.write_datetime(at, 3, statement.date_to, self.day)
        for column, bound in enumerate(statement._get_bounds(), CLOSING + 9):
            sheet.write_number(at, column, bound)
        # lines that are deleted by age add up to nothing: their figures stay
        has_lines = row.currency_id in statement.line_ids.currency_id
        for column, formula, value in self._get_formulas(at, row, area):
            is_booked = column == CLOSING + 12
            currency = row.company_currency_id if is_booked else row.currency_id
            money = self._get_money(currency)
            if not has_lines:
                sheet.write_number(at, column, value, money)
                continue
            text = f"=ROUND({formula},{currency.decimal_places})"
            sheet.write_formula(at, column, text, money, value)

    def _get_formulas(self, at, row, area):
        """Return what the figures of a row are computed by.

        :return: [(column, formula without its ``=``, stated figure)]
        """
        key = xl_rowcol_to_cell(at, 0, col_abs=True)
        found = [
            (column, area.add_up(name, key), row[name])
            for column, (name, _sign) in enumerate(FIGURES, 4)
        ]
        terms = "".join(
            f"{'+' if sign > 0 else '-'}{xl_rowcol_to_cell(at, column)}"
            for column, (_name, sign) in enumerate(FIGURES, 4)
        )
        closing, open_lines = (xl_rowcol_to_cell(at, CLOSING + n) for n in (0, 1))
        bounds = [xl_rowcol_to_cell(at, CLOSING + n) for n in (9, 10, 11)]
        ages = ("not_due", "days_30", "days_60", "days_90", "older")
        return [
            *found,
            (CLOSING, terms.lstrip("+"), row.closing),
            (CLOSING + 1, area.add_up("residual", key), row.closing),
            (CLOSING + 2, f"{closing}-{open_lines}", 0),
            *(
                (column, formula, row[name])
                for column, (name, formula) in enumerate(
                    zip(ages, area.add_ages(key, bounds), strict=True), CLOSING + 3
                )
            ),
            (CLOSING + 8, area.add_up("unallocated", key), row.unallocated),
            (CLOSING + 12, area.add_up("booked", key), row.closing_booked),
        ]

    def _write_lines(self, sheet, top, lines, numbers):
        env = self.env
        heads = [
            env._("No."),
            env._("Document"),
            env._("Date"),
            env._("Due"),
            env._("What"),
            env._("Counts as"),
            env._("Opening"),
            env._("Movement"),
            env._("Open"),
            env._("Days late"),
            env._("Owed"),
            env._("Open, booked"),
            env._("Reference"),
            env._("Matched with"),
            # with these two, the lines say by themselves what they are
            env._("Customer"),
            env._("Currency"),
        ]
        for column, head in enumerate(heads):
            sheet.write_string(top, column, head, self.book.head)
        kinds = dict(lines._fields["kind"]._description_selection(env))
        for at, line in enumerate(lines, top + 1):
            self._write_line(sheet, at, line, numbers[line.statement_id.id], kinds)
        if lines:
            sheet.autofilter(top, 0, top + len(lines), len(heads) - 1)

    def _write_line(self, sheet, at, line, number, kinds):
        money = self._get_money(line.currency_id)
        sheet.write_number(at, 0, number)
        self.book.write_text(sheet, at, 1, line.name or kinds[line.kind])
        for column, day in ((2, line.date), (3, line.date_due or line.date)):
            if day:
                sheet.write_datetime(at, column, day, self.day)
        self.book.write_text(sheet, at, 4, kinds[line.kind])
        sheet.write_string(at, 5, self.labels[_count_as(line)])
        sheet.write_number(at, 6, line.opening, money)
        sheet.write_number(at, 7, line.movement, money)
        sheet.write_number(at, 8, line.residual, money)
        due = xl_rowcol_to_cell(at, 3, col_abs=True)
        ends = xl_rowcol_to_cell(number, 3, row_abs=True, col_abs=True)
        late = (line.statement_id.date_to - (line.date_due or line.date)).days
        sheet.write_formula(at, 9, f"={ends}-{due}", None, late)
        sheet.write_number(at, 10, int(line.residual > 0 and line.kind not in MONEY))
        books = self._get_money(line.company_currency_id)
        sheet.write_number(at, 11, line.residual_booked, books)
        self.book.write_text(sheet, at, 12, line.reference)
        self.book.write_text(sheet, at, 13, line.settled_by)
        self.book.write_text(sheet, at, 14, line.statement_id.partner_id.name)
        sheet.write_string(at, 15, line.currency_id.name)

    # === SUMMARY === #

    def _write_summary(self, sheet, placed):
        """Write a row a statement and currency, each figure a formula that points to
        the currency's sheet, and the total a company's currency.

        :param placed: [(row, sheet's name, number of the row on it)]
        """
        env = self.env
        heads = [
            env._("Customer"),
            env._("From"),
            env._("To"),
            env._("State"),
            env._("Currency"),
            env._("Opening"),
            env._("Closing"),
            env._("Company currency"),
            env._("Closing, booked"),
            env._("Spot rate"),
            env._("Spot rate, source and day"),
            env._("Closing, at spot"),
            env._("In company currency only"),
            env._("Unrealized Gain/Loss (spot)"),
            env._("Ties out"),
            env._("Units for 1 of company currency"),
        ]
        self._write_heads(sheet, 0, heads)
        sheet.set_column(0, 0, 30)
        sheet.set_column(10, 10, 40)
        sheet.freeze_panes(1, 1)
        states = dict(self.statements._fields["state"]._description_selection(env))
        order = self.statements.ids.index
        placed = sorted(placed, key=lambda one: (order(one[0].statement_id.id), one[1]))
        for at, (row, name, there) in enumerate(placed, 1):
            self._write_summary_row(sheet, at, row, name, there, states)
        self._write_totals(sheet, placed)

    def _write_summary_row(self, sheet, at, row, name, there, states):
        env, statement = self.env, row.statement_id
        money = self._get_money(row.currency_id)
        books = self._get_money(row.company_currency_id)
        self.book.write_text(sheet, at, 0, statement.partner_id.name)
        sheet.write_datetime(at, 1, statement.date_from, self.day)
        sheet.write_datetime(at, 2, statement.date_to, self.day)
        self.book.write_text(sheet, at, 3, states[statement.state])
        sheet.write_string(at, 4, row.currency_id.name)
        for column, source, value, style in (
            (5, 4, row.opening, money),
            (6, CLOSING, row.closing, money),
            (8, CLOSING + 12, row.closing_booked, books),
        ):
            cell = f"='{name}'!{xl_rowcol_to_cell(there, source)}"
            sheet.write_formula(at, column, cell, style, value)
        sheet.write_string(at, 7, row.company_currency_id.name)
        self._write_spot(sheet, at, row, books)
        ties = env._("yes") if statement.is_tied else env._("no")
        self.book.write_text(sheet, at, 14, ties)

    def _write_spot(self, sheet, at, row, books):
        """Write what a currency is worth at the spot rate; nothing of one without."""
        is_own = row.currency_id == row.company_currency_id
        if not (row.has_rate or is_own):
            self.book.write_text(sheet, at, 10, row.rate_text)
            return
        rate = 1.0 if is_own else row.rate
        # people read what a unit is worth; computed with is the rate as it is kept
        sheet.write_number(at, RATE, rate)
        units = xl_rowcol_to_cell(at, RATE)
        sheet.write_formula(at, 9, f"=1/{units}", self.rate, 1.0 / rate)
        self.book.write_text(sheet, at, 10, row.rate_text)
        cells = {
            name: xl_rowcol_to_cell(at, column)
            for name, column in (
                ("closing", 6),
                ("booked", 8),
                ("rate", RATE),
                ("spot", 11),
                ("only", 12),
            )
        }
        places = row.company_currency_id.decimal_places
        spot = f"=ROUND({cells['closing']}/{cells['rate']},{places})"
        sheet.write_formula(at, 11, spot, books, row.closing_spot)
        sheet.write_number(at, 12, row.booked_only, books)
        difference = (
            f"=ROUND({cells['spot']}-{cells['booked']}+{cells['only']},{places})"
        )
        sheet.write_formula(at, 13, difference, books, row.unrealised)

    def _write_totals(self, sheet, placed):
        """Write the totals of each company currency below the rows."""
        last = len(placed)
        codes = xl_range_abs(1, 7, max(last, 1), 7)
        for at, (books, mine) in enumerate(
            self._group_by_books(placed).items(), last + 2
        ):
            self.book.write_text(sheet, at, 0, self.env._("Total"), self.book.bold)
            sheet.write_string(at, 7, books.name, self.book.bold)
            key = xl_rowcol_to_cell(at, 7)
            for column, name in (
                (8, "closing_booked"),
                (11, "closing_spot"),
                (12, "booked_only"),
                (13, "unrealised"),
            ):
                values = xl_range_abs(1, column, max(last, 1), column)
                formula = (
                    f"=ROUND(SUMIFS({values},{codes},{key}),{books.decimal_places})"
                )
                total = books.round(sum(row[name] for row in mine))
                sheet.write_formula(at, column, formula, self._get_money(books), total)

    @staticmethod
    def _group_by_books(placed):
        found = {}
        for row, _name, _there in placed:
            found.setdefault(row.company_currency_id, []).append(row)
        return found


class _Lines:
    """Formulas over the lines of a sheet, of one statement's number."""

    COLUMNS = {
        "number": 0,
        "counts": 5,
        "opening": 6,
        "movement": 7,
        "residual": 8,
        "late": 9,
        "owed": 10,
        "booked": 11,
    }

    def __init__(self, first, last, labels):
        self.labels = labels
        self.ranges = {
            name: xl_range_abs(first, column, last, column)
            for name, column in self.COLUMNS.items()
        }

    def _sum(self, what, key, *conditions):
        """Return SUMIFS over a column, of the lines of a number."""
        words = [self.ranges[what], self.ranges["number"], key]
        for column, condition in conditions:
            words += [self.ranges[column], condition]
        return f"SUMIFS({','.join(words)})"

    def add_up(self, figure, key):
        """Return the formula of a figure, without its ``=``."""
        if figure == "opening":
            return self._sum("opening", key)
        if figure in ("residual", "booked"):
            return self._sum(figure, key)
        if figure == "unallocated":
            return self._sum("residual", key, ("owed", "0"))
        sign = COUNTED[figure][1] if figure in COUNTED else 1
        total = self._sum("movement", key, ("counts", f'"{self.labels[figure]}"'))
        return total if sign > 0 else f"-{total}"

    def add_ages(self, key, bounds):
        """Return the formulas of what is owed, by age.

        :param bounds: the cells of the three bounds
        """
        owed = ("owed", "1")
        first, second, third = bounds
        limits = (
            (None, '"<=0"'),
            ('">0"', f'"<="&{first}'),
            (f'">"&{first}', f'"<="&{second}'),
            (f'">"&{second}', f'"<="&{third}'),
            (f'">"&{third}', None),
        )
        return [
            self._sum(
                "residual",
                key,
                owed,
                *(("late", limit) for limit in pair if limit),
            )
            for pair in limits
        ]


def _count_as(line):
    """Return the figure to which a line's movement adds."""
    for figure, (kinds, _sign, which) in COUNTED.items():
        if line.kind in kinds and (not which or (line.movement < 0) == (which == "<0")):
            return figure
    return "other"
