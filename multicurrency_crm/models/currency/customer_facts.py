from odoo import api, models

from ..common.html_text import as_html
from .res_partner import PUT_TOGETHER


class CustomerFacts(models.AbstractModel):
    """The currencies in which a customer may buy."""

    _inherit = "customer.facts"

    @api.model
    def _are_kept(self):
        return super()._are_kept() or self.env["res.partner"]._currency_lists_exist()

    @api.model
    def _note_place(self, partner):
        """Return with ``currencies``: the list of its customer, where there is one"""
        customer = partner.commercial_partner_id
        notes = super()._note_place(partner)
        if customer.has_allowed_currencies:
            notes["currencies"] = customer.allowed_currency_ids
        return notes

    # === MERGED === #

    @api.model
    def _prepare_merge(self, sources, destination):
        """One list: the currencies that are allowed to all; where there are none, the
        list of the partner that stays, and its thread says so.

        Written before Odoo moves the rows, which would make one list of all of them,
        and leave what mirrors it."""
        result = super()._prepare_merge(sources, destination)
        partners = destination | sources
        listed = partners.filtered("has_allowed_currencies")
        if not listed:
            return result
        common = listed[0].allowed_currency_ids
        for partner in listed[1:]:
            common &= partner.allowed_currency_ids
        if not common:
            common = listed[0].allowed_currency_ids
            destination.message_post(
                body=as_html(
                    self.env._(
                        "The merged customers have no allowed currency in "
                        "common: look at "
                        "the list."
                    )
                )
            )
        sources.allowed_currency_ids = False
        PUT_TOGETHER.put_on(destination).allowed_currency_ids = common
        return result
