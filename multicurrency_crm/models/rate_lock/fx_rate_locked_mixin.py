import math

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..common.process_mark import ProcessMark

#: Two rates that differ by less are the same: floats went through a few divisions.
SAME_RATE = 1e-12

#: What a document has from its lock: nobody types it, here or by RPC.
LOCK_FIELDS = frozenset(
    {
        "rate_lock_id",
        "locked_rate",
        "booked_at_lock",
        "lock_booked_from",
        "lock_books_tax",
        "market_rate_at_date",
        "lock_variance",
    }
)

#: On records whose copies take over the lock, as a credit note does.
LOCK_HANDOVER = ProcessMark("fx_rate_lock_handover")


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

    @api.model
    def default_get(self, fields):
        """A lock is no default: core makes invoices with sudo, in a context that may
        come from outside."""
        return super().default_get([name for name in fields if name not in LOCK_FIELDS])

    @api.model_create_multi
    def create(self, vals_list):
        if not LOCK_HANDOVER.is_on(self.env):
            self._check_lock_fields_untouched(*vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_lock_fields_untouched(vals)
        return super().write(vals)

    def _check_lock_fields_untouched(self, *vals_list):
        """A locked rate comes from a lock, never from outside."""
        if self.env.su or all(LOCK_FIELDS.isdisjoint(vals) for vals in vals_list):
            return
        raise AccessError(
            self.env._(
                "A locked rate can't be written: use Lock Rate or Release on the "
                "quotation."
            )
        )

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
