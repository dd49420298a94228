from odoo import api, models

#: Odoo computes these anew with the customer: the journal's currency in place of the
#: receipt's own, the customer's usual way to pay in place of this one.
KEPT = (
    "company_id",
    "currency_id",
    "journal_id",
    "outstanding_account_id",
    "partner_bank_id",
    "payment_method_line_id",
)


class AccountPayment(models.Model):
    """Receipts that get a customer, and those that go while somebody claims them."""

    _inherit = "account.payment"

    def write(self, vals):
        result = super().write(vals)
        if {"partner_id", "state"} & vals.keys():
            Claim = self.env["payment.claim"]
            if Claim._is_any_open():
                Claim._end_settled(payments=self)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_end_claims(self):
        Claim = self.env["payment.claim"]
        if Claim._is_any_open():
            # sudo: whoever deletes a receipt ends what others have claimed
            Claim.sudo().search(
                [("payment_id", "in", self.ids), ("state", "=", "claimed")]
            )._end()

    def _change_customer(self, customer, account):
        """Give a posted payment a customer, or none.

        A partner on a posted payment changes no line: it is a draft for that long, and
        posted again on its day, under its number, with the amounts that it had.

        :param customer: ``res.partner``
        :param account: ``account.account`` of the receivable
        :return: the receivable
        :raises UserError: Odoo would post it on another day or at other amounts
        """
        self.ensure_one()
        move = self.move_id
        _liquidity, lines, _others = self._seek_for_lines()
        line = lines[:1]
        kept = {name: self[name].id for name in KEPT}
        before = move._note_booked()
        # while it is posted, Odoo writes none of its lines at today's rates
        self.write(
            {"partner_id": customer.id, "destination_account_id": account.id, **kept}
        )
        self.action_draft()
        move.write({"partner_id": customer.id})
        move.line_ids.write({"partner_id": customer.id})
        line.write({"account_id": account.id})
        # the journal's way to pay may name no account: what it was booked on stays
        self.write({n: kept[n] for n in KEPT if self[n].id != kept[n]})
        self.action_post()
        if kept != {name: self[name].id for name in KEPT}:
            move._refuse_changed(before[0])
        move._check_booked_kept(before)
        return line
