from odoo.tests import TransactionCase, tagged

from ...models.credit.decisions.check_reasons import get_reasons


@tagged("post_install", "-at_install")
class TestExplained(TransactionCase):
    """Whatever is held back or stopped has its sentence: a reason without one would
    fail on the first document that it meets."""

    def _assert_explained(self, model, explainer):
        reasons = self.env[model]._fields["reason"].get_values(self.env)
        self.assertTrue(reasons)
        for reason in reasons:
            with self.subTest(model=model, reason=reason):
                self.assertTrue(
                    hasattr(self.env[explainer], f"_explain_{reason}"),
                    f"{explainer}._explain_{reason}() says what is wrong",
                )

    def test_every_reason_of_a_held_rate(self):
        self._assert_explained("fx.rate.hold", "fx.rate.hold")

    def test_every_reason_of_a_credit_check(self):
        reasons = self.env["credit.policy.check"]._fields["reason"].get_values(self.env)
        self.assertEqual(set(reasons), set(get_reasons()))


@tagged("post_install", "-at_install")
class TestSelectionsSpeak(TransactionCase):
    """A selection that is taken from another field is read in the reader's language."""

    def test_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"].search(
            [("name", "=", "multicurrency_crm")]
        )._update_translations(["zh_CN"])
        chinese = self.env(context={"lang": "zh_CN"})
        for name, model in sorted(chinese.registry.items()):
            if model._original_module != "multicurrency_crm":
                continue
            for field in model._fields.values():
                if field.type != "selection" or field._modules[:1] != (
                    "multicurrency_crm",
                ):
                    continue
                english = field._description_selection(self.env(context={}))
                said = field._description_selection(chinese)
                if field.related or not english or len(english[0][1]) < 2:
                    continue
                with self.subTest(model=name, field=field.name):
                    self.assertNotEqual(dict(said), dict(english))
