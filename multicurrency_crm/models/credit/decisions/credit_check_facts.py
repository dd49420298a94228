from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain

from ....engine.customer_exposure import GroupExposure, KeptRates


class CheckedLine(NamedTuple):
    """A limit that is compared with an exposure."""

    amount: float
    currency: models.BaseModel
    limit: models.BaseModel
    is_group: bool = False
    exposure: object = None  # of the group; None: the customer's


@dataclass(frozen=True)
class CheckedCustomer:
    """What is known of the customer of a document that is checked; what few checks ask
    for is found once one does, for all customers."""

    is_secured: bool  # nothing of the document would be open
    line: CheckedLine | None
    group_lines: tuple
    limit: tuple | None  # (Decimal amount, currency id)
    account: models.BaseModel | None  # credit.account
    kept: KeptRates | None
    partner: models.BaseModel  # in the main company
    facts: object  # CheckFacts

    @property
    def expired_on(self):
        """The day on which the limit ended that ended last, or None."""
        return self.facts.expired.get(self.partner.id)

    @property
    def assessed_on(self):
        """The day on which it was assessed, or looked at, last, or None."""
        return self.facts.assessed.get(self.partner.id)

    @property
    def grade(self):
        return self.partner.credit_assessment_id.grade

    @property
    def on_hold(self):
        return self.facts.is_held(self.partner, self.account)


class CheckFacts:
    """The facts of all customers that are checked together.

    :param find_expired: function() → {partner id: day}
    :param find_assessed: likewise
    """

    def __init__(
        self,
        scope,
        lines,
        groups,
        accounts,
        find_expired: Callable,
        find_assessed: Callable,
    ):
        self.lines = lines
        self._company = scope.company
        self._groups = groups
        self._accounts = {account.partner_id.id: account for account in accounts}
        self._find_expired, self._find_assessed = find_expired, find_assessed

    @cached_property
    def expired(self):
        """{partner id: last day of the limit that ended last}."""
        return self._find_expired()

    @cached_property
    def assessed(self):
        """{partner id: day of the last assessment, or look}."""
        return self._find_assessed()

    def get_account(self, partner):
        """Return the ``credit.account`` of one customer, or None."""
        return self._accounts.get(partner.id)

    def get_customer(self, partner, is_secured):
        """Return what is known of one customer.

        :param bool is_secured: nothing of the document would be open
        :return: :class:`CheckedCustomer`
        """
        partner = partner.with_company(self._company)
        account = self._accounts.get(partner.id)
        line = self.lines.get(partner.id)
        return CheckedCustomer(
            is_secured=is_secured,
            line=line and CheckedLine(line.amount, line.currency, line.limit),
            group_lines=tuple(self._groups.get(partner.id, ())),
            limit=line and line.get_pair(),
            account=account,
            kept=account and account._get_kept_rates(),
            partner=partner,
            facts=self,
        )

    @staticmethod
    def is_held(partner, account):
        """Whether a customer is on hold. Of one that was moved below another customer
        Odoo overwrote the mark: its account knows."""
        if partner.commercial_partner_id == partner:
            return partner.credit_hold
        return bool(account and account.hold_since)


class CreditCheckFacts(models.AbstractModel):
    """What a check asks besides the exposure: limits, holds, grades, last checks."""

    _name = "credit.check.facts"
    _description = "Facts of a Credit Check"

    @api.model
    def _gather(self, scope, partners, exposures):
        # sudo: whoever sells is checked by limits and accounts that they may not read
        company, Limit = scope.company, self.env["credit.limit"].sudo()
        lines = Limit._find_lines_of(partners, company, scope.today)
        Transfer = self.env["credit.transfer"]
        # sudo: whoever sells is checked by limits and accounts that they may not read
        return CheckFacts(
            scope,
            lines=Transfer._restore_own_lines(company, partners, lines),
            groups=self._find_group_lines(scope, partners, exposures),
            accounts=self.env["credit.account"].sudo()._find(partners, company),
            find_expired=lambda: self._find_expired(scope, partners),
            find_assessed=lambda: self._find_assessed(scope, partners),
        )

    def _find_expired(self, scope, partners):
        """Find when the limits of customers ended.

        :return: {partner id: last day of the one that ended last}
        """
        # sudo: as for the other facts of a check
        rows = (
            self.env["credit.limit"]
            .sudo()
            ._read_group(
                Domain("partner_id", "in", partners.ids)
                & Domain("company_id", "=", scope.company.id)
                & Domain("state", "!=", "draft")
                & Domain("is_group", "=", False)
                & Domain("date_end", "<", scope.today),
                ["partner_id"],
                ["date_end:max"],
            )
        )
        return {partner.id: day for partner, day in rows}

    def _find_assessed(self, scope, partners):
        """Find when customers were assessed, or looked at, last.

        :return: {partner id: day}
        """
        # sudo: as for the other facts of a check
        rows = (
            self.env["credit.assessment"]
            .sudo()
            ._read_group(
                Domain("partner_id", "in", partners.ids)
                & Domain("company_id", "=", scope.company.id),
                ["partner_id"],
                ["date:max", "checked_on:max"],
            )
        )
        found = {
            partner.id: max(filter(None, (day, checked_on)))
            for partner, day, checked_on in rows
        }
        runs = self.env["credit.assessment.chunk"]._find_last(
            list(found), scope.company
        )
        return {
            partner_id: max(day, runs.get(partner_id, day))
            for partner_id, day in found.items()
        }

    # === GROUPS === #

    def _find_group_lines(self, scope, partners, exposures):
        """Find the limits over a parent's tree, and over several companies.

        :return: {partner id: [CheckedLine]}
        """
        # sudo: as for the other facts of a check
        Limit = self.env["credit.limit"].sudo()
        limits = Limit._find_group_limits(scope.company, scope.today, partners)
        found = {}
        for limit in limits:
            members = limit._get_group_members(scope.company)
            if concerned := members & partners:
                line = CheckedLine(
                    limit.amount,
                    limit.currency_id,
                    limit,
                    is_group=True,
                    exposure=self._sum_group(scope, limit, members, exposures),
                )
                for partner in concerned:
                    found.setdefault(partner.id, []).append(line)
        return found

    def _sum_group(self, scope, limit, members, exposures):
        """Return the exposure of a group; its members that are checked now are counted
        with what was gathered for them, each later document included."""
        Exposure = self.env["credit.exposure"]
        checked = [exposures[pid] for pid in members.ids if pid in exposures]
        total = GroupExposure(next(iter(exposures.values())), checked)
        others = members.browse([pid for pid in members.ids if pid not in exposures])
        for company in limit._get_group_companies():
            wanted = others if company == scope.company else members
            if wanted:
                part = Exposure._get_scope(scope.policy, company, wanted.ids)
                rates = scope.policy._find_rates(company, scope.today)
                gathered = Exposure._gather(part, rates)
                total.take(gathered.values(), company.currency_id.id)
        return total
