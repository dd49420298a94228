from decimal import Decimal
from typing import NamedTuple

from odoo import api, models

#: who reads what the ledger says of a customer, and what it may owe
FINANCE = "multicurrency_crm.group_finance"
#: from the weakest to the strongest
STATES = {"warn": "warning", "review": "review", "block": "blocked"}
ORDER = ("off", "warn", "review", "block")


class CreditReason(NamedTuple):
    """Why a document isn't simply let through."""

    code: str  # as credit.policy.check.reason
    strength: str  # 'warn', 'review' or 'block'
    sentence: str  # with its figures: for who may read the ledger
    plain: str  # without any
    excess: Decimal = Decimal(0)  # over the limit, in the limit's currency
    currency: object = None  # of the limit


class CreditCheck(NamedTuple):
    """The outcome for one document."""

    state: str  # 'none', 'ok', 'warning', 'review', 'blocked' or 'approved'
    reasons: tuple = ()
    exposure: object = None  # CustomerExposure, with the document
    line: object = None  # CreditLine or None
    policy: object = None
    company: object = None  # main company

    @property
    def stops(self):
        return self.state in ("review", "blocked")

    @property
    def sentence(self):
        """With figures: for the fields that finance alone reads."""
        return "\n".join(reason.sentence for reason in self.reasons)

    @property
    def plain(self):
        """Without figures: for what others read, too (chatter, activities, mails)."""
        return "\n".join(dict.fromkeys(reason.plain for reason in self.reasons))

    def get_sentence(self, user):
        """What this user is told: figures only to whom they may read elsewhere.

        :param user: ``res.users``; whoever acts, whatever ``sudo`` does meanwhile
        """
        return self.sentence if user.has_group(FINANCE) else self.plain

    @property
    def worst(self):
        """The reason that is furthest over a limit, or None; limits in several
        currencies are compared in company currency."""
        own, rates = self.company.currency_id.id, self.exposure.rates
        return max(
            (reason for reason in self.reasons if reason.excess > 0),
            key=lambda reason: (
                reason.excess * (rates.convert(reason.currency.id, own) or 0)
            ),
            default=None,
        )

    @property
    def excess(self):
        worst = self.worst if self.reasons else None
        return worst.excess if worst else Decimal(0)

    @property
    def is_late(self):
        """Whether the customer is more than 30 days overdue, by a material amount."""
        limit = self.line and (Decimal(str(self.line.amount)), self.line.currency.id)
        return bool(self.exposure.overdue_by_currency(30, limit))

    @property
    def blocking_codes(self):
        return {reason.code for reason in self.reasons if reason.strength == "block"}


class CreditPolicy(models.Model):
    """Checking documents: orders, invoices, and what a delivery belongs to."""

    _inherit = "credit.policy"

    @api.model
    def _check(self, documents, checkpoint=None, *, together=True):
        """Check documents of one model. Those of one customer are checked one after
        the other, each with those before it: confirmed together, they count together.

        Reads only, and with sudo: whoever confirms is told the reasons, as
        :meth:`CreditCheck.get_sentence` gives them.

        :param documents: records of a model with ``credit.checked.mixin``
        :param checkpoint: 'confirm', 'deliver' or 'post'; default: the document's own
        :param bool together: False: each as if it alone was decided now, which is what
            a list shows
        :return: {document: :class:`CreditCheck`} of all of them
        """
        checks = dict.fromkeys(documents, CreditCheck("none"))
        for company, of_company in (
            documents.sudo()
            .grouped(lambda document: document.company_id.root_id)
            .items()
        ):
            if policies := self._get_policies(company):
                checks |= self._check_in_company(
                    policies, company, of_company, checkpoint, together
                )
        return {document: checks[document] for document in documents}

    def _check_in_company(self, policies, company, documents, checkpoint, together):
        partners = documents._get_credit_partners()._filter_credit_customers()
        chosen = {}
        for partner in partners.with_company(company):
            policy = policies._choose(partner, partner.credit_grade)
            chosen[policy] = chosen.get(policy, partners.browse()) | partner
        checks = {}
        for policy, customers in chosen.items():
            if policy:
                mine = documents.filtered(
                    lambda document, customers=customers: (
                        document._get_credit_partners() in customers
                    )
                )
                checks |= policy._check_customers(
                    company, mine, customers, checkpoint, together
                )
        return checks

    def _check_customers(self, company, documents, partners, checkpoint, together):
        Exposure = self.env["credit.exposure"]
        scope = Exposure._get_scope(
            self, company, partners.ids, **documents._get_credit_excluded()
        )
        exposures = Exposure._gather(scope)
        facts = self.env["credit.check.facts"]._gather(scope, partners, exposures)
        approvals = documents._find_credit_approvals()
        if not together:
            self._count_undecided(documents, exposures)
        checks = {}
        for document in documents:
            partner = document._get_credit_partners()
            exposure = exposures[partner.id]
            before = len(exposure.rows)
            if not together:
                self._count(document, exposure, -document._get_credit_counted(self))
            added = document._get_credit_addition()
            self._count(document, exposure, added.amount)
            point = checkpoint or document._get_credit_checkpoint()
            customer = facts.get_customer(partner, added.is_secured)
            reasons = tuple(self._find_reasons(scope, exposure, customer, point))
            state, line = self._get_state(reasons), facts.lines.get(partner.id)
            check = CreditCheck(state, reasons, exposure, line, self, company)
            if check.stops and approvals[document]._cover(document, check):
                check = check._replace(state="approved")
            checks[document] = check
            if not together:
                del exposure.rows[before:]
        return checks

    def _count_undecided(self, documents, exposures):
        """What the policy counts of documents before they are decided, which were left
        out of the exposures because they are checked: each of the others sees it."""
        for document in documents:
            exposure = exposures[document._get_credit_partners().id]
            self._count(document, exposure, document._get_credit_counted(self))

    @staticmethod
    def _count(document, exposure, amount):
        if amount:
            locked = document._get_credit_locked_rate()
            exposure.add("document", document.currency_id.id, locked, amount)

    @staticmethod
    def _get_state(reasons):
        if not reasons:
            return "ok"
        return STATES[max((r.strength for r in reasons), key=ORDER.index)]
