import math
from typing import NamedTuple

from odoo import api, fields, models

from ..common.process_mark import ProcessMark
from .res_currency_rate import TYPED_FIELDS

#: two rates that differ by less are the same: floats went through a few divisions
SAME_RATE = 1e-12

_NOTING = ProcessMark("fx_rate_change_noting")


class Entry(NamedTuple):
    """A row of the rate table, as its history speaks of it."""

    company_id: int | bool
    currency_id: int
    date: object
    rate: float
    source: str | bool  # the provider's name; False for a typed rate
    reason: str | bool

    @property
    def place(self):
        return self[:3]


class ResCurrencyRate(models.Model):
    """Rates that people type, correct and delete leave a trace.

    What providers bring is traced where it is stored, and only where it replaces
    another figure: its evidence is in the row itself.
    """

    _inherit = "res.currency.rate"

    fx_reason = fields.Char(
        string="Why",
        copy=False,
        help="Why you typed or changed this rate. It goes into the history of rates.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if _NOTING.is_on(self.env):
            return super().create(vals_list)
        rates = super(ResCurrencyRate, _NOTING.put_on(self)).create(vals_list)
        rates = rates.with_env(self.env)
        rates._note_changes({})
        return rates

    def write(self, vals):
        if _NOTING.is_on(self.env) or not vals.keys() & {*TYPED_FIELDS, "fx_reason"}:
            return super().write(vals)
        before = self._get_entries()
        if "fx_reason" not in vals:
            vals = {**vals, "fx_reason": False}  # it was why the last one was typed
        result = super(ResCurrencyRate, _NOTING.put_on(self)).write(vals)
        self._note_changes(before)
        return result

    def unlink(self):
        before = self._get_entries()
        result = super().unlink()
        self.browse()._note_changes(before)
        return result

    def _get_entries(self):
        """:return: {id: :class:`Entry`} as they are now"""
        return {
            rate.id: Entry(
                rate.company_id.id,
                rate.currency_id.id,
                rate.name,
                rate.rate,
                # a row that repeats a shared rate is that typed rate
                not rate.fx_shared_rate_id and rate.fx_provider_id.name,
                rate.fx_reason,
            )
            for rate in self.sudo()  # who types rates may not read providers
        }

    def _note_changes(self, before):
        """Note what became of some rates.

        :param before: {id: :class:`Entry`}, also of rates that are gone
        """
        after = self._get_entries()
        vals_list = []
        for rate_id in {**before, **after}:
            old, new = before.get(rate_id), after.get(rate_id)
            if old and new and old.place != new.place:
                vals_list += [self._prepare_change(old, None, new.reason)]
                old = None
            if self._is_change(old, new):
                vals_list += [self._prepare_change(old, new, new and new.reason)]
        # sudo: nobody writes history but this
        self.env["fx.rate.change"].sudo()._create_guarded(vals_list)

    @api.model
    def _is_change(self, old, new):
        """Whether two entries of one place differ, or a reason was given."""
        if not (old and new):
            return True
        return (
            not math.isclose(old.rate, new.rate, rel_tol=SAME_RATE)
            or old.source != new.source
            or bool(new.reason and new.reason != old.reason)
        )

    @api.model
    def _prepare_change(self, old, new, reason):
        """Values of the change from one entry to another; None where there is none."""
        company_id, currency_id, date = (new or old).place
        return {
            "company_id": company_id,
            "currency_id": currency_id,
            "date": date,
            "old_rate": old.rate if old else 0.0,
            "new_rate": new.rate if new else 0.0,
            "old_source": old and old.source,
            "new_source": new and new.source,
            "reason": reason,
        }

    def action_open_changes(self):
        """Open the history of this rate's day and currency."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.fx_rate_change_action"
        )
        domain = [
            ("currency_id", "=", self.currency_id.id),
            ("company_id", "=", self.company_id.id),
            ("date", "=", self.name),
        ]
        return {**action, "domain": domain, "context": {}}

    @api.model
    def _invalidate_rates(self):
        result = super()._invalidate_rates()
        self.env["res.currency"].invalidate_model(
            ["rate_age_days", "rate_is_stale", "volatility"]
        )
        return result
