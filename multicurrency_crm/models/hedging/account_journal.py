from odoo import models

#: In what a journal's payments wait for the bank, by what the money does.
METHODS = {
    "outbound": "outbound_payment_method_line_ids",
    "inbound": "inbound_payment_method_line_ids",
}


class AccountJournal(models.Model):
    """Where money waits until the bank's statement says that it went or came."""

    _name = "account.journal"
    _inherit = ["account.journal", "used.mixin"]

    def _get_waiting_account(self, direction, currency):
        """Return the outstanding account of this journal's payments.

        :param str direction: 'outbound' or 'inbound'
        :param currency: ``res.currency`` of what waits
        :return: ``account.account``; none where payments go to the bank's own account
        """
        accounts = self[METHODS[direction]].payment_account_id
        return accounts.filtered(
            lambda account: (
                account.reconcile
                and account != self.default_account_id
                and account.currency_id in (currency.browse(), currency)
            )
        )[:1]

    def _has_statement_lines(self):
        """Return whether what the bank says is entered in this journal."""
        Line = self.env["account.bank.statement.line"]
        return bool(Line.search_count([("journal_id", "=", self.id)], limit=1))
