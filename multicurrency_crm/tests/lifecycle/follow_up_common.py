from odoo import Command, fields
from odoo.tests import new_test_user

from ...models.lifecycle.customer_follow_up import Spoken
from .lifecycle_common import LifecycleCommon

SELLER = "sales_team.group_sale_salesman,multicurrency_crm.group_user"
HEAD = "sales_team.group_sale_salesman_all_leads,multicurrency_crm.group_user"
CLERK = "account.group_account_invoice,multicurrency_crm.group_finance"


class FollowUpCommon(LifecycleCommon):
    """A customer with a salesperson and two contacts, and colleagues who speak."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls._colleague("follow_seller", SELLER)
        cls.second = cls._colleague("follow_second", SELLER)
        cls.head = cls._colleague("follow_head", HEAD)
        cls.clerk = cls._colleague("follow_clerk", CLERK)
        cls.customer.write({"is_company": True, "user_id": cls.seller.id})
        cls.anna, cls.boris = cls.env["res.partner"].create(
            [
                {
                    "name": "Anna",
                    "parent_id": cls.customer.id,
                    "email": "anna@buyer.test",
                },
                {"name": "Boris", "parent_id": cls.customer.id},
            ]
        )
        cls.stranger = cls.env["res.partner"].create(
            {"name": "Another Buyer", "is_company": True}
        )
        cls.FollowUp = cls.env["customer.follow.up"]
        cls.lead = cls.env["crm.lead"].create(
            {
                "name": "Pumps",
                "type": "opportunity",
                "partner_id": cls.customer.id,
                "user_id": cls.seller.id,
                "company_id": cls.company.id,
            }
        )
        cls.env.flush_all()

    @classmethod
    def _colleague(cls, login, groups, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,{groups}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    @classmethod
    def _note(cls, document=None, user=None, company=None, **said):
        """Note a follow-up, as the seller on the customer unless somebody says else."""
        said = {"kind": "phone", "outcome": "interested", **said}
        document = cls._as(
            document or cls.customer, user or cls.seller, company or cls.company
        )
        for name in ("contact", "next_user"):
            if said.get(name):
                said[name] = said[name].with_env(document.env)
        follow_up = document.env["customer.follow.up"]._note(document, Spoken(**said))
        return follow_up.with_env(cls.env)

    @classmethod
    def _write(cls, document, days=0, **values):
        """A message of so many days ago, written as Odoo would: to the customer by a
        colleague unless ``values`` say otherwise."""
        return cls.env["mail.message"].create(
            {
                "model": document._name,
                "res_id": document.id,
                "message_type": "comment",
                "subtype_id": cls.env.ref("mail.mt_comment").id,
                "author_id": cls.seller.partner_id.id,
                "partner_ids": [Command.set(cls.anna.ids)],
                "record_company_id": cls.company.id,
                "date": fields.Datetime.subtract(fields.Datetime.now(), days=days),
                "body": "Said",
                **values,
            }
        )

    @classmethod
    def _find_days(cls, partner=None, company=None):
        """:return: (first, last) contact in days ago, and the day of the next"""
        cls.env.flush_all()
        partner = partner or cls.customer
        found = cls.Life._find_contacts(company or cls.company, partner.ids)
        if partner.id not in found:
            return None
        *spoken, following = found[partner.id]
        return (*((cls.today - day).days if day else None for day in spoken), following)
