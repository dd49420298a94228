"""One word for one thing, in whatever room it stands."""

from odoo.tests import TransactionCase, tagged

from .screens_common import MODULE


@tagged("post_install", "-at_install")
class TestWords(TransactionCase):
    def _choices(self):
        """Every choice of the addon's fields: (field, value, what people read)."""
        for model in self.env.values():
            for field in model._fields.values():
                if field.type == "selection" and MODULE in field._modules:
                    for value, label in field._description_selection(self.env):
                        yield field, value, label

    def test_what_lets_nothing_pass_is_called_stop(self):
        labels = {(str(field), value): label for field, value, label in self._choices()}
        for name, value, label in (
            ("res.company.missing_rate_policy", "stop", "Stop"),
            ("res.company.currency_policy", "enforce", "Stop"),
            ("credit.policy.check.confirm_strength", "block", "Stop"),
            ("sale.order.credit_check_state", "blocked", "Stopped"),
        ):
            self.assertEqual(labels[name, value], label)
        others = {where for where, label in labels.items() if "block" in label.lower()}
        self.assertFalse(others)
