"""The addon arrives, and leaves what it finds as it was."""

from odoo.tests import TransactionCase, tagged

from ...hooks import pre_init_hook


@tagged("post_install", "-at_install")
class TestInstall(TransactionCase):
    def test_no_payment_term_is_changed(self):
        Term = self.env["account.payment.term"]
        terms = Term.search([])
        moment = "2026-01-01 00:00:00"
        self.env.flush_all()
        self.env.cr.execute(
            "ALTER TABLE account_payment_term DROP COLUMN credit_open_share"
        )
        self.env.cr.execute("UPDATE account_payment_term SET write_date = %s", [moment])
        pre_init_hook(self.env)
        self.registry.init_models(
            self.cr, [Term._name], {"module": "multicurrency_crm"}
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertTrue(terms)
        self.assertEqual({str(term.write_date) for term in terms}, {moment})
        self.assertEqual(set(terms.mapped("credit_open_share")), {1.0})
