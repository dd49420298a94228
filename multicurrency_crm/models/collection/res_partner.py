from datetime import date

import pytz

from odoo import api, fields, models
from odoo.fields import Domain

from ...engine.local_time import choose_zones
from ...engine.open_amounts import add_up
from .collection_account import ACTIONS
from .collection_call import USER


class ResPartner(models.Model):
    """What is to be done next about what a customer owes, and what was said."""

    _inherit = "res.partner"

    collection_next_date = fields.Date(
        string="Next Action On",
        compute="_compute_collection_next",
        search="_search_collection_next_date",
        groups=USER,
        help="When a colleague is to look after what this customer owes.",
    )
    collection_next_action = fields.Selection(
        selection=ACTIONS,
        string="Next Action",
        compute="_compute_collection_next",
        search="_search_collection_next_action",
        groups=USER,
    )
    collection_promises = fields.Char(
        string="Promises to Pay",
        compute="_compute_collection_promises",
        groups=USER,
        help="How many this customer broke, and what it promised that is still to "
        "come, as far as you may read them.",
    )
    collection_call_ids = fields.One2many(
        "collection.call",
        "partner_id",
        string="Calls",
        readonly=True,
        groups=USER,
    )
    collection_letter_ids = fields.One2many(
        "collection.letter",
        "partner_id",
        string="Letters",
        domain=[("state", "!=", "skipped")],
        readonly=True,
        groups=USER,
        help="Reminders to this customer, as far as you may read them.",
    )
    collection_pause = fields.Text(
        string="Paused",
        compute="_compute_collection_pause",
        groups=USER,
        help="Until when nobody reminds this customer, or of which invoices, and why.",
    )

    # === COMPUTE METHODS === #

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_collection_next(self):
        self.collection_next_date = self.collection_next_action = False
        Account = self.env["collection.account"]
        if not Account._is_used():
            return
        # sudo: a day, to whoever reads the customer and works in the company
        accounts = Account.sudo()._find(self, self.env.company)
        by_partner = {account.partner_id: account for account in accounts}
        for partner in self:
            if account := by_partner.get(partner.commercial_partner_id):
                partner.collection_next_date = account.next_date
                partner.collection_next_action = account.next_action

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "lang")
    def _compute_collection_promises(self):
        self.collection_promises = False
        Promise = self.env["payment.promise"]
        if not Promise._is_any():
            return
        found = Promise.search(
            Domain("partner_id", "in", self.commercial_partner_id.ids)
            & Domain("state", "in", ("open", "broken")),
            order="date, id",
        ).grouped("partner_id")
        for partner in self:
            promises = found.get(partner.commercial_partner_id, Promise)
            broken = promises.filtered(lambda one: one.state == "broken")
            told = (promises - broken).mapped("display_name")
            if broken:
                told.insert(0, self.env._("Broken: %(count)s", count=len(broken)))
            partner.collection_promises = " · ".join(told) or False

    @api.depends("commercial_partner_id")
    @api.depends_context("company", "lang")
    def _compute_collection_pause(self):
        told = self.env["collection.block"]._explain(self.commercial_partner_id)
        for partner in self:
            partner.collection_pause = told.get(partner.commercial_partner_id.id, False)

    @api.model
    def _search_collection_next_date(self, operator, value):
        return self._search_collection_next("next_date", operator, value)

    @api.model
    def _search_collection_next_action(self, operator, value):
        return self._search_collection_next("next_action", operator, value)

    @api.model
    def _search_collection_next(self, name, operator, value):
        """Search partners by a field of their customer's row in the company."""
        self._check_field_access(self._fields[f"collection_{name}"], "read")
        if operator.startswith("not ") or operator == "!=":
            return NotImplemented
        # sudo: as it is read
        Account = self.env["collection.account"].sudo()
        here = Domain("company_id", "=", self.env.company.sudo().root_id.id)
        found = Domain(
            "commercial_partner_id",
            "in",
            Account._search(here & Domain(name, operator, value)).subselect(
                "partner_id"
            ),
        )
        if operator == "in" and False in value:
            some = Account._search(here & Domain(name, "!=", False))
            found |= Domain(
                "commercial_partner_id", "not in", some.subselect("partner_id")
            )
        return found

    # === WHAT IS OPEN === #

    def _find_open_amounts(self, companies):
        """Find what one customer owes today.

        :param companies: ``res.company``; what is booked in another one isn't looked at
        :return: [(``res.company``, ``res.currency``, :class:`OpenAmounts`, items)], by
            company and currency; the ``OpenItem``s by due date
        """
        self.ensure_one()
        # sudo: customers read what they owe, and no ledger
        Line, companies = self.env["account.move.line"].sudo(), companies.sudo()
        groups = {}
        for company in companies.filtered(
            lambda company: not (company.parent_ids - company) & companies
        ):
            today = company._get_today()
            for item in self._find_receivables(Line, company, today):
                if item.company_id in companies.ids and item.residual:
                    key = item.company_id, item.currency_id
                    groups.setdefault(key, (today, []))[1].append(item)
        found = []
        for (company_id, currency_id), (today, items) in groups.items():
            # sudo: an archived currency, as well
            currency = self.env["res.currency"].sudo().browse(currency_id)
            company = companies.browse(company_id)
            amounts = add_up(items, today, currency.round)
            found.append((company, currency, amounts, items))
        return sorted(found, key=lambda row: (row[0].sequence, row[0].id, row[1].name))

    def _find_zones(self):
        """Find the zones in which a contact, or its customer, may be.

        :return: tuple of their names; empty: nothing is known
        """
        self.ensure_one()
        code = (self.country_id.code or "").upper()
        return choose_zones(self.tz, pytz.country_timezones.get(code, ()))

    def _find_receivables(self, Line, company, today: date):
        accounts = self.env["account.account"].sudo()  # sudo: as above
        accounts = accounts._find_followed(("asset_receivable",), False)
        return Line._find_open_items(company, today, accounts, self)

    # === ACTIONS === #

    def action_note_call(self):
        """Open the dialog that notes what this customer said."""
        self.ensure_one()
        return self.env["collection.call"]._open_dialog(self.commercial_partner_id)

    def action_pause(self):
        """Open the dialog that pauses reminders to this customer."""
        self.ensure_one()
        return self.env["collection.block"]._open_new(self)

    def action_view_calls(self):
        """Open what this customer said."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_collection_call"
        )
        customer = self.commercial_partner_id
        return action | {"domain": [("partner_id", "=", customer.id)], "context": {}}
