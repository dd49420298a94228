from odoo import api, models
from odoo.exceptions import AccessError

from .customer_facts import CustomerMove
from .process_mark import ProcessMark

#: Borne while a partner is moved.
_MOVING = ProcessMark("multicurrency_moving")

#: What makes another partner the commercial one, or puts a company into another group.
PLACE = frozenset({"parent_id", "is_company"})
#: What is remembered of companies' own partners.
REMEMBERED = PLACE | {"tz"}
#: What Odoo computes from that, and nobody types.
COMPUTED = "commercial_partner_id"


class ResPartner(models.Model):
    """Partners that move from one customer to another take along what counts."""

    _name = "res.partner"
    _inherit = ["res.partner", "apart.mixin", "used.mixin"]

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self.browse()._check_customer_computed(vals)
        return super().create(vals_list)

    @api.model
    def default_get(self, fields):
        """Whose customer a new partner is follows from its parent, whatever a default
        says."""
        if COMPUTED in fields and self.env["customer.facts"]._are_kept():
            fields = [name for name in fields if name != COMPUTED]
        return super().default_get(fields)

    def _check_customer_computed(self, vals):
        """:raises AccessError: whose customer a partner is would be typed"""
        if COMPUTED not in vals or not self.env["customer.facts"]._are_kept():
            return
        self.check_access("write")
        # sudo: the right was checked
        if not self or any(p[COMPUTED].id != vals[COMPUTED] for p in self.sudo()):
            raise AccessError(
                self.env._(
                    "Whose customer a partner is follows from its company: change that."
                )
            )

    def _forget_own_partners(self, vals):
        """Forget who is a company of the database's own, if that may be changing."""
        if REMEMBERED & vals.keys():
            Company = self.env["res.company"]
            _own, above = Company._get_own_partner_ids()
            if above.intersection(self._ids):
                Company._forget_remembered()

    def write(self, vals):
        """Write, and have what counts follow who is moved to another customer."""
        Facts = self.env["customer.facts"]
        self._forget_own_partners(vals)
        self._check_customer_computed(vals)
        if not PLACE & vals.keys() or _MOVING.is_on(self.env) or not Facts._are_kept():
            return super().write(vals)
        # sudo: whoever may write the partner may not read all that is kept about it
        before = [
            CustomerMove(
                partner,
                partner.commercial_partner_id,
                partner.parent_id,
                partner.is_company,
                Facts._note_place(partner),
            )
            for partner in self.sudo()
        ]
        # what Odoo writes on the way (the flag behind the type) is the same move
        result = super(ResPartner, _MOVING.put_on(self)).write(vals)
        moves = [
            move
            for move in before
            if move.partner.commercial_partner_id != move.customer
            or move.partner.parent_id != move.parent
        ]
        if moves:
            Facts._follow_moved(moves)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_followed(self):
        Facts = self.env["customer.facts"]
        if Facts._are_kept():
            Facts._check_deletable(self)
