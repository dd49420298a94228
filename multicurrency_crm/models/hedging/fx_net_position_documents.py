from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.fields import Domain

from ...engine.net_position import month_of

#: what stands behind a component
MODELS = {
    "order_locked": "sale.order",
    "order_unlocked": "sale.order",
    "purchase": "purchase.order",
    "forward": "fx.forward",
}


class FxNetPosition(models.Model):
    """The documents behind a figure."""

    _inherit = "fx.net.position"

    def action_open_documents(self):
        """Open what makes up this row, as far as the user may read it."""
        self.ensure_one()
        model = MODELS.get(self.kind, "account.move.line")
        labels = dict(self._fields["kind"]._description_selection(self.env))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "%(component)s in %(currency)s",
                component=labels[self.kind],
                currency=self.currency_id.name,
            ),
            "res_model": model,
            "view_mode": "list,form",
            "domain": list(self._get_documents_domain()),
            "context": {"create": False, "active_test": False},
        }

    def _get_documents_domain(self):
        """What the row is the sum of."""
        own = Domain("company_id", "=", self.company_id.id) & Domain(
            "currency_id", "=", self.currency_id.id
        )
        if MODELS.get(self.kind) in ("sale.order", "purchase.order"):
            return own & Domain("id", "in", self._get_order_ids())
        if self.kind == "forward":
            active = Domain("state", "=", "active")
            return own & active & self._get_month_domain("value_date")
        # sudo: the accounts that count are those of everybody
        domain = self.sudo()._get_kind_domain(self.kind, self.company_id)
        if self.kind in ("receivable", "payable"):
            domain &= self._get_month_domain("date_maturity")
        return own & domain

    def _get_month_domain(self, field):
        """Dates that count in the month of this row; what is late counts now."""
        end = self.month + relativedelta(months=1)
        # sudo: a branch's user may not read its main company
        today = self.company_id.sudo()._get_today()
        if self.month == month_of(None, today)[0]:
            return Domain(field, "<", end) | Domain(field, "=", False)
        return Domain(field, ">=", self.month) & Domain(field, "<", end)

    def _get_order_ids(self):
        """Orders with an instalment in the month."""
        # sudo: of the documents the user sees those that they may read
        source = self.sudo()
        today = source.company_id._get_today()
        return [
            order.id
            for order, instalments in source._get_expected_orders(source.company_id)
            if order.kind == self.kind
            and order.currency_id == self.currency_id.id
            and any(month_of(due, today)[0] == self.month for due, _part in instalments)
        ]
