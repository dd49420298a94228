from odoo.tests import HttpCase, tagged

from .test_rate_chain_wizard import ChainCommon


@tagged("post_install", "-at_install")
class TestTourRateChain(ChainCommon, HttpCase):
    """From the catalogue to the providers, in a real browser."""

    def test_from_the_catalogue_to_the_providers(self):
        self.start_tour(
            "/odoo/rate-sources",
            "multicurrency_crm_rate_chain",
            login=self.manager.login,
        )
        found = self.env["fx.rate.provider"].search([])
        self.assertEqual(found.mapped("service"), ["cfets", "banca_italia"])
        self.assertFalse(found.company_ids)
