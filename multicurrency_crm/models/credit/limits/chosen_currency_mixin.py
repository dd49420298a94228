from odoo import api, models
from odoo.exceptions import ValidationError


class ChosenCurrencyMixin(models.AbstractModel):
    """Terms in a currency that somebody chooses: none that is archived, whichever way
    in (form, import, copy, code). One that is archived later stays as it is."""

    _name = "chosen.currency.mixin"
    _description = "Terms in a Chosen Currency"

    @api.constrains("currency_id")
    def _check_currency_chosen(self):
        for record in self:
            currency = record.currency_id
            if currency and not currency.active:
                raise ValidationError(
                    self.env._(
                        "%(currency)s is archived: activate it under Currencies or "
                        "choose another one for %(record)s.",
                        currency=currency.name,
                        record=record.display_name,
                    )
                )
