from odoo import models

from .process_mark import ProcessMark

#: Borne while Odoo itself moves a transaction from state to state.
_MOVED = ProcessMark("multicurrency_transaction")


class PaymentTransaction(models.Model):
    """What was paid is what a provider says, not what a clerk types: whoever invoices
    may write transactions by RPC."""

    _name = "payment.transaction"
    _inherit = ["payment.transaction", "computed.mixin"]

    _computed_alone = frozenset({"state"})
    _claimed_once = frozenset(
        {"amount", "currency_id", "invoice_ids", "sale_order_ids"}
    )

    def _is_entered(self, name, vals):
        return vals[name] not in (False, "draft")

    def _update_state(self, *args, **kwargs):
        moved = _MOVED.put_on(self)
        result = super(PaymentTransaction, moved)._update_state(*args, **kwargs)
        return result.with_env(self.env)

    def _is_computed_changed(self, name, vals):
        if name == "state" and _MOVED.is_on(self.env):
            return False
        return super()._is_computed_changed(name, vals)
