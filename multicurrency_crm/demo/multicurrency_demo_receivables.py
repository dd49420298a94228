from odoo import models


class MultiCurrencyDemo(models.AbstractModel):
    """Invoices of the past year, what was paid of them, and a credit note."""

    _inherit = "multicurrency.demo"

    def _load_receivables(self, orders):
        """Invoice, post and pay in the order of the days on which it happened.

        :param orders: {key of the row in ``orders.csv``: sale.order}
        """
        rows = [row for row in self._read_rows("orders.csv") if row["invoiced"]]
        rows.sort(key=lambda row: -int(row["invoiced"]))
        sold = self.env["sale.order"].concat(*(orders[row["id"]] for row in rows))
        sold._create_invoices(grouped=True)
        invoices = {row["id"]: orders[row["id"]].invoice_ids for row in rows}
        for row in rows:
            invoices[row["id"]].invoice_date = self._get_day(row["invoiced"])
        sold.invoice_ids.sorted("invoice_date").action_post()
        self._name_records({f"invoice_{key}": move for key, move in invoices.items()})
        self._credit_goods_back(invoices["us_4"], days_ago=18)
        payments = [
            (int(days_ago), invoices[row["id"]], float(percent))
            for row in rows
            for percent, days_ago in (p.split("@") for p in row["payments"].split())
        ]
        received = {}
        for days_ago, invoice, percent in sorted(payments, key=lambda p: -p[0]):
            day = self._get_day(days_ago)
            payment = self._pay(invoice, percent, day)
            received[payment] = self._get_moment(day)
        self._backdate(received)
        self._backdate(
            {move: self._get_moment(move.invoice_date) for move in sold.invoice_ids}
        )

    def _pay(self, invoice, percent, day):
        """Receive a part of an invoice in its currency.

        :param percent: of the invoice's total; what is left is the most that is paid
        :return: the account.payment
        """
        currency = invoice.currency_id
        amount = currency.round(invoice.amount_total * percent / 100)
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "payment_date": day,
                    "journal_id": self._get_bank_journal(currency).id,
                }
            )
        )
        wizard.amount = min(amount, invoice.amount_residual)
        wizard.payment_difference_handling = "open"
        return wizard._create_payments()

    def _get_bank_journal(self, currency):
        """The bank account in this currency, else the one in company currency."""
        journal = self.env.ref(
            f"multicurrency_crm.demo_journal_{currency.name.lower()}",
            raise_if_not_found=False,
        )
        return journal or self._ref("journal_cny")

    def _credit_goods_back(self, invoice, days_ago):
        """Credit two pieces of the first line, at the rate of the invoice."""
        day = self._get_day(days_ago)
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "journal_id": invoice.journal_id.id,
                    "date": day,
                    "reason": "Two pumps damaged in transit, replacements follow",
                }
            )
        )
        credit_note = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        lines = credit_note.invoice_line_ids.sorted("sequence")
        lines[1:].unlink()
        lines[:1].quantity = 2
        credit_note.action_post()
        self._name_records({"credit_note": credit_note})
        self._backdate({credit_note: self._get_moment(day)})
