from xlsxwriter.utility import xl_rowcol_to_cell

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ...engine.flows import NAMED
from ..common.workbook import MoneyWorkbook
from .currency_flow_line import FIGURES

#: Tables of one workbook.
MOST = 500
#: What stands before the figures of a row: first and last day, whose, currency.
BEFORE = 4


class CurrencyFlowWorkbook(models.AbstractModel):
    """Tables as a workbook in which finance computes on: closings and general ledger
    are formulas over what they consist of."""

    _name = "currency.flow.workbook"
    _description = "Workbook of the Flow"

    @api.model
    def _check(self, flows):
        """:raises AccessError: a customer, or another company's tables
        :raises UserError: none, or more of them than a workbook holds"""
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Workbooks of the flow are for colleagues."))
        flows.check_access("read")
        if not flows:
            raise UserError(self.env._("Choose at least one table."))
        if len(flows) > MOST:
            raise UserError(
                self.env._(
                    "A workbook holds at most %(count)s tables: choose fewer.",
                    count=MOST,
                )
            )

    @api.model
    def _make(self, flows):
        """Make the workbook of tables, in the language of the environment.

        :param flows: ``currency.flow``
        :return: bytes of an XLSX file
        :raises AccessError: a customer, or another company's tables
        :raises UserError: none, or more of them than a workbook holds
        """
        self._check(flows)
        ordered = flows.sorted(lambda flow: (flow.company_id.id, flow.date_to, flow.id))
        with MoneyWorkbook() as book:
            writer = _Writer(book, ordered)
            writer.write_lines()
            writer.write_accounts()
            writer.write_tables()
        return book.get_content()


class _Writer:
    """Writes the sheets of one workbook."""

    def __init__(self, book, flows):
        self.book, self.flows, self.env = book, flows, flows.env
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self.labels = self.env["currency.flow.line"]._get_labels()

    def _add_sheet(self, name, heads):
        sheet = self.book.add_worksheet(name[:31])
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, self.book.head)
        sheet.set_column(0, len(heads) - 1, 14)
        sheet.freeze_panes(1, BEFORE)
        return sheet

    def _write_days(self, sheet, at, flow):
        sheet.write_datetime(at, 0, flow.date_from, self.day)
        sheet.write_datetime(at, 1, flow.date_to, self.day)

    def _write_sum(self, sheet, at, column, start, money, value):
        """Write the sum of the cells before it, from a column on."""
        first = xl_rowcol_to_cell(at, start)
        last = xl_rowcol_to_cell(at, column - 1)
        sheet.write_formula(at, column, f"=SUM({first}:{last})", money, value)

    def _get_heads(self, *heads):
        env = self.env
        return [env._("From"), env._("To"), *heads]

    # === SHEETS === #

    def write_lines(self):
        """Write a row for each line of each table."""
        env = self.env
        heads = self._get_heads(
            env._("What"),
            env._("Currency"),
            *(self.labels[name] for name in FIGURES),
            *(self.labels[of] for of in ("booked", "spot", "budget")),
            env._("Spot Rate"),
            env._("Budget Rate"),
        )
        sheet = self._add_sheet(env._("Flow"), heads)
        lines = self.flows.line_ids
        for at, line in enumerate(lines.sorted(self._get_place), 1):
            self._write_line(sheet, at, line)

    def _get_place(self, line):
        kinds = list(line._get_kind_names())
        at = self.flows.ids.index(line.flow_id.id)
        return at, kinds.index(line.kind), line.currency_id.name

    def _write_line(self, sheet, at, line):
        money = self.book.get_money(line.currency_id.decimal_places)
        books = self.book.get_money(line.company_currency_id.decimal_places)
        self._write_days(sheet, at, line.flow_id)
        self.book.write_text(sheet, at, 2, line._get_kind_names()[line.kind])
        self.book.write_text(sheet, at, 3, line.currency_id.name)
        for column, name in enumerate(FIGURES[:-1], BEFORE):
            sheet.write_number(at, column, line[name], money)
        end = BEFORE + len(FIGURES) - 1
        self._write_sum(sheet, at, end, BEFORE, money, line.closing)
        for column, of in enumerate(("booked", "spot", "budget"), end + 1):
            value = line._get_value(of)
            if value is not None:
                sheet.write_number(at, column, value, books)
        for column, of in enumerate(("spot", "budget"), end + 4):
            self.book.write_text(sheet, at, column, line._format_rate_of(of))

    def write_accounts(self):
        """Write a row for each account and currency of each table."""
        env, names = self.env, ("booked", *NAMED, "unexplained")
        columns = ("account_id", "currency_id", "amount", *names, "ledger")
        described = env["currency.flow.account"].fields_get(columns, ["string"])
        heads = self._get_heads(*(described[name]["string"] for name in columns))
        sheet = self._add_sheet(env._("General Ledger"), heads)
        sheet.set_column(2, 2, 36)
        rows = self.flows.account_ids
        for at, row in enumerate(rows, 1):
            books = self.book.get_money(row.company_currency_id.decimal_places)
            money = self.book.get_money(row.currency_id.decimal_places)
            self._write_days(sheet, at, row.flow_id)
            # sudo: who reads the table may not read accounts
            self.book.write_text(sheet, at, 2, row.account_id.sudo().display_name)
            self.book.write_text(sheet, at, 3, row.currency_id.name)
            sheet.write_number(at, BEFORE, row.amount, money)
            for column, name in enumerate(names, BEFORE + 1):
                sheet.write_number(at, column, row[name], books)
            end = BEFORE + 1 + len(names)
            self._write_sum(sheet, at, end, BEFORE + 1, books, row.ledger)

    def write_tables(self):
        """Write whose tables these are, and who stands by them."""
        env = self.env
        heads = self._get_heads(
            env._("Company"),
            env._("Status"),
            env._("Verified By"),
            env._("Verified On"),
            env._("Differences"),
            env._("Changed Since"),
        )
        sheet = self._add_sheet(env._("Tables"), heads)
        states = dict(env["currency.flow"]._fields["state"]._description_selection(env))
        for at, flow in enumerate(self.flows, 1):
            self._write_days(sheet, at, flow)
            for column, text in (
                (2, flow.company_id.sudo().name),  # sudo: of a branch's user
                (3, states[flow.state]),
                (4, flow.verified_by.sudo().name),  # sudo: who verified may be gone
                (6, flow.difference_note),
                (7, flow.later_note),
            ):
                self.book.write_text(sheet, at, column, text)
            if flow.verified_on:
                sheet.write_datetime(at, 5, flow.verified_on, self.moment)
