"""Every field with groups × each role that isn't in them × each way to read it."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .credit_common import TODAY, CreditCommon

ADDON = "multicurrency_crm"
MODELS = ("res.partner", "sale.order", "account.move", "crm.lead", "credit.review")
ROLES = {
    "portal": "base.group_portal",
    "employee": "base.group_user",
    "seller": "sales_team.group_sale_salesman_all_leads",
    "biller": "account.group_account_invoice",
    "user": "sales_team.group_sale_salesman_all_leads,multicurrency_crm.group_user",
}
EXPORT = "base.group_allow_export"
#: what lies behind a pointer that sellers may read
BEHIND = (
    ("res.partner", "credit_assessment_id.exposure"),
    ("res.partner", "credit_assessment_id.limit_currency_id"),
    ("sale.order", "partner_id.credit_limit_currency_id"),
    ("account.move", "partner_id.credit_exposure"),
)


@tagged("post_install", "-at_install")
class TestFieldsRead(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls._customer()
        cls._limit(cls.buyer, 1000.0, cls.usd)
        cls._invoice(cls.buyer, 100.0)
        cls._assess(cls.buyer)
        cls._order_of(cls.buyer, 50_000.0).action_request_credit_review()
        cls.roles = {
            role: new_test_user(
                cls.env,
                f"reads_{role}",
                groups=f"{groups},{EXPORT}" if role != "portal" else groups,
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for role, groups in ROLES.items()
        }

    def _list_closed(self, Model):
        """The addon's fields that this user may not read."""
        return [
            field
            for field in Model._fields.values()
            if ADDON in (field._modules or ())
            and field.groups
            and not Model._has_field_access(field, "read")
        ]

    def _ways(self, Model, field):
        """Each way to learn something of a field."""
        name, record = field.name, Model.sudo().search([], limit=1).sudo(False)
        yield "read", lambda: record.read([name])
        yield "export", lambda: record.export_data([name])
        yield "web_read", lambda: record.web_read({name: {}})
        # what can't be searched can't be sorted or grouped by
        if field._description_searchable:
            known = TODAY if field.type == "date" else 1
            for operator in ("=", "!=", "in", "not in"):
                value = [known] if "in" in operator else known
                domain = [(name, operator, value)]
                yield f"search {operator}", lambda d=domain: Model.search(d).ids
                yield f"count {operator}", lambda d=domain: Model.search_count(d)
            yield "name_search", lambda: Model.name_search("a", [(name, "!=", False)])
        if field._description_sortable:
            yield "order", lambda: Model.search([], order=f"{name} desc").ids
        if field._description_groupable:
            yield "group", lambda: Model.formatted_read_group([], [name], ["__count"])
            yield "read_group", lambda: Model._read_group([], [name])
        if field.aggregator and field._description_aggregator:
            total = f"{name}:{field.aggregator}"
            yield "total", lambda: Model.formatted_read_group([], [], [total])

    def test_15_2_2_closed_fields(self):
        tried = 0
        for role, user in self.roles.items():
            self.env.invalidate_all()
            env = self.env(user=user, context={"allowed_company_ids": self.company.ids})
            for model in MODELS:
                Model = env[model]
                for field in self._list_closed(Model):
                    self.assertNotIn(field.name, Model.fields_get())
                    for way, act in self._ways(Model, field):
                        tried += 1
                        with self.subTest(role=role, field=str(field), way=way):
                            self._assert_refused(act)
        self.assertGreater(tried, 500)

    def _assert_refused(self, act):
        # who may export nothing is told so by a plainer error of Odoo's
        with self.assertRaises(UserError):
            act()

    def test_15_2_2_closed_fields_behind_others(self):
        for role, user in self.roles.items():
            env = self.env(user=user, context={"allowed_company_ids": self.company.ids})
            for model, path in BEHIND:
                Model = env[model]
                for way, act in (
                    (
                        "search",
                        lambda M=Model, p=path: M.search([(p, "!=", False)]).ids,
                    ),
                    ("export", lambda M=Model, p=path: self._export(M, p)),
                    ("group", lambda M=Model, p=path: M._read_group([], [p])),
                ):
                    with self.subTest(role=role, path=path, way=way):
                        self._assert_refused(act)

    def _export(self, Model, path):
        mine = [("partner_id", "=", self.buyer.id)]
        if Model._name == "res.partner":
            mine = [("id", "=", self.buyer.id)]
        record = Model.browse(Model.sudo().search(mine, limit=1).ids)
        return record.export_data([path.replace(".", "/")])

    def test_15_2_2_the_currency_of_a_limit(self):
        """The case: it was found by its currency."""
        seller = self.env["res.partner"].with_user(self.seller)
        for name in ("credit_limit_currency_id", "credit_currency_id"):
            with self.assertRaises(AccessError):
                seller.search([(name, "=", self.usd.id)])
            with self.assertRaises(AccessError):
                seller._read_group([], [name])
        finance = self.env["res.partner"].with_user(self.clerk)
        finance = finance.with_company(self.company)
        found = finance.search([("credit_limit_currency_id", "=", self.usd.id)])
        self.assertEqual(found, self.buyer)

    def test_18_11_a_customer_reads_no_market(self):
        """Of the own order: neither market nor lock, and all that is Odoo's."""
        order = self._order_of(self.buyer, 10.0, self.usd)
        portal = self.roles["portal"]
        portal.partner_id.parent_id = self.buyer
        order.message_subscribe(portal.partner_id.ids)
        order.state = "sent"
        self.env.invalidate_all()
        mine = order.with_user(portal)
        for name in (
            "market_rate",
            "locked_rate",
            "rate_deviation",
            "rate_lock_note",
            "rate_lock_id",
        ):
            with self.assertRaises(AccessError, msg=name):
                mine.read([name])
        # what is Odoo's, and what of ours is meant for customers, is read as before
        self.assertEqual(mine.read(["amount_total"])[0]["amount_total"], 10.0)
        self.assertFalse(mine.is_expired)
        for record in (mine, mine.order_line):
            for name, field in record._fields.items():
                ours = "multicurrency_crm" in (field._modules or ())
                if ours and record._has_field_access(field, "read"):
                    self.assertEqual(len(record.read([name])), 1, name)
