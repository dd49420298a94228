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

    def test_words_with_two_meanings_stand_for_one(self):
        """One English sentence has one Chinese one: where the meanings differ, the
        English differs."""
        for name, label in (
            ("collection.letter.channel", "Medium"),
            ("collection.level.channel", "Medium"),
            ("collection.call.channel", "Medium"),
            ("payment.promise.channel", "Medium"),
            ("payment.receipt.report.channel", "Channel"),
            ("collection.level.template_id", "Letter Text"),
            ("payment.plan.method", "Payment Method"),
            ("payment.plan.template.line.method", "Payment Method"),
        ):
            model, field = name.rsplit(".", 1)
            self.assertEqual(self.env[model]._fields[field].string, label, name)
        labels = {(str(field), value): label for field, value, label in self._choices()}
        self.assertEqual(labels["payment.promise.state", "open"], "Pending")
        menu = self.env.ref("multicurrency_crm.menu_configuration_payment")
        self.assertEqual(menu.with_context(lang="en_US").name, "Incoming Payments")
