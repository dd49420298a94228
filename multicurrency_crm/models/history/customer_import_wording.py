from odoo import models


class CustomerImport(models.Model):
    """What customers read of an import, in their language: not in that of whoever
    brings it in."""

    _inherit = "customer.import"

    def _get_item_name(self, row, partner):
        """Return what an opening item is called on its customer's statements.

        :param row: ``customer.import.row``
        :param partner: ``res.partner``
        """
        values = row.values or {}
        speaker = self._speak_to(partner)
        # what the file calls it is what its customer knows
        name = values.get("document") or row.document
        if self.kind == "balances" and not values.get("document"):
            name = speaker.env._("Opening balance")
        return speaker._call_by_age(name, values)

    def _get_entry_reference(self, partner):
        """Return what the entry of a customer's opening items is called.

        :param partner: ``res.partner``
        """
        return self._speak_to(partner).env._("Opening items")

    def _speak_to(self, partner):
        return self.with_context(lang=partner.lang or self.env.lang)
