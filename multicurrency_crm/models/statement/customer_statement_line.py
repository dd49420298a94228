from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: Lines that are forgotten in one round of the nightly cleaning.
CLEANED_AT_ONCE = 10_000
#: Kinds that are money: what is left of it is owed to nobody.
UNALLOCATED = ("payment", "advance")


class CustomerStatementLine(models.Model):
    """An item as it stood on the last day of a statement: a copy, which no later
    matching changes.

    Written by ``INSERT … SELECT`` only, and without who and when: a large company has
    some five million a year.
    """

    _name = "customer.statement.line"
    _description = "Statement: Line"
    _inherit = ["guarded.mixin", "whole.totals.mixin"]
    _order = "statement_id, currency_id, date, id"
    _log_access = False

    _whole_totals = (
        dict.fromkeys(("amount", "opening", "movement", "residual"), "currency_id")
        | dict.fromkeys(
            ("amount_booked", "opening_booked", "movement_booked", "residual_booked"),
            "company_currency_id",
        )
        | {"other_amount": "other_currency_id"}
    )

    statement_id = fields.Many2one(
        "customer.statement",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_currency_id = fields.Many2one(
        related="statement_id.company_currency_id", string="Company Currency"
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, ondelete="restrict"
    )
    account_id = fields.Many2one("account.account", readonly=True, ondelete="set null")
    # an entry that is set back to draft may be deleted: what was stated stays
    move_line_id = fields.Many2one(
        "account.move.line", readonly=True, index=True, ondelete="set null"
    )
    move_id = fields.Many2one(
        "account.move", readonly=True, index=True, ondelete="set null"
    )
    kind = fields.Selection(
        selection=[
            ("invoice", "Invoice"),
            ("credit_note", "Credit Note"),
            ("payment", "Payment"),
            ("advance", "Advance"),
            ("entry", "Entry"),
            ("write_off", "Write-Off"),
            ("elsewhere", "Settled in Another Currency"),
            ("clearing", "Cleared with Another Customer"),
            ("exchange", "Exchange Differences"),
            ("valuation", "Revaluation"),
        ],
        required=True,
        readonly=True,
    )
    name = fields.Char(string="Document", readonly=True)
    reference = fields.Char(readonly=True)
    date = fields.Date(readonly=True)
    date_due = fields.Date(string="Due Date", readonly=True)
    amount = fields.Monetary(readonly=True, help="Of the whole item.")
    amount_booked = fields.Monetary(
        string="Amount, Booked",
        currency_field="company_currency_id",
        readonly=True,
    )
    opening = fields.Monetary(readonly=True, help="What was open before the first day.")
    opening_booked = fields.Monetary(
        string="Opening, Booked",
        currency_field="company_currency_id",
        readonly=True,
    )
    movement = fields.Monetary(
        readonly=True, help="What came in the time of the statement."
    )
    movement_booked = fields.Monetary(
        string="Movement, Booked",
        currency_field="company_currency_id",
        readonly=True,
    )
    settled = fields.Monetary(
        string="Matched",
        compute="_compute_settled",
        help="What was matched in the time of the statement: opening and movement less "
        "this are open.",
    )
    residual = fields.Monetary(string="Open", readonly=True)
    residual_booked = fields.Monetary(
        string="Open, Booked",
        currency_field="company_currency_id",
        readonly=True,
    )
    open_state = fields.Selection(
        selection=[
            ("open", "Open"),
            ("settled", "Nothing Open"),
            ("realised_later", "Realized, Booked Later"),
            ("to_clear", "To Clear"),
        ],
        readonly=True,
        help="With nothing left in its own currency, but in company currency: the "
        "exchange difference was booked on a later day, or is still to be cleared.",
    )
    other_currency_id = fields.Many2one(
        "res.currency", readonly=True, ondelete="restrict"
    )
    other_amount = fields.Monetary(
        currency_field="other_currency_id",
        readonly=True,
        help="What the other side of the match takes part with, in its currency.",
    )
    settled_by = fields.Char(
        readonly=True, help="What it was matched with in the time of the statement."
    )
    explanation = fields.Char(
        compute="_compute_explanation",
        help="By what it was settled, what is left of it in company currency only, and "
        "what the customer disputes.",
    )
    is_overdue = fields.Boolean(
        string="Overdue",
        compute="_compute_is_overdue",
        search="_search_is_overdue",
        help="It was due before the last day, and something was owed of it then.",
    )
    disputed_on = fields.Date(
        readonly=True, help="When the customer said so, or finance for it."
    )
    dispute_comment = fields.Text(readonly=True)
    dispute_accepted_on = fields.Date(
        readonly=True,
        help="When finance accepted the dispute: from then on its invoice counts as "
        "disputed, since the day on which the customer said so.",
    )

    @api.depends("name", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = self._get_kind_names()
        for line in self:
            line.display_name = line.name or kinds[line.kind]

    @api.model
    def _get_kind_names(self):
        return dict(self._fields["kind"]._description_selection(self.env))

    # === HOW IT CAME TO THAT === #

    @api.depends("opening", "movement", "residual")
    def _compute_settled(self):
        for line in self:
            settled = line.opening + line.movement - line.residual
            line.settled = line.currency_id.round(settled)

    @api.depends("settled_by", "other_amount", "open_state", "dispute_comment")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for line in self:
            line.explanation = " · ".join(filter(None, line._list_explanations()))

    def _list_explanations(self):
        """List, as sentences, what explains the figures of this line; some are
        empty."""
        books = self.company_currency_id._format_amount
        disputed = booked = None
        if self.disputed_on:
            disputed = self.env._("Disputed: %s", self.dispute_comment or "")
        if self.open_state in ("realised_later", "to_clear"):
            names = dict(self._fields["open_state"]._description_selection(self.env))
            amount = books(self.residual_booked)
            booked = f"{names[self.open_state]}: {amount}"
        elif self.currency_id.is_zero(self.amount) and self.movement_booked:
            booked = self.env._(
                "%s in company currency only", books(self.movement_booked)
            )
        settled = self.statement_id._format_settlement(self, (), internal=True)
        return disputed, settled, booked

    # === OVERDUE === #

    @api.depends("residual", "kind", "date_due", "statement_id.date_to")
    def _compute_is_overdue(self):
        for line in self:
            due = line.date_due or line.date
            line.is_overdue = (
                line.residual > 0
                and line.kind not in UNALLOCATED
                and bool(due and due < line.statement_id.date_to)
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        overdue = SQL(
            """(SELECT l.id FROM customer_statement_line l
                  JOIN customer_statement s ON s.id = l.statement_id
                 WHERE l.residual > 0 AND l.kind != ALL(%s)
                   AND COALESCE(l.date_due, l.date) < s.date_to)""",
            list(UNALLOCATED),
        )
        return [("id", "in" if True in value else "not in", overdue)]

    # === DISPUTES === #

    @api.model
    def _get_waiting_domain(self):
        """Return the domain of what customers dispute and nobody has accepted yet: a
        statement that another one supersedes has handed it on."""
        return (
            Domain("disputed_on", "!=", False)
            & Domain("dispute_accepted_on", "=", False)
            & Domain("statement_id.superseded_by_ids", "=", False)
        )

    def _filter_waiting(self):
        """Return those of these lines that wait for finance to accept their dispute:
        the invoice is there, something of it is open, and the customer disputes it.
        """

        def waits(line):
            return (
                line.disputed_on
                and not line.dispute_accepted_on
                and line.move_id._is_disputable()
            )

        # sudo: who reads statements may not read invoices
        return self.sudo().filtered(waits).with_env(self.env)

    def _accept_dispute(self):
        """Take for disputed what the customer says is: the invoices of these lines,
        since the day on which it said so.

        Who calls this has checked that finance asks for it.
        """
        for line in self._filter_waiting().sorted("disputed_on"):
            # sudo: finance decides what is disputed, and may not write invoices; lines
            # are written by our code only
            ours = line.sudo()
            ours.move_id._mark_disputed(ours.disputed_on, ours.dispute_comment)
            today = ours.statement_id.company_id._get_today()
            ours._write_guarded({"dispute_accepted_on": today})

    # === RETENTION === #

    @api.autovacuum
    def _gc_lines(self):
        """Forget the lines of statements that ended longer ago than their company
        keeps them; what is disputed stays until that is settled.

        :return: (lines deleted, whether more are left), as Odoo's vacuum asks
        """
        # sudo: the nightly cleaning works for all companies
        companies = self.env["res.company"].sudo()
        keeping = companies.search([("statement_months_kept", ">", 0)])
        over = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("date_to", "<", company._get_first_day_kept())
            for company in keeping
        ) & Domain("state", "!=", "disputed")
        lines = self.sudo().search(
            [("statement_id", "any", over)], order="id", limit=CLEANED_AT_ONCE
        )
        lines.unlink()
        return len(lines), len(lines) == CLEANED_AT_ONCE
