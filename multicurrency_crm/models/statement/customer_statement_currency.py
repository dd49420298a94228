from odoo import api, fields, models
from odoo.tools import formatLang

from ...engine.open_items import AGES
from ...engine.statements import SIGNS
from ..rates.res_currency import Spot

#: Figures between opening and closing, with the sign by which they count.
MOVES = {
    name: "+" if sign > 0 else "−" for name, sign in SIGNS.items() if name != "opening"
}
#: Of these, those that are shown though nothing is there.
USUAL = ("invoiced", "credited", "paid")
#: What isn't late, or has no age.
AGELESS = ("not_due", "unallocated")
#: What stands where nothing is there.
NOTHING = "–"


class CustomerStatementCurrency(models.Model):
    """What a statement says of one currency."""

    _name = "customer.statement.currency"
    _description = "Statement: Currency"
    _inherit = ["guarded.mixin", "whole.totals.mixin"]
    _order = "statement_id, currency_id"
    _rec_name = "currency_id"
    _log_access = False

    _whole_totals = dict.fromkeys(
        ("opening", *MOVES, "closing", *AGES, "unallocated"), "currency_id"
    ) | dict.fromkeys(
        (
            "opening_booked",
            "closing_booked",
            "booked_only",
            "closing_spot",
            "unrealised",
        ),
        "company_currency_id",
    )

    statement_id = fields.Many2one(
        "customer.statement",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="statement_id.company_id")
    company_currency_id = fields.Many2one(
        related="statement_id.company_currency_id", string="Company Currency"
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, ondelete="restrict"
    )
    opening = fields.Monetary(readonly=True, help="What was open before the first day.")
    invoiced = fields.Monetary(readonly=True)
    credited = fields.Monetary(readonly=True, help="Credit notes.")
    paid = fields.Monetary(readonly=True, help="Money that came in.")
    refunded = fields.Monetary(readonly=True, help="Money that was given back.")
    other = fields.Monetary(
        readonly=True,
        help="Entries, write-offs, and what was cleared with another customer's items.",
    )
    settled_elsewhere = fields.Monetary(
        readonly=True,
        help="What was settled with another currency: each side shows both amounts.",
    )
    closing = fields.Monetary(
        readonly=True,
        help="Opening + invoiced - credited - paid + refunded + other + settled "
        "elsewhere: the sum of all that is open on the last day.",
    )
    not_due = fields.Monetary(
        readonly=True, help="What is due on the last day isn't overdue."
    )
    days_30 = fields.Monetary(string="Overdue, First Age", readonly=True)
    days_60 = fields.Monetary(string="Overdue, Second Age", readonly=True)
    days_90 = fields.Monetary(string="Overdue, Third Age", readonly=True)
    older = fields.Monetary(readonly=True)
    unallocated = fields.Monetary(
        readonly=True,
        help="Money and credit notes that aren't matched with an invoice yet: below 0, "
        "they are in the customer's favour.",
    )
    opening_booked = fields.Monetary(
        currency_field="company_currency_id", readonly=True
    )
    closing_booked = fields.Monetary(
        string="Booked",
        currency_field="company_currency_id",
        readonly=True,
        help="What is open, in company currency, as it was booked.",
    )
    has_rate = fields.Boolean(readonly=True)
    rate = fields.Float(
        readonly=True,
        digits=0,
        aggregator=None,
        help="Units of this currency for 1 unit of company currency.",
    )
    rate_date = fields.Date(readonly=True)
    rate_source = fields.Char(readonly=True)
    rate_typist = fields.Char(readonly=True)
    rate_typed_on = fields.Date(readonly=True)
    rate_text = fields.Char(string="Spot Rate", compute="_compute_rate_text")
    booked_only = fields.Monetary(
        string="In Company Currency Only",
        currency_field="company_currency_id",
        readonly=True,
        help="Of what is booked, items with nothing open in their own currency: their "
        "exchange difference was booked on a later day, or is still to be cleared.",
    )
    closing_spot = fields.Monetary(
        string="At Spot",
        currency_field="company_currency_id",
        readonly=True,
        help="What is open, in company currency, at the spot rate of the last day.",
    )
    unrealised = fields.Monetary(
        string="Unrealized Gain/Loss (spot)",
        currency_field="company_currency_id",
        readonly=True,
        help="At spot less booked, of what is open in its own currency: below 0 is "
        "against us.",
    )

    _one_currency = models.UniqueIndex("(statement_id, currency_id)")

    @api.depends(
        "rate", "rate_date", "rate_source", "rate_typist", "rate_typed_on", "has_rate"
    )
    @api.depends_context("lang")
    def _compute_rate_text(self):
        for row in self:
            if row.currency_id == row.company_currency_id:
                row.rate_text = False
            elif not row.has_rate:
                row.rate_text = self.env._("no rate known")
            else:
                row.rate_text = row._format_spot()

    def _format_spot(self):
        """Return the spot rate with its source and day: "1 USD = 7.1234 CNY (ECB,
        22 Nov 2026)", in the language of the environment."""
        spot = Spot(
            self.rate,
            self.rate_date,
            self.rate_source,
            self.rate_typist or None,
            self.rate_typed_on or None,
        )
        return self.currency_id._format_spot(spot, self.company_id)

    # === AS A TABLE === #

    def _prepare_table(self, statement):
        """Return these rows as the browser shows them: how each currency came to what
        is open, how old that is, and what it is in company currency.

        :param statement: ``customer.statement`` of these rows
        :return: {moves: [{sign, label}], ages: [label], in_books: heading, rows: [dict
            of texts], total: dict of texts}
        """
        labels = self._get_labels()
        moves = [
            name for name in MOVES if name in USUAL or any(row[name] for row in self)
        ]
        ages = statement._get_age_labels()
        return {
            "moves": [{"sign": MOVES[name], "label": labels[name]} for name in moves],
            "ages": [*ages.values(), labels["unallocated"]],
            "in_books": self.env._("In %s", statement.company_currency_id.name),
            "rows": [row._prepare_shown(moves, [*ages, "unallocated"]) for row in self],
            "total": self._prepare_shown_total(statement),
        }

    @api.model
    def _get_labels(self):
        """Return what figures are called, in the language of the environment.

        :return: {name of a field: label}
        """
        names = [*MOVES, "unallocated"]
        described = self.fields_get(names, ["string"])
        return {name: described[name]["string"] for name in names}

    def _prepare_shown(self, moves, ages):
        """Return this row as texts; the code of its currency stands at its head."""
        books = self.company_currency_id
        worth = (self.closing_spot, self.unrealised) if self.has_rate else ()
        return {
            "currency": self.currency_id.name,
            "opening": self._format(self.currency_id, self.opening),
            "moves": [self._format_figure(name) for name in moves],
            "closing": self._format(self.currency_id, self.closing),
            "ages": [
                {
                    "text": self._format_figure(name),
                    "is_late": name not in AGELESS and self[name] > 0,
                }
                for name in ages
            ],
            "booked_only": self.booked_only
            and self.env._(
                "of which %(amount)s in company currency only",
                amount=self._format(books, self.booked_only),
            ),
            "rate": self.rate_text or "",
            **self._prepare_values(books, self.closing_booked, *worth),
        }

    @api.model
    def _prepare_shown_total(self, statement):
        books, booked = statement.company_currency_id, statement.total_booked
        if not statement.has_rates:
            note = self.env._("No total at spot: a rate is missing.")
            return {**self._prepare_values(books, booked), "note": note}
        return self._prepare_values(
            books, booked, statement.total_spot, statement.unrealised
        )

    @api.model
    def _prepare_values(self, books, booked, spot=None, unrealised=None):
        """Return values in company currency as texts.

        :param spot, unrealised: None where a rate is missing
        """
        return {
            "booked": self._format(books, booked),
            "spot": NOTHING if spot is None else self._format(books, spot),
            "unrealised": NOTHING
            if unrealised is None
            else self._format(books, unrealised),
            "is_loss": (unrealised or 0.0) < 0,
        }

    def _format_figure(self, name):
        """Write an amount of this row, without the code of its currency."""
        amount, currency = self[name], self.currency_id
        return NOTHING if currency.is_zero(amount) else self._format(currency, amount)

    @api.model
    def _format(self, currency, amount):
        digits = currency.decimal_places
        return formatLang(self.env, currency.round(amount), digits=digits)
