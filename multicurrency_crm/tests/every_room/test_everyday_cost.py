"""What everybody pays, whatever is configured: columns that are read along, and what
each line of a document triggers."""

from odoo.tests import tagged

from ..common import MultiCurrencyCommon

OURS = ("multicurrency_crm",)
#: Fields that each line of an invoice writes, several times while it is made.
WRITTEN = ("amount_currency", "balance", "price_subtotal", "price_unit", "quantity")
#: What is only shown of invoices and goes by their lines all the same: each costs every
#: invoice of everybody, so that a new one needs a reason.
FOLLOWING = {
    "credit_check_state",  # a draft's, while its lines are typed
    "credit_expected_on",
    "lock_excess_note",
}


@tagged("post_install", "-at_install")
class TestEverydayCost(MultiCurrencyCommon):
    def test_lines_of_invoices_trigger_little_that_is_only_shown(self):
        fields = self.env["account.move.line"]._fields
        found = {
            dependent.name
            for name in WRITTEN
            for dependent in self.env.registry.get_dependent_fields(fields[name])
            if dependent._modules == OURS
            and not dependent.store
            and dependent.model_name == "account.move"
        }
        self.assertEqual(found, FOLLOWING)

    def test_columns_of_ours_are_read_apart(self):
        for model in ("res.company", "res.partner", "sale.order"):
            for name, field in self.env[model]._fields.items():
                if field._modules == OURS and field.store and field.prefetch:
                    everyday = getattr(field, "everyday", False)
                    apart = field.prefetch == OURS[0]
                    with self.subTest(model=model, field=name):
                        self.assertNotEqual(bool(everyday), apart)

    def test_odoos_columns_come_without_them(self):
        company = self.env.company.with_user(self.env.user)
        self.env.flush_all()
        self.env.invalidate_all()
        company.mapped("name")
        cache = self.env.cache
        read = {
            name
            for name, field in company._fields.items()
            if field._modules == OURS and field.store and cache.contains(company, field)
        }
        self.assertIn("missing_rate_policy", read)
        self.assertNotIn("revaluation_method", read)
        with self.assertQueryCount(1):
            company.mapped("revaluation_method")
            company.mapped("statement_period")
