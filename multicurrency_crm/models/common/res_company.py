from datetime import UTC, datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import ormcache

from .nobody_there import is_job
from .remembered import forget, remembered

MODULE = "multicurrency_crm"

#: Types of the accounts of banks, tills and credit cards.
LIQUID = ("asset_cash", "liability_credit_card")


class ResCompany(models.Model):
    """Branches have the settings of their main company: see ``main_company_fields``
    for the rule."""

    _name = "res.company"
    _inherit = ["res.company", "apart.mixin", "used.mixin"]

    rate_direction = fields.Selection(
        selection=[
            ("company_per_unit", "Company currency for 1 foreign unit"),
            ("unit_per_company", "Foreign currency for 1 company unit"),
        ],
        string="Exchange Rates Read As",
        default="company_per_unit",
        required=True,
        help="How rates are written on screens, in sentences and on prints. What was "
        "written down before stays as it was: logs, reasons and messages. Odoo's own "
        "rate fields stay as they are.",
    )
    night_hour = fields.Selection(
        selection="_list_hours",
        string="Nightly Jobs From",
        default="1",
        required=True,
        help="From this hour of the company's own time zone on, each night, customers "
        "are assessed and open opportunities valued anew.",
        groups="base.group_user",
        prefetch=False,
    )

    @api.model
    @ormcache("company_id")
    def _get_root_id(self, company_id):
        """Return id of the main company; what a company is a branch of never
        changes, so it is asked for once"""
        # sudo: who works in a branch needn't see its main company
        company = self.sudo().browse(company_id)
        while company.parent_id:
            company = company.parent_id
        return company.id

    @api.model
    @remembered("company_id")
    def _get_branch_ids(self, company_id):
        """Return the ids of a company and of its branches, archived ones, too."""
        # sudo: who works in one of them needn't see the others
        every = self.sudo().with_context(active_test=False)
        return tuple(every.search([("id", "child_of", company_id)]).ids)

    @api.model
    def _is_branch(self, company_id):
        return self._get_root_id(company_id) != company_id

    @api.model
    @remembered()
    def _get_own_partner_ids(self):
        """Return the partners of the database's companies, archived ones, too, whose
        customers they are, and what is above them.

        :return: (frozenset of the companies' and of their commercial partners' ids,
            frozenset of those and of all above them)
        """
        # sudo: whoever asks, every company of the database is an own one
        every = self.sudo().with_context(active_test=False).search([])
        own = every.partner_id
        above = own | own.commercial_partner_id
        while more := above.parent_id - above:
            above |= more
        return frozenset((own | own.commercial_partner_id).ids), frozenset(above.ids)

    @api.model
    def _forget_remembered(self):
        """Forget what the addon remembers between transactions: see ``remembered``."""
        forget(self.env)

    # === TODAY === #

    def _get_zone(self):
        """Return the name of the zone in which this company lives: its address's, else
        its working hours', else UTC."""
        self.ensure_one()
        return self._get_zone_of(self._origin.id)

    @api.model
    @remembered("company_id")
    def _get_zone_of(self, company_id):
        """Remember the zone, which each document asks for and nearly nobody changes:
        who writes a zone forgets it."""
        # sudo: who works in a branch needn't see its main company
        company = self.sudo().browse(company_id)
        return company.partner_id.tz or company.resource_calendar_id.tz or "UTC"

    def _get_day_of(self, moment):
        """Return the date of a moment where the company is.

        :param moment: ``datetime`` in UTC, as Odoo stores them
        """
        zoned = self.with_context(tz=self._get_zone())
        return fields.Date.context_today(zoned, moment)

    def _get_start_of(self, day, hour=0):
        """Return the moment at which a date begins where the company is.

        :param int hour: of that date, 0 to 23, for a later moment
        :return: ``datetime`` in UTC, as Odoo stores them
        """
        zone = self.with_context(tz=self._get_zone()).env.tz
        local = zone.localize(datetime.combine(day, time(hour)))
        return local.astimezone(UTC).replace(tzinfo=None)

    def _get_today(self):
        """Return the date that it is now where the company is.

        A user who travels changes no company's day: whatever falls due, ends or is
        converted "today" asks here.
        """
        return self._get_day_of(fields.Datetime.now())

    @api.model
    def _list_hours(self):
        return [(str(hour), f"{hour:02}:00") for hour in range(24)]

    def _get_night_start(self):
        """Return the moment at which this company's nightly work fell due last.

        :return: ``datetime`` in UTC, never in the future
        """
        today = self._get_today()
        # sudo: a job asks, or who works in the company and reads no settings
        hour = int(self.sudo().night_hour)
        start = self._get_start_of(today, hour)
        if start > fields.Datetime.now():
            start = self._get_start_of(today - timedelta(days=1), hour)
        return start

    def _is_night_due(self, since):
        """Return whether nightly work is due: its hour has struck, in this company's
        zone, since it was done last; later that day, too, where no server ran then.

        Who calls a job by hand wants it done: for them it always is.

        :param since: ``datetime`` in UTC; None: never
        """
        if not since or not is_job(self.env):
            return True
        return since < self._get_night_start()

    @api.model
    def _get_utc_today(self):
        """Return the date in UTC, for what belongs to no company: when a source of
        rates was asked."""
        return fields.Datetime.now().date()

    @api.model
    def _get_latest_today(self):
        """Return the latest date that it is anywhere, so that a search over several
        companies misses none of their days."""
        # 14 hours before UTC: Kiribati, the first to see a new day
        return (fields.Datetime.now() + timedelta(hours=14)).date()

    # === PEOPLE === #

    def _find_members(self, group, with_branches=False):
        """Return the internal users of a group who work in this company.

        :param str group: XML id
        :param bool with_branches: those who work in one of its branches, too
        :return: ``res.users`` with sudo, the oldest first
        """
        self.ensure_one()
        operator = "child_of" if with_branches else "in"
        # sudo: whoever asks may not read users and groups
        return (
            self.env["res.users"]
            .sudo()
            .search(
                Domain("all_group_ids", "in", self.env.ref(group).id)
                & Domain("company_ids", operator, self.ids)
                & Domain("share", "=", False),
                order="id",
            )
        )

    # === BRANCHES === #

    @api.model
    def _get_multicurrency_settings(self):
        """Return names of the settings that this addon keeps on companies, those of
        later rooms and versions, too"""
        return [
            name
            for name, field in self._fields.items()
            if field._modules[:1] == (MODULE,) and field.store and not field.compute
        ]

    def _get_company_root_delegated_field_names(self):
        return [
            *super()._get_company_root_delegated_field_names(),
            *self._get_multicurrency_settings(),
        ]

    # === MONEY === #

    def _get_transit_accounts(self):
        """Return the accounts of money on its way between invoice and bank: outstanding
        receipts and payments, suspense, transfers.

        A payment that isn't matched with the bank yet counts there, and so does a bank
        line that isn't matched with its invoice: together with bank and receivables,
        nothing counts twice.

        :return: ``account.account``
        """
        chain = self.parent_ids
        journals = self.env["account.journal"].search(
            [
                ("company_id", "in", chain.ids),
                ("type", "in", ("bank", "cash", "credit")),
            ]
        )
        accounts = (
            journals._get_payment_accounts()
            | journals.suspense_account_id
            | chain.transfer_account_id
        )
        kept_apart = {*LIQUID, "asset_receivable", "liability_payable"}
        return accounts.filtered(lambda account: account.account_type not in kept_apart)

    def _get_money_accounts(self):
        """Return the accounts of money: in banks, tills, on its way.

        :return: ``account.account``; those of banks and tills in all companies
        """
        every = self.env["account.account"].with_context(active_test=False)
        return every.search([("account_type", "in", LIQUID)]) | (
            self._get_transit_accounts()
        )

    # === THE BOOKS' CURRENCY === #

    def _find_currency_obstacles(self):
        """Find what stands in this company's currency, and would go on under the name
        of another one.

        To be extended by each room that keeps such figures. Called with sudo, on a
        main company: its branches have its currency.

        :return: [(records, what to do with them)]; empty recordsets are left out
        """
        self.ensure_one()
        return []

    def _check_currency_change(self, currency_id):
        """Let companies keep their books in another currency.

        :param int currency_id: id of ``res.currency``
        :raises UserError: what stands in the old one, and what to do with each
        """
        for company in self:
            # sudo: what stands in the way does, whoever may read it
            company = company.sudo()
            if currency_id in (False, company.currency_id.id) or company.parent_id:
                continue
            obstacles = self._list_obstacles(company._find_currency_obstacles())
            if obstacles:
                raise UserError(
                    self.env._(
                        "%(company)s keeps figures in %(currency)s, which would be "
                        "wrong in another currency:\n%(obstacles)s",
                        company=company.name,
                        currency=company.currency_id.name,
                        obstacles=obstacles,
                    )
                )

    @api.model
    def _list_obstacles(self, found):
        """List what stands in the way of something, and what to do with it.

        :param found: [(records, advice)]; empty recordsets are left out
        :return: a line for each; "" where nothing stands
        """
        return "\n".join(
            "- "
            + self.env._(
                "%(count)s × %(records)s: %(advice)s",
                count=len(records),
                records=self.env["ir.model"]._get(records._name).name,
                advice=advice,
            )
            for records, advice in found
            if records
        )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        self._forget_remembered()  # of branches, and of whose partners are our own
        return companies

    def write(self, vals):
        """Setting by setting: Odoo copies each to the branches and compares all of
        them with the main company's, so that a second one would be refused."""
        if "currency_id" in vals:
            self._check_currency_change(vals["currency_id"])
        if {"partner_id", "resource_calendar_id"} & vals.keys():
            self._forget_remembered()
        settings = self._get_multicurrency_settings() if len(vals) > 1 else ()
        if len(chosen := [name for name in settings if name in vals]) < 2:
            return super().write(vals)
        vals = dict(vals)
        for name in chosen:
            super().write({name: vals.pop(name)})
        return super().write(vals) if vals else True
