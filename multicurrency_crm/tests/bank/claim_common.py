"""Receipts that nobody knows, people who claim them, and finance who confirms."""

from contextlib import contextmanager

from odoo import Command
from odoo.tests import new_test_user

from ..ledger.ledger_common import LedgerCommon


def receive(env, company, currency, day, amount=100.0):
    """Post a payment of nobody's, in the company's first bank.

    :return: the ``payment.claimable`` of it
    """
    journal = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
    )
    payment = env["account.payment"].create(
        {
            "payment_type": "inbound",
            "partner_type": "customer",
            "amount": amount,
            "currency_id": currency.id,
            "date": day,
            "journal_id": journal.id,
            "memo": "HARBOUR LTD",
        }
    )
    payment.action_post()
    Receipt = env["payment.claimable"]
    return Receipt.browse(Receipt._get_id_of(payment))


SELLER = "sales_team.group_sale_salesman,multicurrency_crm.group_user"
FINANCE = "account.group_account_user,multicurrency_crm.group_finance"


class ClaimCommon(LedgerCommon):
    """Euro books: 1.1 dollars and 160 yen a euro."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._colleague("claim_seller", SELLER)
        cls.other_seller = cls._colleague("claim_other", SELLER)
        cls.clerk = cls._colleague("claim_clerk", FINANCE)
        cls.second_clerk = cls._colleague("claim_second", FINANCE)
        cls.buyer.user_id = cls.seller
        cls.rival = cls._customer("Rival", user_id=cls.other_seller.id)

    @classmethod
    def _colleague(cls, login, groups, company=None):
        company = company or cls.books
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,{groups}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    @contextmanager
    def _refused(self, error, text):
        """What is refused says why, and leaves nothing half-written."""
        with self.assertRaises(error) as caught:
            yield
        self.assertRegex(str(caught.exception), text)

    # === RECEIPTS === #

    @classmethod
    def _receive(cls, amount, currency, day, **values):
        """A posted payment without customer."""
        payment = cls.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "amount": amount,
                "currency_id": currency.id,
                "date": day,
                "journal_id": cls.bank.id,
                "payment_method_line_id": cls._get_method("inbound").id,
                "memo": "HARBOUR LTD /INV/",
                **values,
            }
        )
        payment.action_post()
        return payment

    @classmethod
    def _bank_line(cls, amount, day, **values):
        """A line of the bank without customer, of which nothing is matched."""
        return cls.env["account.bank.statement.line"].create(
            {
                "journal_id": cls.bank.id,
                "date": day,
                "amount": amount,
                "payment_ref": "TT IN 4711",
                "partner_name": "HARBOUR LTD",
                **values,
            }
        )

    @classmethod
    def _row(cls, receipt, user=None):
        """The row of a receipt, as somebody reads it."""
        Receipt = cls.env["payment.claimable"]
        user = user or cls.seller
        rows = cls._as(Receipt, user, user.company_ids)
        return rows.search([("id", "=", Receipt._get_id_of(receipt))])

    @classmethod
    def _claim(cls, receipt, user=None, partner=None, moves=None, note=False):
        row = cls._row(receipt, user)
        env = row.env
        return env["payment.claim"]._claim(
            row,
            (partner or cls.buyer).with_env(env),
            moves.with_env(env) if moves else None,
            note,
        )

    def _confirm(self, claim, user=None):
        claim.with_user(user or self.clerk).action_approve()
        claim = claim.with_env(self.env)
        claim.invalidate_recordset()
        return claim

    def _match_with_entry(self, payment, amount, booked):
        """Match a receipt, or part of it, with an entry of nobody's."""
        [line] = payment.move_id.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        entry = self._entry(
            amount,
            booked,
            payment.currency_id,
            "2026-02-03",
            partner=self.env["res.partner"],
            account=line.account_id,
        )
        other = entry.line_ids.filtered(lambda one: one.account_id == line.account_id)
        (line | other).reconcile()
        return line

    @classmethod
    def _bill(cls, amount, currency, day="2026-01-10", **values):
        """An invoice of the salesperson's."""
        values = {"invoice_user_id": cls.seller.id, **values}
        return cls._invoice(amount, currency, day, **values)

    # === WHAT IS BOOKED === #

    def _note(self, move):
        """What has to stay of an entry."""
        return (
            move.name,
            move.date,
            move.journal_id,
            [(line.id, line.amount_currency, line.balance) for line in move.line_ids],
        )

    def _sum_of(self, partner):
        """What a customer (or nobody) owes in the books."""
        return sum(
            self.env["account.move.line"]
            .search(
                [
                    ("partner_id", "=", partner and partner.id),
                    ("parent_state", "=", "posted"),
                    ("account_id.account_type", "=", "asset_receivable"),
                    ("company_id", "=", self.books.id),
                ]
            )
            .mapped("balance")
        )
