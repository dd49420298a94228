from contextlib import contextmanager

from odoo import Command, api, models

#: A line's entry is changed without Odoo writing it anew, at today's rates.
AS_IT_IS = {"skip_account_move_synchronization": True, "skip_readonly_check": True}


class AccountBankStatementLine(models.Model):
    """Lines of banks of which somebody else decides: that gets a customer, goes, or is
    taken apart in Odoo. What was matched or claimed here ends."""

    _inherit = "account.bank.statement.line"

    def write(self, vals):
        result = super().write(vals)
        if "partner_id" in vals:
            Claim = self.env["payment.claim"]
            if Claim._is_any_open():
                Claim._end_settled(lines=self)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_end_claims(self):
        Claim = self.env["payment.claim"]
        if Claim._is_any_open():
            # sudo: whoever deletes a receipt ends what others have claimed
            Claim.sudo().search(
                [("statement_line_id", "in", self.ids), ("state", "=", "claimed")]
            )._end()

    def action_undo_reconciliation(self):
        # sudo: whoever may take a line apart in Odoo needn't be of finance
        Match = self.env["bank.match"].sudo()
        # Odoo's drafts call it for no line at all
        if self and Match._is_any():
            # ended before Odoo parts the items: what they settled stays known
            Match.search(
                [("statement_line_id", "in", self.ids), ("state", "=", "matched")]
            )._end()
        return super().action_undo_reconciliation()

    @contextmanager
    def _worth_kept(self):
        """Keep what a line is booked at while Odoo writes its entry anew, at the rate
        that its day has by now: around changes after which nothing of it is matched.

        Written back is what the money is worth, on the bank's account and on the
        suspense account.
        """
        self.ensure_one()
        worth = sum(self._seek_for_lines()[0].mapped("balance"))
        yield
        liquidity, suspense, others = self._seek_for_lines()
        change = worth - sum(liquidity.mapped("balance"))
        if self.company_id.currency_id.is_zero(change):
            return
        if len(liquidity) != 1 or len(suspense) != 1 or others:
            self.move_id._refuse_changed(self.move_id.name)
        self.move_id.with_context(**AS_IT_IS).write(
            {
                "line_ids": [
                    Command.update(
                        line.id,
                        {"amount_currency": line.amount_currency, "balance": balance},
                    )
                    for line, balance in ((liquidity, worth), (suspense, -worth))
                ]
            }
        )
