from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...common.remembered import remembered
from ..groups import MANAGER
from .credit_limit import CreditLine


class CreditTransfer(models.Model):
    """A partner that was moved from one customer, or out of one group, to another.

    Limit, hold, grade and debts belong to the commercial partner, so that whoever may
    write a parent could shed them. While a transfer is open the stricter of both sides
    counts: what was before is kept, and checked besides what is now. A credit manager
    accepts the new place, or refuses it, which puts the partner back.
    """

    _name = "credit.transfer"
    _description = "Moved Customer"
    _inherit = ["decision.mixin", "kept.sentence.mixin", "mail.thread"]
    _order = "id desc"
    _rec_name = "partner_id"
    _mail_post_access = "read"
    _decision_group = MANAGER

    partner_id = fields.Many2one(
        "res.partner",
        string="Contact",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    former_customer_id = fields.Many2one(
        "res.partner",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="The customer that it was, or belonged to. What counted for that one "
        "counts on until this is decided.",
    )
    former_parent_id = fields.Many2one(
        "res.partner", readonly=True, ondelete="restrict"
    )
    former_is_company = fields.Boolean(readonly=True)
    former_limit = fields.Monetary(
        string="Odoo's Limit Before",
        readonly=True,
        currency_field="company_currency_id",
        help="In company currency: Odoo replaced it by the one of the new company.",
    )
    former_line_ids = fields.Json(
        string="Journal Items Before",
        readonly=True,
        help="Open ones without a document: Odoo gives them to the new customer.",
    )
    has_former_currencies = fields.Boolean(readonly=True)
    former_currency_ids = fields.Many2many(
        "res.currency", string="Allowed Before", readonly=True
    )
    customer_id = fields.Many2one(
        "res.partner",
        string="New Customer",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="The customer that it was moved to, when it was moved.",
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    was_held = fields.Boolean(string="On Hold Before", readonly=True)
    is_known = fields.Boolean(
        string="Credit Counts",
        readonly=True,
        help="The former customer had a limit, a hold, a grade by hand, debts or "
        "orders, or was in a group with a limit.",
    )
    facts = fields.Text(string="What Counted Before", readonly=True, translate=True)
    state = fields.Selection(
        [
            ("requested", "To Decide"),
            ("approved", "Accepted"),
            ("refused", "Refused"),
            ("withdrawn", "Moved Back"),
            ("expired", "Expired"),
        ],
        default="requested",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    requested_by = fields.Many2one(string="Moved By", required=True)
    requested_on = fields.Datetime(string="Moved On")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        transfers = super().create(vals_list)
        self.env["res.company"]._forget_remembered()  # what is open
        return transfers

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self.env["res.company"]._forget_remembered()  # what is open
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("Moved customers are kept: decide on them."))

    # === FINDING === #

    @api.model
    @remembered("company_id")
    def _get_open_ids(self, company_id):
        """Return the open transfers of a main company: asked for every check, so that
        without any it costs no query.

        :return: tuple of ids
        """
        # sudo: whoever sells is checked by them
        found = self.sudo().search(
            [("company_id", "=", company_id), ("state", "=", "requested")], order="id"
        )
        return tuple(found.ids)

    @api.model
    @remembered()
    def _get_listing_ids(self):
        """Return the open transfers of all companies that bring a list of currencies.

        :return: tuple of ids
        """
        # sudo: whoever sells is checked by them
        found = self.sudo().search(
            [("state", "=", "requested"), ("has_former_currencies", "=", True)],
            order="id",
        )
        return tuple(found.ids)

    @api.model
    def _find_open(self, company):
        """Return the open transfers, with sudo, those moved first first.

        :param company: main ``res.company``
        """
        # sudo: whoever sells is checked by them
        opened = self.sudo().browse(self._get_open_ids(company.id))
        # one whose making was rolled back may still be known
        return opened.exists().filtered(lambda t: t.state == "requested")

    def _get_tree(self, customer):
        """Return the moved partner with what is below it and belongs to a customer,
        archived ones, too."""
        Partner = self.env["res.partner"].with_context(active_test=False)
        tree = Partner.search([("id", "child_of", self.partner_id.id)])
        return tree.filtered(lambda partner: partner.commercial_partner_id == customer)

    def _is_above(self, partners):
        """Whether the moved partner is one of these, or above one."""
        while partners and self.partner_id not in partners:
            partners = partners.parent_id
        return bool(partners)

    @api.model
    def _find_members(self, company, customer_ids):
        """Return who belonged to these customers before it was moved: what they owe is
        owed to the limit, and counts for the grade, of both sides.

        :return: [(id of a partner, id of the former customer)]
        """
        return [
            (partner.id, transfer.former_customer_id.id)
            for transfer in self._find_open(company)
            if transfer.former_customer_id.id in customer_ids
            and transfer.partner_id.commercial_partner_id != transfer.former_customer_id
            for partner in transfer._get_tree(transfer.partner_id.commercial_partner_id)
        ]

    @api.model
    def _find_moved_lines(self, company, customer_ids):
        """Return what Odoo gave to the new customer, and no document says whose it was.

        :return: [(id of a journal item, id of the former customer)]
        """
        return [
            (line_id, transfer.former_customer_id.id)
            for transfer in self._find_open(company)
            if transfer.former_customer_id.id in customer_ids
            for line_id in transfer.former_line_ids or ()
        ]

    @api.model
    def _restore_own_lines(self, company, customers, lines):
        """Restore Odoo's own limit, which is copied from the new company's: what was
        before counts.

        :param customers: customers, or former ones
        :param lines: {customer's id: ``CreditLine``}
        :return: the same, as they were before
        """
        restored = dict(lines)
        for transfer in self._find_open(company):
            former = transfer.former_customer_id
            line = lines.get(former.id)
            overwritten = former.commercial_partner_id != former
            if former in customers and overwritten and not (line and line.limit):
                restored.pop(former.id, None)
                if transfer.former_limit:
                    restored[former.id] = CreditLine(
                        transfer.former_limit,
                        company.currency_id,
                        self.env["credit.limit"],
                    )
        return restored

    @api.model
    def _is_moving(self, company, partner):
        """Whether a partner, or one above it, was moved to its customer, and nobody
        has decided yet."""
        return any(
            transfer.partner_id.commercial_partner_id != transfer.former_customer_id
            and transfer._is_above(partner.sudo())  # sudo: up to whatever is above
            for transfer in self._find_open(company.sudo().root_id)
        )

    @api.model
    def _find_former_customers(self, company, customers):
        """Return the former customers of what these have now."""
        mine = self._find_open(company).filtered(
            lambda transfer: transfer.partner_id.commercial_partner_id in customers
        )
        return mine.former_customer_id - customers

    @api.model
    def _add_former_heads(self, company, heads):
        """Add to partners and all above them those that were above them before they
        were moved.

        :param heads: partners with all above them
        """
        Partner = heads.with_context(active_test=False)
        opened = self._find_open(company).filtered("former_parent_id")
        while above := opened.filtered_domain([("partner_id", "in", heads.ids)]):
            opened -= above
            heads |= Partner.search([("id", "parent_of", above.former_parent_id.ids)])
        return heads

    @api.model
    def _add_former_members(self, company, tree):
        """Return the customers below a partner now, or before they were moved.

        :param tree: a partner with all below it
        """
        Partner = tree.with_context(active_test=False)
        customers, opened = tree.commercial_partner_id, self._find_open(company)
        while below := opened.filtered_domain([("former_parent_id", "in", tree.ids)]):
            opened -= below
            below -= below.filtered_domain([("partner_id", "in", tree.ids)])
            added = Partner.search([("id", "child_of", below.partner_id.ids)])
            tree |= added
            moved = below.partner_id.commercial_partner_id - below.former_customer_id
            customers |= added.commercial_partner_id - moved
            customers |= below.former_customer_id
        return customers

    @api.model
    def _find_allowed_before(self, partner):
        """Return the lists of currencies that count besides that of a partner's
        customer, in whatever company they are still to be decided on.

        :return: list of ``res.currency``
        """
        # sudo: whoever sells is checked by them
        found = self.sudo().browse(self._get_listing_ids()).exists()
        return [
            transfer.former_currency_ids
            for transfer in found
            if transfer.partner_id.commercial_partner_id == partner
        ]
