from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...common.guarded_mixin import open_guarded
from ...common.html_text import as_html
from ...common.main_company_fields import MainCompanyBoolean
from ..groups import FINANCE, MANAGER, SELLERS


class ResPartner(models.Model):
    """What a customer may owe, and whether anything more is sold to it."""

    _inherit = "res.partner"

    credit_limit_ids = fields.One2many(
        "credit.limit",
        "partner_id",
        string="Credit Limits",
        groups=FINANCE,
    )
    credit_hold = MainCompanyBoolean(
        company_dependent=True,
        prefetch=True,  # comes with the partner's row, asking for it costs no query
        copy=False,
        groups=SELLERS,
        guarded=True,
        help="What happens to the orders, deliveries and invoices of a customer on "
        "hold is up to the credit policy.",
        everyday=True,
    )
    credit_hold_reason = fields.Char(
        compute="_compute_credit_hold_reason", groups=SELLERS
    )
    #: a page of a view has a role or a feature, never both: this is the feature
    credit_is_used = fields.Boolean(compute="_compute_credit_is_used", groups=FINANCE)

    # === COMPUTE METHODS === #

    @api.depends_context("uid")
    def _compute_credit_hold_reason(self):
        # sudo: a branch's user may not read its main company
        company = self.env.company.sudo().root_id
        # sudo: salespeople read why, not the accounts
        accounts = self.env["credit.account"].sudo()
        customers = self.commercial_partner_id
        found = accounts._find(customers.filtered("credit_hold"), company)
        reasons = {
            account.partner_id.id: account._get_hold_reason() for account in found
        }
        for partner in self:
            commercial = partner.commercial_partner_id
            held = commercial.credit_hold
            partner.credit_hold_reason = held and reasons.get(commercial.id)

    @api.depends_context("uid")
    def _compute_credit_is_used(self):
        self.credit_is_used = self.env.user.has_group(
            "multicurrency_crm.group_multicurrency_credit"
        )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not any(vals.get("credit_hold") for vals in vals_list):
            return super().create(vals_list)
        self._check_may_hold()
        plain = [
            {name: value for name, value in vals.items() if name != "credit_hold"}
            for vals in vals_list
        ]
        partners = super().create(plain)
        for partner, vals in zip(partners, vals_list, strict=True):
            if vals.get("credit_hold"):
                partner.credit_hold = True
        return partners

    def write(self, vals):
        if "credit_hold" not in vals:
            return super().write(vals)
        held = bool(vals["credit_hold"])
        others = {name: vals[name] for name in vals if name != "credit_hold"}
        result = super().write(others) if others else True
        # sudo: a branch's user may not read its main company
        company = self.env.company.sudo().root_id
        customers = self.commercial_partner_id
        for partner in customers:
            if partner.credit_hold != held:
                partner._check_may_hold()
                partner._set_credit_hold(company, held, False)
        # contacts show what holds for their customer, by which they are found, too
        if contacts := self - customers:
            contacts._write_credit_hold(held)
        return result

    # === CUSTOMERS === #

    def _commercial_fields(self):
        return [*super()._commercial_fields(), "credit_hold"]

    def _filter_credit_customers(self):
        """Filter out the partners of the database's own companies, closed ones too."""
        own, _above = self.env["res.company"]._get_own_partner_ids()
        return self.filtered(lambda partner: partner.id not in own)

    @api.model
    def _take_commercial(self, vals):
        """Return values that name a contact's company in the contact's place: limits
        and grades are the company's.

        :param dict vals: of a record with a ``partner_id``; isn't changed
        """
        vals = dict(vals)
        if vals.get("partner_id"):
            partner = self.browse(vals["partner_id"])
            vals["partner_id"] = partner.commercial_partner_id.id
        return vals

    def _find_currency_lists(self):
        """Return the lists of allowed currencies with those that counted before this
        customer was moved, until somebody has decided."""
        customer = self.commercial_partner_id or self
        lists = super()._find_currency_lists()
        return [*lists, *self.env["credit.transfer"]._find_allowed_before(customer)]

    # === HOLDS === #

    def _check_may_hold(self):
        # whoever it is, sudo or not: who holds is a credit manager
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Credit managers hold and release customers: ask one.")
            )

    def _set_credit_hold(self, company, held, reason, *, by_rule=False):
        """Hold or release a customer in a company, and so in its branches.

        :param company: main ``res.company``
        :param reason: what a person typed, function(env) → sentence, or False
        :param bool by_rule: a rule of the policy does it, and undoes it once cured
        """
        self.ensure_one()
        if held and not self._filter_credit_customers():
            raise UserError(
                self.env._("Companies of your own have no score, nor a hold.")
            )
        # sudo: nobody writes accounts by hand; a decision takes their rows
        account = self.env["credit.account"].sudo()._get_or_create(self, company)
        account._keep_hold(held, reason, by_rule=by_rule)
        # sudo: the right was checked, and rules need none
        partner = self.sudo().with_company(company)
        # Odoo passes on to the active ones only
        (partner | partner._find_archived_contacts())._write_credit_hold(held)
        said = reason(self.env) if callable(reason) else reason
        plain = (account._get_rule_reason() if by_rule and held else said) or ""
        body = (
            self.env._("On credit hold. %s", plain)
            if held
            else self.env._("Credit hold lifted. %s", plain)
        )
        partner.message_post(body=as_html(body))

    def _write_credit_hold(self, held):
        return super(ResPartner, open_guarded(self)).write({"credit_hold": held})

    def _find_archived_contacts(self):
        """Return the archived contacts of a customer."""
        Partner = self.with_context(active_test=False)
        return Partner.search(
            [
                ("commercial_partner_id", "=", self.id),
                ("id", "!=", self.id),
                ("active", "=", False),
            ]
        )

    def _follow_credit_hold(self):
        """A partner that was moved, and what went with it, shows the hold of the
        customer to which it belongs now: of its own, if it is that customer."""
        self.ensure_one()
        customer = self.commercial_partner_id
        Partner = self.with_context(active_test=False)
        tree = Partner.search([("id", "child_of", self.id)]).filtered(
            lambda partner: partner.commercial_partner_id == customer
        )
        accounts = self.env["credit.account"].search([("partner_id", "=", self.id)])
        held = accounts.filtered("hold_since").company_id
        # sudo: it is on hold in all companies, whoever moves it
        Company = self.env["res.company"].sudo().with_context(active_test=False)
        for company in Company.search([("parent_id", "=", False)]):
            is_held = (
                company in held
                if customer == self
                else customer.with_company(company).credit_hold
            )
            tree.with_company(company).filtered(
                lambda partner, is_held=is_held: partner.credit_hold != is_held
            )._write_credit_hold(is_held)
