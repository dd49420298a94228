from odoo import api, models
from odoo.tools import SQL

from .fx_revaluation_posting import REVERSING


class AccountMove(models.Model):
    """Entries that value what is open, and those by which money was changed."""

    _inherit = "account.move"

    # === REVERSALS === #

    def _filter_checked_when_posted(self):
        runs = self.env["fx.revaluation"]._find_waiting(self)
        mine = self.filtered(lambda move: move.id in runs.reversal_move_id.ids)
        return super()._filter_checked_when_posted() | mine

    def _post(self, soft=True):
        """A revaluation posts its reversal, by whoever's click: on its day, as it was
        written."""
        if REVERSING.is_on(self.env):
            return super()._post(soft)
        runs = self.env["fx.revaluation"]._find_waiting(self)
        if not runs:
            return super()._post(soft)
        reversals = self.filtered(lambda move: move.id in runs.reversal_move_id.ids)
        # called in any case: whether somebody may post is asked there
        posted = super(AccountMove, self - reversals)._post(soft)
        reversals.check_access("write")
        for run in runs:
            if soft and run.reversal_date > run.company_id._get_today():
                continue
            run._check_reversal_due()
            run._post_reversal()
            posted |= reversals.browse(run.reversal_move_id.id)
        return posted

    def button_cancel(self):
        if self.env["fx.revaluation"]._find_waiting(self):
            self._check_not_bound()
        return super().button_cancel()

    # === QUERIES === #

    @api.model
    def _get_valuation_query(self):
        return SQL(
            "%s UNION ALL %s",
            super()._get_valuation_query(),
            self.env["fx.revaluation"]._get_entries_query(),
        )

    @api.model
    def _get_exchange_entries_query(self):
        """Return the query of the ids of entries by which money was changed at a bank,
        though they bring and take one currency of money alone.

        :return: SQL of one column
        """
        return self.env["fx.conversion"]._get_entries_query()
