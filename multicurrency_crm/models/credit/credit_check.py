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


class CreditSide(NamedTuple):
    """Customers with their policy, and the documents that are checked for them."""

    policy: models.BaseModel
    scope: object  # CreditScope
    exposures: dict  # {customer's id: CustomerExposure}
    facts: object  # CheckFacts
    owners: dict  # {document: customer}
    is_former: bool = False  # what counted before they were moved

    def get_exposure(self, document):
        return self.exposures[self.owners[document].id]

    def count(self, document, amount):
        if amount:
            locked = document._get_credit_locked_rate()
            exposure = self.get_exposure(document)
            exposure.add("document", document.currency_id.id, locked, amount)

    def count_undecided(self):
        """What the policy counts of documents before they are decided, which were left
        out of the exposures because they are checked: each of the others sees it."""
        for document in self.owners:
            self.count(document, document._get_credit_counted(self.policy))


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
        # sudo: whoever sells is told the outcome, not the ledger behind it
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
        owners = {d: d._get_credit_partners() for d in documents}
        partners = documents._get_credit_partners()._filter_credit_customers()
        own = [
            policy._gather_side(
                company,
                documents,
                {d: owner for d, owner in owners.items() if owner in customers},
            )
            for policy, customers in policies._group_by_choice(company, partners)
        ]
        former = self._gather_former_sides(policies, company, documents, own)
        if not together:
            for side in (*own, *former):
                side.count_undecided()
        checks = {}
        for side in own:
            others = [other for other in former if side.owners.keys() & other.owners]
            checks |= side.policy._check_customers(
                [side, *others], checkpoint, together
            )
        return checks

    def _group_by_choice(self, company, partners):
        """:return: (policy, customers) of these policies; who has none is left out"""
        chosen = {}
        for partner in partners.with_company(company):
            policy = self._choose(partner, partner.credit_assessment_id.grade)
            chosen[policy] = chosen.get(policy, partners.browse()) | partner
        chosen.pop(self.browse(), None)
        return chosen.items()

    def _gather_side(self, company, documents, owners, known=None):
        """:param documents: all that are checked: they are left out of the exposures
        :param owners: {document: the customer for whom it is checked}
        :param known: exposures of these customers, where they are gathered already
        :return: :class:`CreditSide`"""
        Exposure = self.env["credit.exposure"]
        partners = self.env["res.partner"].union(*owners.values())
        scope = Exposure._get_scope(
            self, company, partners.ids, **documents._get_credit_excluded()
        )
        # of one customer there is one: confirmed together, documents count together
        exposures = known or Exposure._gather(scope)
        facts = self.env["credit.check.facts"]._gather(scope, partners, exposures)
        return CreditSide(self, scope, exposures, facts, owners)

    def _gather_former_sides(self, policies, company, documents, own):
        """What counted for customers before they were moved, by the policies that they
        had, until somebody decides on the move."""
        found = self.env["credit.transfer"]._find_formers(company, documents)
        gathered = {pid: exp for side in own for pid, exp in side.exposures.items()}
        sides = []
        for former in self.env["res.partner"].union(*found.values()):
            mine = {document: former for document in found if former in found[document]}
            known = {pid: exp for pid, exp in gathered.items() if pid == former.id}
            for policy, _customers in policies._group_by_choice(company, former):
                side = policy._gather_side(company, documents, mine, known)
                sides.append(side._replace(is_former=True))
        return sides

    def _check_customers(self, sides, checkpoint, together):
        """:param sides: what is checked: the customers' side first, then what counted
        before they were moved"""
        own = sides[0]
        documents = next(iter(own.owners)).browse().concat(*own.owners)
        approvals = documents._find_credit_approvals()
        checks = {}
        for document in documents:
            point = checkpoint or document._get_credit_checkpoint()
            mine = [side for side in sides if document in side.owners]
            kept = [len(side.get_exposure(document).rows) for side in mine]
            reasons = tuple(
                reason
                for side in mine
                for reason in self._weigh(side, document, point, together)
            )
            exposure = own.get_exposure(document)
            line = own.facts.lines.get(own.owners[document].id)
            state = self._get_state(reasons)
            company = own.scope.company
            check = CreditCheck(state, reasons, exposure, line, self, company)
            if check.stops and approvals[document]._cover(document, check):
                check = check._replace(state="approved")
            checks[document] = check
            if not together:
                for side, before in zip(mine, kept, strict=True):
                    del side.get_exposure(document).rows[before:]
        return checks

    def _weigh(self, side, document, point, together):
        """Count a document on one side, and look at what that comes to.

        :return: list of :class:`CreditReason`
        """
        exposure, partner = side.get_exposure(document), side.owners[document]
        if not together:
            side.count(document, -document._get_credit_counted(side.policy))
        added = document._get_credit_addition()
        side.count(document, added.amount)
        customer = side.facts.get_customer(partner, added.is_secured)
        reasons = side.policy._find_reasons(side.scope, exposure, customer, point)
        if not side.is_former:
            return list(reasons)

        def attribute(sentence):
            return self.env._(
                "Until its move is decided, as %(customer)s: %(reason)s",
                customer=partner.name,
                reason=sentence,
            )

        return [
            reason._replace(
                sentence=attribute(reason.sentence), plain=attribute(reason.plain)
            )
            for reason in reasons
        ]

    @staticmethod
    def _get_state(reasons):
        if not reasons:
            return "ok"
        return STATES[max((r.strength for r in reasons), key=ORDER.index)]
