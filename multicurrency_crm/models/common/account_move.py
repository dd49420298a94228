from odoo import api, fields, models

from .process_mark import ProcessMark

#: Borne while Odoo posts: its own ``_post`` writes the state.
_POSTING = ProcessMark("multicurrency_posting")


class AccountMove(models.Model):
    """One door to posted documents, and what a document comes to."""

    _name = "account.move"
    _inherit = ["account.move", "computed.mixin", "responsible.mixin"]

    _computed_alone = frozenset(
        {
            "amount_untaxed",
            "amount_tax",
            "amount_total",
            "amount_residual",
            "amount_untaxed_signed",
            "amount_total_signed",
            "amount_total_in_currency_signed",
            "amount_residual_signed",
            "commercial_partner_id",
            "payment_state",
            "transaction_ids",
        }
    )

    def _is_entered(self, name, vals):
        # the form sends it along, before there is anything to pay
        return name != "payment_state" or vals[name] not in (False, "not_paid")

    # === THE DAY OF A DOCUMENT === #

    def _get_document_day(self):
        """Return the date of an invoice, or the one that Odoo would give it if it were
        posted now.

        That is the user's own today, not the company's: what is decided by the day
        beforehand must be what core dates the invoice with.
        """
        return self.invoice_date or fields.Date.context_today(self)

    def _get_rate_date(self):
        """Return the day at whose rate Odoo converts this document."""
        return self._get_invoice_currency_rate_date()

    def _filter_posted_now(self, soft):
        """Those that Odoo posts at once; with ``soft`` others wait for their date."""
        today = fields.Date.context_today(self)  # core's, see ``_get_document_day``
        return self.filtered(lambda move: not soft or move.date <= today)

    # === POSTING === #

    def _filter_checked_when_posted(self):
        """Those of these documents that a rule in force looks at when they are posted.

        To be extended by whoever checks in ``_post``. Costs no query.
        """
        return self.browse()

    def _post(self, soft=True):
        posting = _POSTING.put_on(self)
        return super(AccountMove, posting)._post(soft).with_env(self.env)

    @api.model
    def default_get(self, fields):
        """Nothing is born posted: Odoo refuses the value, and takes the default."""
        values = super().default_get(fields)
        if values.get("state") == "posted":
            values["state"] = "draft"
        return values

    def write(self, vals):
        """A client that writes the state posts: by every check of ``_post``."""
        if vals.get("state") != "posted" or _POSTING.is_on(self.env):
            return super().write(vals)
        waiting = self.filtered(lambda move: move.state != "posted")
        checked = waiting._filter_checked_when_posted()
        if not checked:
            return super().write(vals)
        checked.check_access("write")
        others = self - checked
        result = super(AccountMove, others).write(vals) if others else True
        posts = ("state", "posted_before")
        if rest := {name: vals[name] for name in vals if name not in posts}:
            checked.write(rest)
        checked._post(soft=False)
        return result
