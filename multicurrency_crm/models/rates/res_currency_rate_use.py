from datetime import datetime, time

from odoo import api, models
from odoo.fields import Domain


class ResCurrencyRate(models.Model):
    """Who changes a rate is told how many documents were converted at it."""

    _inherit = "res.currency.rate"

    @api.onchange("rate", "company_rate", "inverse_company_rate", "name", "company_id")
    def _onchange_used_rate(self):
        rate = self._origin
        if not rate:
            return None
        moves, orders = rate._count_documents()
        if not (moves or orders):
            return None
        return {
            "warning": {
                "title": self.env._(
                    "Rate of %(currency)s in use", currency=rate.currency_id.name
                ),
                "message": self.env._(
                    "%(moves)s posted entries and %(orders)s confirmed orders were "
                    "converted at this rate. They keep their amounts: only what is "
                    "converted from now on takes the new rate. Write down why you "
                    "change it.",
                    moves=moves,
                    orders=orders,
                ),
            }
        }

    def _count_documents(self):
        """Documents in the rate's currency whose date falls between its day and the
        day before the next rate, in the companies for which it counts.

        :return: (number of posted entries, number of confirmed orders)
        """
        self.ensure_one()
        # sudo: the number is of all documents, whoever may read them
        rate = self.sudo()
        later = rate._get_same_place() & Domain("name", ">", rate.name)
        until = rate.search(later, order="name", limit=1).name
        domain = rate._get_users_domain()
        moves = rate.env["account.move"].search_count(
            domain
            & Domain("state", "=", "posted")
            & (
                self._within("invoice_date", rate.name, until)
                | (
                    Domain("invoice_date", "=", False)
                    & self._within("date", rate.name, until)
                )
            )
        )
        start = datetime.combine(rate.name, time.min)
        end = until and datetime.combine(until, time.min)
        orders = rate.env["sale.order"].search_count(
            domain
            & Domain("state", "=", "sale")
            & self._within("date_order", start, end)
        )
        return moves, orders

    def _get_same_place(self):
        return Domain("currency_id", "=", self.currency_id.id) & Domain(
            "company_id", "=", self.company_id.id
        )

    def _get_users_domain(self):
        """Documents in this currency of the companies that convert at this rate."""
        currency = Domain("currency_id", "=", self.currency_id.id)
        foreign = Domain("company_id.currency_id", "!=", self.currency_id.id)
        if self.company_id:
            tree = Domain("company_id", "child_of", self.company_id.id)
            return currency & foreign & tree
        own = self.search(
            Domain("currency_id", "=", self.currency_id.id)
            & Domain("company_id", "!=", False)
            & Domain("name", "<=", self.name)
        ).company_id
        hidden = Domain("company_id", "child_of", own.ids) if own else Domain.FALSE
        return currency & foreign & ~hidden

    @api.model
    def _within(self, field, start, end):
        """From ``start``, before ``end`` where there is one."""
        domain = Domain(field, ">=", start)
        return domain & Domain(field, "<", end) if end else domain
