from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ..common.typed_number_mixin import DAYS


class CollectionBlock(models.Model):
    """That nobody reminds a customer, or of one invoice, until a day, and why.

    It lifts itself: the day after its last one it counts no longer.
    """

    _name = "collection.block"
    _description = "Collection Pause"
    _inherit = ["typed.number.mixin", "main.company.mixin"]
    _order = "date_to desc, id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        help="The company behind a contact.",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        index="btree_not_null",
        ondelete="cascade",
        domain="[('state', '=', 'posted'), ('commercial_partner_id', '=', partner_id),"
        " ('move_type', 'in', ('out_invoice', 'out_receipt'))]",
        help="Empty: all that the customer owes.",
    )
    reason = fields.Char(required=True)
    date_to = fields.Date(
        string="Until",
        required=True,
        bounds=DAYS,
        help="The last day on which nobody is reminded.",
    )
    is_over = fields.Boolean(
        string="Over", compute="_compute_is_over", search="_search_is_over"
    )

    @api.constrains("partner_id", "move_id")
    def _check_move(self):
        for block in self:
            # sudo: who blocks may not read all of an invoice
            owner = block.move_id.sudo().commercial_partner_id
            if owner and owner != block.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(invoice)s isn't one of %(customer)s.",
                        invoice=block.move_id.sudo().display_name,
                        customer=block.partner_id.display_name,
                    )
                )

    # === COMPUTE METHODS === #

    @api.depends("date_to", "company_id")
    def _compute_is_over(self):
        for block in self:
            # sudo: who works in a branch needn't see its main company
            company = block.company_id.sudo() or self.env.company
            today = company._get_today()
            block.is_over = bool(block.date_to) and block.date_to < today

    @api.model
    def _search_is_over(self, operator, value):
        if operator != "in":
            return NotImplemented
        over = Domain("date_to", "<", self.env.company._get_today())
        if True in value and False in value:
            return Domain.TRUE
        return over if True in value else ~over

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_typed_numbers(vals)
        blocks = super().create([self._take_customer(vals) for vals in vals_list])
        blocks._check_end()
        return blocks

    def write(self, vals):
        self._check_typed_numbers(vals)
        result = super().write(self._take_customer(vals))
        if "date_to" in vals:
            self._check_end()
        return result

    @api.model
    def _take_customer(self, vals):
        """Return ``vals`` with the company behind a contact in its place."""
        if not vals.get("partner_id"):
            return vals
        partner = self.env["res.partner"].browse(vals["partner_id"])
        return {**vals, "partner_id": partner.commercial_partner_id.id}

    def _check_end(self):
        """:raises UserError: a block would be over before it begins"""
        for block in self:
            if block.is_over:
                raise UserError(
                    self.env._("A pause ends today at the earliest: choose its day.")
                )

    # === ACTIONS === #

    def action_lift(self):
        """End these blocks: from now on the customer is reminded again."""
        self.check_access("write")
        self.unlink()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    @api.model
    def _open_new(self, partner, move=None):
        """Return the action that asks until when, and why, a customer is paused.

        :param partner: ``res.partner``, the company behind it is
        :param move: ``account.move``, the one invoice that is paused
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pause Reminders"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_partner_id": partner.commercial_partner_id.id,
                "default_move_id": move.id if move else False,
            },
        }

    # === FINDING === #

    @api.model
    def _explain(self, partners, moves=None):
        """Say what is paused now in the company, and why: to whoever reads the
        customer.

        :param partners: ``res.partner``, commercial ones
        :param moves: ``account.move``; None: all of a customer, and each invoice
        :return: {id of a customer: sentences}; with ``moves`` {id of a move: sentence}
        """
        # sudo: a day and a reason, to whoever reads customer or invoice
        company = self.env.company.sudo().root_id
        blocks = self._find_blocks(company, partners, company._get_today())
        if moves is not None:
            return {
                move.id: block._describe()
                for move in moves
                if (
                    block := blocks.get((move.commercial_partner_id.id, move.id))
                    or blocks.get((move.commercial_partner_id.id, None))
                )
            }
        told = {}
        for (partner_id, _move_id), block in blocks.items():
            told.setdefault(partner_id, []).append(block._describe())
        return {partner_id: "\n".join(lines) for partner_id, lines in told.items()}

    def _describe(self):
        """Say what is paused, until when and why."""
        self.ensure_one()
        values = {"date": format_date(self.env, self.date_to), "reason": self.reason}
        if self.move_id:
            return self.env._(
                "%(invoice)s isn't reminded of until %(date)s: %(reason)s",
                invoice=self.move_id.display_name,
                **values,
            )
        return self.env._(
            "Nobody is reminded until %(date)s: %(reason)s",
            **values,
        )

    @api.model
    def _find_blocks(self, company, partners, day):
        """Find what is blocked on a day: one query.

        :param company: main ``res.company``
        :param partners: ``res.partner``, commercial ones
        :return: {(partner's id, entry's id, or None for all): block with sudo}; of
            several that which ends last
        """
        # sudo: the job prepares letters of all branches
        found = self.sudo().search(
            [
                ("company_id", "=", company.id),
                # one that became a contact of another keeps that one from it, too
                ("partner_id.commercial_partner_id", "in", partners.ids),
                ("date_to", ">=", day),
            ],
            order="date_to, id",
        )
        return {
            (block.partner_id.commercial_partner_id.id, block.move_id.id or None): block
            for block in found
        }
