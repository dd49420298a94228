from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, formatLang

from ...engine.flows import MOVES, SIGNS
from ..rates.res_currency import Spot

#: Figures in the order in which they are added up.
FIGURES = ("opening", *MOVES, "closing")
#: Of these, those that are shown though nothing is there.
USUAL = ("opening", "received", "paid_out", "closing")
#: What stands where nothing is there.
NOTHING = "–"
#: As many journal items are opened one by one; of more, all are opened that add up to
#: the figure.
MOST_LINES = 5_000


class CurrencyFlowLine(models.Model):
    """How cash, receivables or payables of one currency went from one day to another.

    A figure bears the sign by which it counts, so that each line is added up from left
    to right: money that came in adds to cash, and lowers what customers owe.
    """

    _name = "currency.flow.line"
    _description = "Flow: Currency"
    _inherit = ["guarded.mixin", "whole.totals.mixin"]
    _order = "flow_id, kind, currency_id"
    _rec_name = "currency_id"
    _log_access = False

    _whole_totals = dict.fromkeys(FIGURES, "currency_id") | dict.fromkeys(
        ("booked", "spot", "budget"), "company_currency_id"
    )

    flow_id = fields.Many2one(
        "currency.flow", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="flow_id.company_id")
    company_currency_id = fields.Many2one(
        related="flow_id.company_id.currency_id", string="Company Currency"
    )
    date_to = fields.Date(
        related="flow_id.date_to", string="Last Day", store=True, index=True
    )
    kind = fields.Selection(
        selection=[
            ("cash", "Cash"),
            ("receivable", "Receivables"),
            ("payable", "Payables"),
        ],
        required=True,
        readonly=True,
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, ondelete="restrict"
    )
    opening = fields.Monetary(
        readonly=True,
        help="What was there before the first day. Payables are what the company owes.",
    )
    invoiced = fields.Monetary(readonly=True)
    credited = fields.Monetary(readonly=True, help="Credit notes.")
    received = fields.Monetary(
        readonly=True,
        help="Money that came in: it adds to cash, and lowers what customers owe.",
    )
    paid_out = fields.Monetary(
        readonly=True,
        help="Money that went out: it lowers cash, and what the company owes.",
    )
    exchanged = fields.Monetary(
        readonly=True,
        help="Cash: changed at a bank. Receivables and payables: settled with money of "
        "another currency. The other currency has the other side.",
    )
    other = fields.Monetary(
        readonly=True,
        help="Entries by hand, opening balances, and what payments wrote off.",
    )
    closing = fields.Monetary(
        readonly=True, help="All figures from the opening on, added up."
    )
    booked = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        help="What is there at the end, in company currency, at the rates at which it "
        "was booked.",
    )
    has_spot = fields.Boolean(readonly=True)
    spot = fields.Monetary(
        string="At Spot",
        currency_field="company_currency_id",
        readonly=True,
        help="What is there at the end, in company currency, at the spot rate of the "
        "last day.",
    )
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
    has_budget = fields.Boolean(readonly=True)
    budget = fields.Monetary(
        string="At Budget Rate",
        currency_field="company_currency_id",
        readonly=True,
        help="What is there at the end, in company currency, at the year's budget "
        "rate.",
    )
    budget_rate = fields.Float(
        readonly=True,
        digits=0,
        aggregator=None,
        help="Units of this currency for 1 unit of company currency.",
    )
    budget_rate_date = fields.Date(readonly=True)
    budget_rate_source = fields.Char(readonly=True)
    budget_rate_typist = fields.Char(readonly=True)
    budget_rate_typed_on = fields.Date(readonly=True)

    _one_row = models.UniqueIndex("(flow_id, kind, currency_id)")

    # === WHAT A LINE SAYS === #

    def _get_key(self):
        return self.kind, self.currency_id.id

    @api.model
    def _get_compared(self):
        """Return the figures by which a table is held against the ledger."""
        return *FIGURES, "booked"

    def _get_exact(self, name):
        """Return a figure as a decimal of its currency's digits."""
        is_value = name in ("booked", "spot", "budget")
        currency = self.company_currency_id if is_value else self.currency_id
        return Decimal(f"{self[name]:.{currency.decimal_places}f}")

    def _get_value(self, of):
        """Return what is there at the end in company currency, or None where a rate is
        missing.

        :param str of: 'booked', 'spot' or 'budget'
        """
        return self[of] if of == "booked" or self[f"has_{of}"] else None

    def _get_exact_value(self, of):
        """Return the same as a decimal, or None."""
        return None if self._get_value(of) is None else self._get_exact(of)

    def _forget_unknown(self):
        """Have nothing, and not 0, where a rate is missing: totals are empty then."""
        for of in ("spot", "budget"):
            unknown = self.filtered(lambda line, of=of: not line[f"has_{of}"])
            if unknown:
                unknown.flush_recordset()
                self.env.cr.execute(
                    SQL(
                        "UPDATE currency_flow_line SET %s = NULL WHERE id = ANY(%s)",
                        SQL.identifier(of),
                        unknown.ids,
                    )
                )
                unknown.invalidate_recordset([of])

    @api.model
    def _get_kind_names(self):
        """Return {kind: what it is called}, in the language of the environment."""
        return dict(self._fields["kind"]._description_selection(self.env))

    @api.model
    def _get_labels(self):
        """Return {figure: what it is called}, in the language of the environment."""
        names = [*FIGURES, "booked", "spot", "budget"]
        described = self.fields_get(names, ["string"])
        labels = {name: described[name]["string"] for name in names}
        return labels | {"ledger": self.env._("General ledger")}

    def _format_rate_of(self, of):
        """Write the rate of a value with its source and day, or say that there is none.

        :param str of: 'spot' or 'budget'
        """
        if self.currency_id == self.company_currency_id:
            return ""
        prefix = "" if of == "spot" else "budget_"
        if not self[f"{prefix}rate"]:
            return self.env._("no rate known")
        names = ("rate_date", "rate_source", "rate_typist", "rate_typed_on")
        rest = (self[prefix + name] or None for name in names)
        spot = Spot(self[f"{prefix}rate"], *rest)
        return self.currency_id._format_spot(spot, self.company_id)

    @api.model
    def _format(self, currency, amount):
        """Write an amount without the code of its currency; None is nothing."""
        if amount is None or currency.is_zero(amount):
            return NOTHING
        digits = currency.decimal_places
        return formatLang(self.env, currency.round(amount), digits=digits)

    # === AS TABLES === #

    def _prepare_flow_table(self, flow, before):
        """Return these lines as the browser shows them, the week before beside each
        figure.

        :param flow: ``currency.flow`` of these lines
        :param before: lines of the table before
        :return: {heads, groups: [{label, rows: [{key, label, cells: [{text, before,
            open}]}]}]}
        """
        labels = self._get_labels()
        shown = [
            name
            for name in FIGURES
            if name in USUAL
            or any(line[name] for line in self)
            or any(line[name] for line in before)
        ]
        former = {line._get_key(): line for line in before}
        return {
            "heads": [labels[name] for name in shown],
            "groups": self._prepare_groups(
                lambda line: [
                    line._prepare_cell(name, former.get(line._get_key()))
                    for name in shown
                ]
            ),
            "note": before
            and self.env._(
                "Small figures: the table before, up to %(day)s.",
                day=format_date(self.env, before[0].date_to),
            )
            or "",
        }

    def _prepare_groups(self, prepare_cells, totals=None):
        """Return the groups of a table: a group a kind, a row a currency.

        :param prepare_cells: function of a line
        :param totals: {kind: cells}
        """
        groups = []
        for kind, label in self._get_kind_names().items():
            lines = self.filtered(lambda line, kind=kind: line.kind == kind)
            lines = lines.sorted(lambda line: line.currency_id.name)
            if lines:
                rows = [
                    {
                        "key": f"{kind}{line.currency_id.id}",
                        "label": line.currency_id.name,
                        "cells": prepare_cells(line),
                    }
                    for line in lines
                ]
                total = (totals or {}).get(kind)
                groups.append({"label": label, "rows": rows, "total": total})
        return groups

    def _prepare_cell(self, name, former):
        text = self._format(self.currency_id, self[name])
        return {
            "text": text,
            "before": former and self._format(self.currency_id, former[name]) or "",
            "open": text != NOTHING and [self._name, self.id, name] or False,
            "is_bold": name == "closing",
        }

    def _prepare_value_table(self, flow, before):
        """Return what these lines are worth in company currency, with their rates.

        :param flow: ``currency.flow`` of these lines
        :param before: lines of the table before
        :return: as :meth:`_prepare_flow_table`, with totals
        """
        labels, books = self._get_labels(), flow.company_currency_id
        former = {line._get_key(): line for line in before}
        totals = {of: flow._get_totals(of) for of in ("booked", "spot", "budget")}

        def prepare(kind):
            cells = [{"text": self._format(books, totals[of][kind])} for of in totals]
            return [*cells, {"text": ""}, {"text": ""}]

        return {
            "heads": [
                *(labels[of] for of in totals),
                self.env._("Spot Rate"),
                self.env._("Budget Rate"),
            ],
            "groups": self._prepare_groups(
                lambda line: line._prepare_values(former.get(line._get_key())),
                {kind: prepare(kind) for kind in SIGNS},
            ),
            "total": {"label": self.env._("Net"), "cells": prepare("net")},
            "note": ""
            if flow.has_rates
            else self.env._("No total at spot: a rate is missing."),
        }

    def _prepare_values(self, former):
        books = self.company_currency_id
        cells = [
            {
                "text": self._format(books, self._get_value(of)),
                "before": former and self._format(books, former._get_value(of)) or "",
            }
            for of in ("booked", "spot", "budget")
        ]
        rates = [
            {"text": self._format_rate_of(of), "is_text": True}
            for of in ("spot", "budget")
        ]
        return cells + rates

    # === WHAT IS BEHIND A FIGURE === #

    def action_open_figure(self, figure):
        """Open the journal items behind a figure of this line, as the ledger has them
        now: those that the user may read.

        :param str figure: name of a field
        :raises UserError: no such figure, or the user may read no journal items
        """
        self.ensure_one()
        self.check_access("read")
        if figure not in FIGURES:
            raise UserError(self.env._("There is nothing behind that figure."))
        title = self.env._(
            "%(kind)s, %(currency)s: %(figure)s",
            kind=self._get_kind_names()[self.kind],
            currency=self.currency_id.name,
            figure=self._get_labels()[figure],
        )
        return self._open_items(self._get_figure_domain(figure), title)

    @api.model
    def _open_items(self, domain, title):
        """Return the action that opens journal items.

        :raises UserError: the user may read none
        """
        if not self.env["account.move.line"].has_access("read"):
            raise UserError(
                self.env._(
                    "Journal items are for those who read Odoo's accounting: ask for "
                    "that right in the settings of your user."
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "account.move.line",
            "views": [
                (self.env.ref("multicurrency_crm.flow_item_view_list").id, "list"),
                (False, "form"),
            ],
            "domain": list(domain),
            "context": {"create": False, "edit": False},
        }

    def _get_figure_domain(self, figure):
        """Return the domain of the journal items behind a figure. Of what is there on
        a day, that is what is open then; of money, and of very many items, all that
        was ever booked."""
        flow = self.flow_id
        since = fields.Date.subtract(flow.date_from, days=1)
        # sudo: which items count isn't said, but which of them the user may read
        Source = self.env["currency.flow.source"].sudo()
        scope = Source._gather(flow.company_id.sudo(), since, flow.date_to)
        of_all = self.kind == "cash" and figure in ("opening", "closing")
        if not of_all:
            ids = Source._find_line_ids(
                scope, self.kind, self.currency_id.id, figure, MOST_LINES + 1
            )
            if len(ids) <= MOST_LINES:
                return Domain("id", "in", ids)
        day = since if figure == "opening" else flow.date_to
        domain = self._get_items_domain(flow, scope[self.kind], self.currency_id, day)
        if figure in MOVES:
            domain &= Domain("date", ">=", flow.date_from)
        return domain

    @api.model
    def _get_items_domain(self, flow, account_ids, currency, day):
        return (
            Domain("account_id", "in", account_ids)
            & Domain("currency_id", "=", currency.id)
            & Domain("company_id", "child_of", flow.company_id.id)
            & Domain("parent_state", "=", "posted")
            & Domain("date", "<=", day)
        )
