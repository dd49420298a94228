from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import format_list

from ...engine.flows import NAMED, SIGNS


class CurrencyFlowAccount(models.Model):
    """What the per-currency ledger and the general ledger have of one account in one
    currency at the end of the days, and why that differs."""

    _name = "currency.flow.account"
    _description = "Flow: Account"
    _inherit = ["guarded.mixin", "whole.totals.mixin"]
    _order = "flow_id, kind, account_id, currency_id"
    _rec_name = "account_id"
    _log_access = False

    _whole_totals = {"amount": "currency_id"} | dict.fromkeys(
        ("booked", *NAMED, "unexplained", "ledger"), "company_currency_id"
    )

    flow_id = fields.Many2one(
        "currency.flow", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="flow_id.company_id")
    company_currency_id = fields.Many2one(
        related="flow_id.company_id.currency_id", string="Company Currency"
    )
    kind = fields.Selection(
        selection=lambda self: (
            self.env["currency.flow.line"]
            ._fields["kind"]
            ._description_selection(self.env)
        ),
        required=True,
        readonly=True,
    )
    account_id = fields.Many2one(
        "account.account", required=True, readonly=True, ondelete="restrict"
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, ondelete="restrict"
    )
    amount = fields.Monetary(
        readonly=True, help="In its own currency; below 0 the company owes it."
    )
    booked = fields.Monetary(
        string="Per-Currency Ledger",
        currency_field="company_currency_id",
        readonly=True,
        help="What is there in the currency, at the rates at which it was booked.",
    )
    valuation = fields.Monetary(
        string="Revaluation", currency_field="company_currency_id", readonly=True
    )
    exchange = fields.Monetary(
        string="Exchange Differences",
        currency_field="company_currency_id",
        readonly=True,
        help="Entries in company currency alone.",
    )
    booked_later = fields.Monetary(
        string="Realized, Booked Later",
        currency_field="company_currency_id",
        readonly=True,
        help="Items with nothing open in their own currency, whose exchange difference "
        "was booked on a later day.",
    )
    to_clear = fields.Monetary(
        string="Still to Clear",
        currency_field="company_currency_id",
        readonly=True,
        help="Items with nothing open in their own currency, and a rest in company "
        "currency.",
    )
    moved = fields.Monetary(
        string="Matched with Another Currency",
        currency_field="company_currency_id",
        readonly=True,
        help="Items that were settled with another currency: the general ledger has "
        "them in the currency in which they were booked.",
    )
    unexplained = fields.Monetary(currency_field="company_currency_id", readonly=True)
    ledger = fields.Monetary(
        string="General Ledger", currency_field="company_currency_id", readonly=True
    )
    difference = fields.Monetary(
        currency_field="company_currency_id", compute="_compute_difference"
    )
    reason = fields.Char(compute="_compute_difference")

    _one_row = models.UniqueIndex("(flow_id, account_id, currency_id)")

    # === COMPUTE METHODS === #

    @api.depends("booked", "ledger", "unexplained", *NAMED)
    @api.depends_context("lang")
    def _compute_difference(self):
        labels = self.fields_get([*NAMED, "unexplained"], ["string"])
        for row in self:
            books = row.company_currency_id
            row.difference = books.round(row.ledger - row.booked)
            reasons = [
                self.env._(
                    "%(reason)s %(amount)s",
                    reason=labels[name]["string"],
                    amount=self.env["currency.flow.line"]._format(books, row[name]),
                )
                for name in labels
                if not books.is_zero(row[name])
            ]
            row.reason = format_list(self.env, reasons) if reasons else False

    # === WHAT A ROW SAYS === #

    def _get_key(self):
        return self.kind, self.currency_id.id, self.account_id.id

    @api.model
    def _get_compared(self):
        return ("ledger",)

    def _get_exact(self, name):
        """Return a figure as a decimal of its currency's digits."""
        digits = self.company_currency_id.decimal_places
        return Decimal(f"{self[name]:.{digits}f}")

    # === AS A TABLE === #

    def _prepare_table(self, flow):
        """Return these rows as the browser shows them: account by account.

        :param flow: ``currency.flow`` of these rows
        :return: as ``currency.flow.line._prepare_flow_table``
        """
        columns = ("amount", "booked", "difference", "ledger", "reason")
        described = self.fields_get(columns, ["string"])
        kinds = list(SIGNS)
        # sudo: who reads the table may not read accounts
        ordered = self.sudo().sorted(
            lambda row: (
                kinds.index(row.kind),
                row.account_id.code or "",
                row.account_id.id,
                row.currency_id.name,
            )
        )
        accounts = ordered.with_env(self.env).grouped("account_id")
        return {
            "heads": [described[name]["string"] for name in columns],
            "groups": [
                rows._prepare_group(account) for account, rows in accounts.items()
            ],
            "note": "",
        }

    def _prepare_group(self, account):
        """Return the rows of one account, and its total where it has several."""
        Line, books = self.env["currency.flow.line"], self.company_currency_id
        names = ("booked", "difference", "ledger")
        total = [
            {"text": ""},
            *({"text": Line._format(books, sum(self.mapped(name)))} for name in names),
            {"text": ""},
        ]
        return {
            # sudo: who reads the table may not read accounts
            "label": account.sudo().display_name,
            "rows": [row._prepare_row() for row in self],
            "total": total if len(self) > 1 else None,
        }

    def _prepare_row(self):
        Line, books = self.env["currency.flow.line"], self.company_currency_id
        opens = [self._name, self.id, "ledger"]
        return {
            "key": f"{self.account_id.id}/{self.currency_id.id}",
            "label": self.currency_id.name,
            "cells": [
                {"text": Line._format(self.currency_id, self.amount)},
                {"text": Line._format(books, self.booked)},
                {
                    "text": Line._format(books, self.difference),
                    "is_bad": not books.is_zero(self.unexplained),
                },
                {"text": Line._format(books, self.ledger), "open": opens},
                {"text": self.reason or "", "is_text": True},
            ],
        }

    # === WHAT IS BEHIND A FIGURE === #

    def action_open_figure(self, figure):
        """Open the journal items of this account and currency, as the ledger has them
        now: those that the user may read.

        :param str figure: 'ledger'
        :raises UserError: the user may read no journal items
        """
        self.ensure_one()
        self.check_access("read")
        Line, flow = self.env["currency.flow.line"], self.flow_id
        domain = Line._get_items_domain(
            flow, self.account_id.ids, self.currency_id, flow.date_to
        )
        # sudo: who reads the table may not read accounts
        title = f"{self.account_id.sudo().display_name}, {self.currency_id.name}"
        return Line._open_items(domain, title)
