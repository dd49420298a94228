from odoo import api, fields, models
from odoo.fields import Domain


class FxRateLockedMixin(models.AbstractModel):
    """A document that may carry a locked rate: whether it does is a stored fact."""

    _name = "fx.rate.locked.mixin"
    _description = "Document with a Rate Lock"

    rate_lock_id = fields.Many2one(
        "fx.rate.lock",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    locked_rate = fields.Float(
        copy=False,
        readonly=True,
        digits=0,
        aggregator=None,
        help="Units of the document's currency for 1 unit of company currency; 0 where "
        "no rate is locked.",
    )
    rate_locked = fields.Boolean(
        compute="_compute_rate_locked", search="_search_rate_locked"
    )

    @api.depends("locked_rate")
    def _compute_rate_locked(self):
        for document in self:
            document.rate_locked = bool(document.locked_rate)

    def _search_rate_locked(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("locked_rate", ">" if True in value else "=", 0)
