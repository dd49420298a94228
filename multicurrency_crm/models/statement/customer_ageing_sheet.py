from dataclasses import dataclass, field

from xlsxwriter.utility import xl_range
from xlsxwriter.utility import xl_rowcol_to_cell as cell

from odoo import api, models

from ...engine.open_items import AGES
from ..common.workbook import MoneyWorkbook

#: Ages in document currency, each a column.
COLUMNS = (*AGES, "unallocated")
#: Columns of the sheet.
FIRST_AGE = 4
OPEN = FIRST_AGE + len(COLUMNS)
BOOKED, BOOKED_ONLY, RATE, SPOT, UNREALISED = range(OPEN + 1, OPEN + 6)
#: Of these, the ones that a total adds up in its own currency.
SUMMED = range(FIRST_AGE, OPEN + 1)


@dataclass
class Owed:
    """What a customer has open in a currency, in one company."""

    ages: dict[str, float] = field(default_factory=lambda: dict.fromkeys(COLUMNS, 0.0))
    booked: float = 0.0
    booked_only: float = 0.0
    spot: float = 0.0
    has_rate: bool = True


class _Pen:
    """Writes the cells of one sheet."""

    def __init__(self, book, sheet):
        self.book, self.sheet = book, sheet

    def text(self, row, column, text, bold=False):
        style = self.book.bold if bold else None
        self.book.write_text(self.sheet, row, column, text, style)

    def number(self, row, column, value, digits):
        self.sheet.write_number(row, column, value, self.book.get_money(digits))

    def formula(self, row, column, formula, value, digits, bold=False):
        """:param value: what it comes to, for readers that don't calculate"""
        look = self.book.get_money(digits, bold=bold)
        self.sheet.write_formula(row, column, formula, look, round(value, digits))


class CustomerAgeingSheet(models.AbstractModel):
    """The ageing as a workbook: a row a customer and currency, totals as formulas."""

    _name = "customer.ageing.sheet"
    _description = "Ageing as a Workbook"

    @api.model
    def _make_workbook(self, domain=()):
        """Make the workbook of what the context's day and the companies that are
        chosen have open.

        :param domain: of ``customer.ageing``: what of it
        :return: bytes of an XLSX file
        """
        owed = self._find_owed(list(domain))
        with MoneyWorkbook() as book:
            sheet = book.add_worksheet(self.env._("Ageing"))
            pen = _Pen(book, sheet)
            row = self._write_head(pen, bool(domain))
            for company, by_currency in owed.items():
                row = self._write_company(pen, row + 1, company, by_currency)
            sheet.set_column(0, 0, 32)
            sheet.set_column(1, UNREALISED, 14)
            sheet.set_column(RATE, RATE, 40)
            sheet.freeze_panes(0, 1)
        return book.get_content()

    @api.model
    def _find_owed(self, domain):
        """Find what customers have open, by one query.

        :return: {main company: {currency: {customer: :class:`Owed`}}}
        """
        found = {}
        groups = self.env["customer.ageing"]._read_group(
            domain,
            ["company_id", "currency_id", "partner_id", "age"],
            ["amount:sum", "booked:sum", "value:sum", "rate:max"],
        )
        for company, currency, partner, age, amount, booked, value, rate in groups:
            # sudo: branches are stated with their main company, and the names that the
            # screen shows are written, whoever may open them
            root = company.sudo().root_id
            customers = found.setdefault(root, {}).setdefault(currency.sudo(), {})
            owed = customers.setdefault(partner.sudo(), Owed())
            owed.booked += booked
            if age == "booked_only":
                owed.booked_only += booked
                continue
            owed.ages[age] += amount
            owed.spot += value or 0.0
            owed.has_rate &= bool(rate)
        return found

    # === HEAD === #

    @api.model
    def _write_head(self, pen, is_filtered):
        Ageing = self.env["customer.ageing"]
        day = Ageing._get_day()
        pen.text(0, 0, Ageing._get_title(day, Ageing._get_side()), bold=True)
        pen.text(1, 0, self.env._("What is due on that day isn't overdue."))
        if is_filtered:
            pen.text(2, 0, self.env._("Only what the screen was filtered for."))
        return 3

    @api.model
    def _write_titles(self, pen, row, company):
        Ageing = self.env["customer.ageing"]
        ages = Ageing._name_ages(company._get_age_bounds())
        books = company.currency_id.name
        titles = [
            self.env._("Customer"),
            self.env._("Salesperson"),
            self.env._("Country"),
            self.env._("Currency"),
            *(ages[age] for age in COLUMNS),
            self.env._("Open"),
            self.env._("Booked, %(currency)s", currency=books),
            self.env._("Of Which in %(currency)s Only", currency=books),
            self.env._("Spot Rate"),
            self.env._("At Spot, %(currency)s", currency=books),
            self.env._("Unrealized Gain/Loss (spot), %(currency)s", currency=books),
        ]
        for column, title in enumerate(titles):
            pen.text(row, column, title, bold=True)

    # === ROWS === #

    @api.model
    def _write_company(self, pen, row, company, by_currency):
        """Write what a main company's customers have open.

        :param by_currency: {currency: {customer: :class:`Owed`}}
        :return: the row behind it
        """
        pen.text(row, 0, company.name, bold=True)
        self._write_titles(pen, row + 1, company)
        row += 2
        totals = []
        notes = self._find_rate_notes(company, by_currency)
        for currency in sorted(by_currency, key=lambda currency: currency.name):
            customers = by_currency[currency]
            first = row
            for customer in sorted(customers, key=lambda customer: customer.name or ""):
                place = (company, currency, notes[currency])
                self._write_customer(pen, row, place, customer, customers[customer])
                row += 1
            self._write_total(pen, row, company, currency, customers.values(), first)
            totals.append((row, list(customers.values())))
            row += 1
        self._write_grand_total(pen, row, company, totals)
        return row + 1

    @api.model
    def _find_rate_notes(self, company, currencies):
        """Find what is said of the spot rates of a day.

        :return: {currency: text}
        """
        Ageing = self.env["customer.ageing"]
        every = self.env["res.currency"].union(*currencies)
        spots = every._find_spot(company, Ageing._get_day())
        return {
            currency: Ageing._get_rate_text(currency, company, spots.get(currency.id))
            for currency in every
        }

    @api.model
    def _write_customer(self, pen, row, place, customer, owed):
        """Write a customer's row of a currency.

        :param place: (company, currency, what is said of its rate)
        """
        company, currency, note = place
        digits, books = currency.decimal_places, company.currency_id.decimal_places
        name = customer.display_name or self.env._("Without a customer")
        for column, text in enumerate(
            (name, customer.user_id.name, customer.country_id.name, currency.name)
        ):
            pen.text(row, column, text)
        for column, age in enumerate(COLUMNS, FIRST_AGE):
            pen.number(row, column, currency.round(owed.ages[age]), digits)
        ages = f"=SUM({xl_range(row, FIRST_AGE, row, OPEN - 1)})"
        pen.formula(row, OPEN, ages, sum(owed.ages.values()), digits)
        pen.number(row, BOOKED, round(owed.booked, books), books)
        pen.number(row, BOOKED_ONLY, round(owed.booked_only, books), books)
        pen.text(row, RATE, note)
        if owed.has_rate:
            pen.number(row, SPOT, round(owed.spot, books), books)
            difference = (
                f"={cell(row, SPOT)}-{cell(row, BOOKED)}+{cell(row, BOOKED_ONLY)}"
            )
            unrealised = owed.spot - owed.booked + owed.booked_only
            pen.formula(row, UNREALISED, difference, unrealised, books)

    # === TOTALS === #

    @api.model
    def _write_total(self, pen, row, company, currency, owed, first):
        """Write the total of a currency's rows, from the row ``first`` on."""
        digits, books = currency.decimal_places, company.currency_id.decimal_places
        title = self.env._("Total %(currency)s", currency=currency.name)
        pen.text(row, 0, title, bold=True)
        pen.text(row, FIRST_AGE - 1, currency.name, bold=True)
        sums = [
            *(sum(one.ages[age] for one in owed) for age in COLUMNS),
            sum(sum(one.ages.values()) for one in owed),
        ]
        for column, value in zip(SUMMED, sums, strict=True):
            formula = f"=SUM({xl_range(first, column, row - 1, column)})"
            pen.formula(row, column, formula, value, digits, bold=True)
        for column, value in self._sum_in_books(owed).items():
            formula = f"=SUM({xl_range(first, column, row - 1, column)})"
            self._write_in_books(pen, row, column, formula, value, books)

    @api.model
    def _write_grand_total(self, pen, row, company, totals):
        """Write the total of a company's currencies.

        :param totals: [(row of a currency's total, its :class:`Owed`)]
        """
        currency = company.currency_id
        title = self.env._("Total in %(currency)s", currency=currency.name)
        pen.text(row, 0, title, bold=True)
        every = [one for _row, owed in totals for one in owed]
        for column, value in self._sum_in_books(every).items():
            formula = "=" + "+".join(cell(of, column) for of, _owed in totals)
            self._write_in_books(
                pen, row, column, formula, value, currency.decimal_places
            )

    @api.model
    def _sum_in_books(self, owed):
        """Sum figures in company currency.

        :return: {column: amount, or None where a rate is missing}
        """
        is_known = all(one.has_rate for one in owed)
        booked = sum(one.booked for one in owed)
        booked_only = sum(one.booked_only for one in owed)
        spot = sum(one.spot for one in owed)
        return {
            BOOKED: booked,
            BOOKED_ONLY: booked_only,
            SPOT: spot if is_known else None,
            UNREALISED: spot - booked + booked_only if is_known else None,
        }

    @api.model
    def _write_in_books(self, pen, row, column, formula, value, digits):
        """Write a total in company currency; in words where a rate is missing."""
        if value is None:
            pen.text(row, column, self.env._("a rate is missing"), bold=True)
        else:
            pen.formula(row, column, formula, value, digits, bold=True)

    # === FILE === #

    @api.model
    def _get_file_name(self):
        day = self.env["customer.ageing"]._get_day()
        return f"{self.env._('Ageing')} {day}.xlsx"
