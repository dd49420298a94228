"""What a field's groups keep from somebody isn't found out by searching, either."""

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .screens_common import MODULE, ScreensCommon


@tagged("post_install", "-at_install")
class TestSearchRights(ScreensCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.outsiders = [
            new_test_user(cls.env, "searching_buyer", "base.group_portal"),
            new_test_user(cls.env, "searching_colleague", "base.group_user"),
        ]

    def _list_kept(self, user):
        """:return: [(model, field)] of the addon's that are searched by a method, or by
        another field, and that a user may not read"""
        data = self.env["ir.model.data"].search(
            [("module", "=", MODULE), ("model", "=", "ir.model.fields")]
        )
        found = []
        for known in self.env["ir.model.fields"].browse(data.mapped("res_id")).exists():
            model = self.env[known.model].with_user(user)
            field = model._fields.get(known.name)
            if field is None or model._abstract or model._transient:
                continue
            if field.store or not field.search or not field.groups:
                continue
            if not model._has_field_access(field, "read"):
                found.append((model, field))
        return found

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.models", "odoo.orm.models")
    def test_no_search_tells_what_may_not_be_read(self):
        for user in self.outsiders:
            kept = self._list_kept(user)
            self.assertGreater(len(kept), 10)
            for model, field in kept:
                for domain in ([(field.name, "=", False)], [(field.name, "!=", False)]):
                    with (
                        self.subTest(f"{user.login}: {model._name}: {domain}"),
                        self.assertRaises(AccessError),
                    ):
                        model.search_count(domain)

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.models", "odoo.orm.models")
    def test_no_order_tells_where_a_customer_stands(self):
        for user in self.outsiders:
            Partner = self.env["res.partner"].with_user(user)
            for order in ("lifecycle_stage", "last_contact_date desc"):
                with self.subTest(order), self.assertRaises(AccessError):
                    Partner.search([], order=order)
                name = order.split()[0]
                with self.subTest(f"by {name}"), self.assertRaises(AccessError):
                    name += ":month" if "date" in name else ""
                    Partner._read_group([], [name], ["__count"])
