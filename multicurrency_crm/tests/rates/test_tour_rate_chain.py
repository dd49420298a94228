from odoo import Command
from odoo.tests import tagged

from ..common import TourCase
from .test_rate_chain_wizard import ChainCommon


@tagged("post_install", "-at_install")
class TestTourRateChain(ChainCommon, TourCase):
    """From the catalogue to the providers, in a real browser."""

    def test_from_the_catalogue_to_the_providers(self):
        self.manager.company_ids = [Command.set(self.company.ids)]
        self.start_tour(
            "/odoo/rate-sources",
            "multicurrency_crm_rate_chain",
            login=self.manager.login,
        )
        found = self.env["fx.rate.provider"].search([])
        self.assertEqual(found.mapped("service"), ["cfets", "banca_italia"])
        self.assertFalse(found.company_ids)
