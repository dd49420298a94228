from odoo import models

#: Ways of a journal's payments, by what the money does.
METHODS = {
    "inbound": "inbound_payment_method_line_ids",
    "outbound": "outbound_payment_method_line_ids",
}
#: What Odoo books a payment on whose way has no account, by what charts call it.
OUTSTANDING = {
    "inbound": "account_journal_payment_debit_account_id",
    "outbound": "account_journal_payment_credit_account_id",
}


class AccountJournal(models.Model):
    _inherit = "account.journal"

    def _get_payment_accounts(self, *directions):
        """Return the accounts on which payments of these journals wait for the bank:
        those of their ways to pay and, where one has none, those that Odoo takes from
        the chart then.

        :param str directions: 'inbound', 'outbound'; none: both
        :return: ``account.account``
        """
        accounts = self.env["account.account"]
        for direction in directions or METHODS:
            methods = self[METHODS[direction]]
            accounts |= methods.payment_account_id
            without = methods.filtered(lambda method: not method.payment_account_id)
            for company in without.journal_id.company_id.root_id:
                # as Odoo looks for it (account.payment._get_outstanding_account)
                chart = self.env["account.chart.template"].with_context(
                    allowed_company_ids=company.ids
                )
                found = chart.ref(OUTSTANDING[direction], raise_if_not_found=False)
                accounts |= found or accounts.browse()
        return accounts
