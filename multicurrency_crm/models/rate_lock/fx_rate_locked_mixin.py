import math

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: Two rates that differ by less are the same: floats went through a few divisions.
SAME_RATE = 1e-12


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
        groups="base.group_user",
    )
    locked_rate = fields.Float(
        copy=False,
        readonly=True,
        digits=0,
        aggregator=None,
        help="Units of the document's currency for 1 unit of company currency; 0 where "
        "no rate is locked.",
        groups="base.group_user",
    )
    rate_locked = fields.Boolean(
        compute="_compute_rate_locked",
        search="_search_rate_locked",
        groups="base.group_user",
    )

    @api.depends("locked_rate")
    def _compute_rate_locked(self):
        for document in self:
            document.rate_locked = bool(document.locked_rate)

    def _search_rate_locked(self, operator, value):
        # Odoo asks for no right to a field that is searched by a method
        self._check_field_access(self._fields["rate_locked"], "read")
        if operator != "in":
            return NotImplemented
        return Domain("locked_rate", ">" if True in value else "=", 0)

    # === GUARDS === #

    @api.constrains("locked_rate", "rate_lock_id")
    def _check_rate_of_lock(self):
        for document in self.filtered("locked_rate"):
            # sudo: who may write the document may not read locks
            lock = document.rate_lock_id.sudo()
            if not math.isclose(document.locked_rate, lock.rate, rel_tol=SAME_RATE):
                raise UserError(
                    self.env._(
                        "The locked rate of %(document)s is not the one of its rate "
                        "lock: release it and lock the rate again.",
                        document=document.display_name,
                    )
                )
