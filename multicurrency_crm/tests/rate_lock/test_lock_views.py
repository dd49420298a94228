from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common import END, RateLockCommon


@tagged("post_install", "-at_install")
class TestLockViews(RateLockCommon):
    """What each colleague finds in the lists, and in their filters."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.finance = cls._create_salesperson(
            "viewing_finance", "multicurrency_crm.group_finance"
        )
        cls.order = cls._create_quotation(price=100, user_id=cls.user.id)
        cls.order.with_user(cls.user).action_lock_rate()
        cls.lock = cls.order.rate_lock_id

    def _filters(self, model, user):
        views = self.env[model].with_user(user).get_views([(False, "search")])
        arch = etree.fromstring(views["views"]["search"]["arch"])
        return {node.get("name"): node for node in arch.iter("filter")}

    def _find(self, name, user=None, model="fx.rate.lock"):
        node = self._filters(model, user or self.user)[name]
        domain = safe_eval(node.get("domain"), {"uid": (user or self.user).id})
        return self.env[model].with_user(user or self.user).search(domain)

    def test_every_filter_finds_something_or_nothing(self):
        for model in ("fx.rate.lock", "fx.rate.approval", "sale.order"):
            for user in (self.user, self.finance, self.manager):
                if not self.env[model].with_user(user).has_access("read"):
                    continue
                for name, node in self._filters(model, user).items():
                    if node.get("domain"):
                        self._find(name, user, model)

    def test_grouped_by_everything(self):
        Lock = self.env["fx.rate.lock"].with_user(self.finance)
        for node in self._filters("fx.rate.lock", self.finance).values():
            if context := node.get("context"):
                group = safe_eval(context)["group_by"]
                self.assertTrue(Lock.formatted_read_group([], [group], ["__count"]))
        pivot = Lock.formatted_read_group(
            [("id", "=", self.lock.id)],
            ["currency_id", "date_end:month"],
            ["amount_open:sum"],
        )
        self.assertEqual(pivot[0]["amount_open:sum"], 300)

    def test_what_the_filters_mean(self):
        self.assertIn(self.lock, self._find("my_locks"))
        self.assertNotIn(self.lock, self._find("my_locks", self.manager))
        self.assertNotIn(self.lock, self._find("needs_approval"))
        self.lock._request_invoicing(END.replace(year=END.year + 1))
        self.assertIn(self.lock, self._find("needs_approval"))
        self.assertNotIn(self.lock, self._find("expired_locks"))
        self.assertNotIn(self.lock, self._find("ends_this_week"))
        self._run_expiry(self, f"{END.replace(month=END.month, day=END.day + 3)}")
        self.assertIn(self.lock, self._find("expired_locks"))

    def test_ending_this_week(self):
        # the 20th of November 2026 is a Friday
        order = self._create_quotation(validity_date="2026-11-21")
        lock = self._lock(order)
        self.assertIn(lock, self._find("ends_this_week"))
        self.assertIn(lock, self._find("ends_soon"))

    def test_views_open_for_every_role(self):
        views = [(False, kind) for kind in ("list", "kanban", "form", "pivot")]
        views.append((False, "calendar"))
        for user in (self.user, self.finance, self.manager):
            found = self.env["fx.rate.lock"].with_user(user).get_views(views)["views"]
            self.assertIn('name="action_extend"', found["form"]["arch"])
            self.lock.with_user(user).web_read({"approval_ids": {}, "state": {}})
        form = self.env["sale.order"].with_user(self.plain_seller)
        arch = form.get_views([(False, "form")])["views"]["form"]["arch"]
        buttons = {node.get("name") for node in etree.fromstring(arch).iter("button")}
        self.assertNotIn("action_extend_rate_lock", buttons)
        self.assertIn("action_request_invoice_approval", buttons)

    def test_plain_documents_say_nothing(self):
        """No banner, and no 0.0 where a sentence stands."""
        home = self._create_quotation(self.company.currency_id, 100)
        foreign = self._create_quotation(price=100)
        documents = [home, foreign, self._invoice(home), self._invoice(foreign)]
        for document in [*documents, self.env["crm.lead"].create({"name": "Pumps"})]:
            said = {
                name: document[name]
                for name, field in document._fields.items()
                if field._module == "multicurrency_crm"
                and field.type in ("char", "text", "html")
                and document[name] is not False
            }
            for name in ("company_amount_note", "invoice_rate_note"):
                said.pop(name, None)  # foreign documents have it
            self.assertFalse(said, document._name)
        self.assertFalse(home.company_amount_note)
        self.assertFalse(documents[2].invoice_rate_note)

    def test_margins_say_what_for(self):
        margins = self.env["fx.rate.margin"].create(
            [
                {"currency_id": self.usd.id, "days": 30, "basis_points": 10},
                {"basis_points": 20},
            ]
        )
        self.assertEqual(
            margins.mapped("display_name"),
            ["USD, up to 30 days", "Other currencies, any length"],
        )
