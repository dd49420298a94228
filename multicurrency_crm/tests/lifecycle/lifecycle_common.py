from datetime import timedelta

from odoo import Command, fields
from odoo.tools import SQL

from ..common import MultiCurrencyCommon


class LifecycleCommon(MultiCurrencyCommon):
    """A company that follows its customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_chart()
        cls.product.company_id = False  # branches sell it, too
        cls.company.lifecycle_followed = True
        cls.Life, cls.Milestone = (
            cls.env["customer.life"],
            cls.env["customer.milestone"],
        )
        cls.today = cls.company._get_today()

    @classmethod
    def _follow(cls):
        """Have the night look at the customers, as the job does."""
        cls.env.flush_all()
        cls.Life._cron_follow()
        cls.env.invalidate_all()

    def _list(self, partner=None, company=None):
        """:return: [(kind, days ago, document's name)] of what holds, in its order"""
        return [
            (one.kind, (self.today - one.date).days, one.document_name)
            for one in self.Milestone.search(
                [
                    ("partner_id", "=", (partner or self.customer).id),
                    ("company_id", "=", (company or self.company).id),
                    ("is_void", "=", False),
                ],
                order="date, id",
            )
        ]

    def _kinds(self, partner=None):
        return [kind for kind, _ago, _name in self._list(partner)]

    @classmethod
    def _get_life(cls, partner=None, company=None):
        return cls.Life._find(partner or cls.customer, company or cls.company)

    @classmethod
    def _days_ago(cls, days):
        return cls.today - timedelta(days=days)

    @classmethod
    def _quote(cls, days=0, partner=None, **values):
        """Quote two pumps, so many days ago."""
        order = cls._create_order(partner, **values)
        moment = fields.Datetime.now() - timedelta(days=days)
        order.date_order = moment
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL(
                "UPDATE sale_order SET create_date = %s WHERE id = %s", moment, order.id
            )
        )
        order.invalidate_recordset(["create_date"])
        return order

    @classmethod
    def _order(cls, days=0, partner=None, **values):
        order = cls._quote(days, partner, **values)
        moment = order.date_order
        order.action_confirm()
        order.date_order = moment
        return order

    @classmethod
    def _invoice(cls, order, days=0):
        invoice = order._create_invoices()
        invoice.invoice_date = cls._days_ago(days)
        invoice.action_post()
        return invoice

    @classmethod
    def _pay(cls, invoice, days=0, amount=None):
        register = (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"payment_date": cls._days_ago(days)})
        )
        if amount:
            register.amount = amount
        return register._create_payments()

    @classmethod
    def _open_lead(cls, days=0, partner=None, **values):
        lead = cls.env["crm.lead"].create(
            {
                "name": "Pumps for the harbour",
                "type": "opportunity",
                "partner_id": (partner or cls.customer).id,
                "company_id": cls.company.id,
                **values,
            }
        )
        cls.env.flush_all()
        moment = fields.Datetime.now() - timedelta(days=days)
        cls.env.cr.execute(
            SQL("UPDATE crm_lead SET create_date = %s WHERE id = %s", moment, lead.id)
        )
        lead.invalidate_recordset(["create_date"])
        return lead

    @classmethod
    def _create_contact(cls, customer=None, **values):
        return cls.env["res.partner"].create(
            {"name": "Purchasing", "parent_id": (customer or cls.customer).id, **values}
        )

    @classmethod
    def _take_back(cls, invoice):
        """Reverse an invoice as a whole."""
        wizard = (
            cls.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        wizard.reverse_moves()
        credit = cls.env["account.move"].search(
            [("reversed_entry_id", "=", invoice.id)]
        )
        if credit.state == "draft":
            credit.action_post()
        receivable = (invoice + credit).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        if not all(receivable.mapped("reconciled")):
            receivable.reconcile()
        return credit

    @classmethod
    def _order_pumps(cls, quantity):
        return [
            Command.create({"product_id": cls.product.id, "product_uom_qty": quantity})
        ]
