from odoo import models

from ..common.res_company import LIQUID
from .bank_receipt_matching import COLUMNS, MOST_ROWS


class BankReceipt(models.Model):
    """Money of the company's own that comes in: what it has changed at a bank waits for
    the bank's line (``fx.conversion``), and is nobody's to owe.

    It is matched as what a customer owes, with the company itself as the customer.
    """

    _inherit = "bank.receipt"

    def _get_own_partner(self):
        """Return the ``res.partner`` that the receipt's company is."""
        # sudo: who works in a branch needn't see its main company
        return self.company_id.sudo().partner_id.commercial_partner_id.sudo(False)

    def _find_own(self):
        """Find what conversions have let wait for this line of the bank, the oldest
        first.

        :return: ``account.move.line`` with sudo, debits in the receipt's currency
        """
        # sudo: as for the receipt, which of them wait
        receipt, Line = self.sudo(), self.env["account.move.line"].sudo()
        if not receipt.statement_line_id:
            return Line
        conversions = receipt.env["fx.conversion"]._search(
            [
                ("state", "=", "posted"),
                ("journal_to_id", "=", receipt.journal_id.id),
                ("currency_to_id", "=", self.currency_id.id),
                ("company_id", "in", self.env.companies.ids),
            ]
        )
        lines = Line.search(
            [
                ("move_id", "in", conversions.subselect("move_id")),
                ("currency_id", "=", self.currency_id.id),
                ("amount_residual_currency", ">", 0),
                ("reconciled", "=", False),
                ("parent_state", "=", "posted"),
                ("account_id.reconcile", "=", True),
                ("account_id.account_type", "not in", list(LIQUID)),
            ],
            order="date, id",
            limit=MOST_ROWS,
        )
        found = receipt.env["fx.conversion"].search(
            [("move_id", "in", lines.move_id.ids)]
        )
        # the fair value of a forward waits for no bank
        carried = found.forward_carried_account_id
        return lines.filtered(lambda line: line.account_id not in carried)

    def _read_own(self):
        """Read :meth:`_find_own` as items of the company itself.

        :return: [{column: value}] of ``bank_receipt_matching.COLUMNS``
        """
        owner = self._get_own_partner()
        return [
            dict(
                zip(
                    COLUMNS,
                    (
                        line.id,
                        owner.id,
                        line.currency_id.id,
                        line.amount_residual_currency,
                        line.date,
                        True,
                        line.move_id.name,
                        line.move_id.ref,
                        None,
                        None,
                    ),
                    strict=True,
                )
            )
            for line in self._find_own()
        ]
