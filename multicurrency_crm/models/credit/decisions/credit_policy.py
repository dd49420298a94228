from functools import partial

from odoo import api, fields, models
from odoo.fields import Command

from .check_outcome import CreditCheck, CreditReason, CreditSide, get_state
from .check_reasons import Weighed, get_reasons

#: What a new policy checks: {reason: strength at confirmation, delivery, posting}.
_USUAL = ("review", "review", "warn")
_OFF = ("off", "off", "off")
SHIPPED_CHECKS = {
    "over_limit": _USUAL,
    "overdue_days": _USUAL,
    "grade_below": _USUAL,
    "limit_expired": _USUAL,
    "on_hold": _USUAL,
    "no_limit": _OFF,
    "not_assessed": _OFF,
}


class CreditPolicy(models.Model):
    """Checking documents: orders, invoices, and what a delivery belongs to."""

    _inherit = "credit.policy"

    check_ids = fields.One2many(
        "credit.policy.check", "policy_id", string="Checks", copy=True
    )
    review_days = fields.Integer(
        string="Approvals Hold For",
        default=14,
        bounds=(0, 100_000),
        help="Days for which an approval of an order over its limit holds, unless the "
        "approver says otherwise.",
    )

    @api.model
    def _prepare_shipped_check_ids(self):
        names = ("confirm_strength", "deliver_strength", "post_strength")
        return [
            Command.create(
                {
                    "sequence": number,
                    "reason": reason,
                    **dict(zip(names, strengths, strict=True)),
                }
            )
            for number, (reason, strengths) in enumerate(SHIPPED_CHECKS.items())
        ]

    # === CHECKING === #

    @api.model
    def _check(self, documents, checkpoint=None, *, together=True):
        """Check documents of one model. Those of one customer are checked one after
        the other, each with those before it: confirmed together, they count together.

        Reads only, and with sudo: whoever confirms reads the reasons as
        :meth:`CreditCheck.get_sentence` gives them.

        :param documents: records of a model with ``credit.checked.mixin``
        :param checkpoint: 'confirm', 'deliver' or 'post'; default: the document's own
        :param bool together: False: each as if it alone was decided now, which is what
            a list shows
        :return: {document: :class:`CreditCheck`} of all of them
        """
        checks = dict.fromkeys(documents, CreditCheck("none"))
        # sudo: whoever sells reads the outcome, not the ledger behind it
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
        """Group customers by the policy that counts for each.

        :return: pairs (policy, customers); who has none is left out
        """
        chosen = {}
        graded = any(policy.grade for policy in self)
        for partner in partners.with_company(company):
            grade = partner.credit_assessment_id.grade if graded else None
            policy = self._choose(partner, grade)
            chosen[policy] = chosen.get(policy, partners.browse()) | partner
        chosen.pop(self.browse(), None)
        return chosen.items()

    def _gather_side(self, company, documents, owners, known=None):
        """Gather all that checking these documents by one policy asks.

        :param documents: all that are checked: they are left out of the exposures
        :param owners: {document: the customer for whom it is checked}
        :param known: exposures of these customers, where they are gathered already
        :return: :class:`CreditSide`
        """
        Exposure = self.env["credit.exposure"]
        partners = self.env["res.partner"].union(*owners.values())
        scope = Exposure._get_scope(
            self,
            company,
            partners.ids,
            days=self._get_overdue_days(),
            **documents._get_credit_excluded(),
        )
        # of one customer there is one: confirmed together, documents count together
        exposures = known or Exposure._gather(scope)
        facts = self.env["credit.check.facts"]._gather(scope, partners, exposures)
        return CreditSide(self, scope, exposures, facts, owners)

    def _get_overdue_days(self):
        """Return the days late that checks of this policy ask for."""
        checks = self.check_ids.filtered(lambda check: check.reason == "overdue_days")
        return checks.mapped("days")

    def _gather_former_sides(self, policies, company, documents, own):
        """Gather what counted for customers before they were moved, by the policies
        that they had, until somebody decides on the move.

        :param own: [:class:`CreditSide`] of the customers that they have now
        :return: likewise, of the former ones
        """
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
        """Check documents on all sides that count for them.

        :param sides: [:class:`CreditSide`]: the customers' side first, then what
            counted before they were moved
        :return: {document: :class:`CreditCheck`}
        """
        own = sides[0]
        documents = next(iter(own.owners)).browse().concat(*own.owners)
        approvals, checks = None, {}
        for document in documents:
            point = checkpoint or document._get_credit_checkpoint()
            mine = [side for side in sides if document in side.owners]
            kept = [len(side.get_exposure(document).rows) for side in mine]
            reasons = tuple(
                reason
                for side in mine
                for reason in self._weigh_document(side, document, point, together)
            )
            exposure = own.get_exposure(document)
            line = own.facts.lines.get(own.owners[document].id)
            company = own.scope.company
            account = own.facts.get_account(own.owners[document])
            check = CreditCheck(
                get_state(reasons), reasons, exposure, line, self, company, account
            )
            if check.stops:
                # asked once anything stops, for all
                approvals = approvals or documents._find_credit_approvals()
                if approvals[document]._cover(document, check):
                    check = check._replace(state="approved")
            checks[document] = check
            if not together:
                for side, before in zip(mine, kept, strict=True):
                    del side.get_exposure(document).rows[before:]
        return checks

    def _weigh_document(self, side, document, point, together):
        """Count a document on one side, and look at what that comes to.

        :return: list of :class:`CreditReason`
        """
        exposure, partner = side.get_exposure(document), side.owners[document]
        if not together:
            side.count(document, -document._get_credit_counted(side.policy))
        added = document._get_credit_addition()
        side.count(document, added.amount)
        customer = side.facts.get_customer(partner, added.is_secured)
        reasons = side.policy._list_reasons(side.scope, exposure, customer, point)
        if not side.is_former:
            return list(reasons)

        def attribute(explain, env):
            return tuple(
                env._(
                    "Until its move is decided, as %(customer)s: %(reason)s",
                    customer=partner.name,
                    reason=sentence,
                )
                for sentence in explain(env)
            )

        return [
            reason._replace(explain=partial(attribute, reason.explain))
            for reason in reasons
        ]

    # === REASONS === #

    def _list_reasons(self, scope, exposure, customer, point):
        """Give every reason that counts at a checkpoint, as the policy lists them.

        :param scope: ``CreditScope``
        :param exposure: ``CustomerExposure``, with the document
        :param customer: ``CheckedCustomer``
        :param point: 'confirm', 'deliver' or 'post'
        :return: iterator of :class:`CreditReason`
        """
        reasons = get_reasons()
        for check in self.check_ids:
            strength = check[f"{point}_strength"]
            if strength == "off":
                continue
            weighed = Weighed(scope, exposure, customer, check)
            for finding in reasons[check.reason](weighed):
                yield CreditReason(check.reason, strength, *finding)
