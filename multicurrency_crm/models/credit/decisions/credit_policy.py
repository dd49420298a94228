from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import format_date

from ....engine.credit_exposure import explain_breach
from .check_outcome import CreditCheck, CreditReason, CreditSide, get_state

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
        for partner in partners.with_company(company):
            policy = self._choose(partner, partner.credit_assessment_id.grade)
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
        approvals = documents._find_credit_approvals()
        checks = {}
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
            check = CreditCheck(
                get_state(reasons), reasons, exposure, line, self, company
            )
            if check.stops and approvals[document]._cover(document, check):
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

    # === REASONS === #

    def _list_reasons(self, scope, exposure, customer, point):
        """Give every reason that counts at a checkpoint, as the policy lists them.

        :param scope: ``CreditScope``
        :param exposure: ``CustomerExposure``, with the document
        :param customer: ``CheckedCustomer``
        :param point: 'confirm', 'deliver' or 'post'
        :return: iterator of :class:`CreditReason`
        """
        for check in self.check_ids:
            strength = check[f"{point}_strength"]
            if strength == "off":
                continue
            explain = getattr(self, f"_explain_{check.reason}")
            for sentence, plain, *excess in explain(scope, exposure, customer, check):
                yield CreditReason(check.reason, strength, sentence, plain, *excess)

    # One for each reason of credit.policy.check. Each yields a sentence with its
    # figures, one without any, and by how much and in which currency a limit is
    # exceeded, if one is.

    def _explain_over_limit(self, scope, exposure, customer, check):
        if customer.is_secured:
            return
        for line in filter(None, (customer.line, *customer.group_lines)):
            with_line = line.exposure or exposure
            missing = with_line.find_missing(line.currency.id)
            if missing:
                yield self._explain_missing_rates(missing)
            total = with_line.total(line.currency.id)
            if line.currency.compare_amounts(float(total), line.amount) > 0:
                excess = total - Decimal(str(line.amount))
                sentences = self._explain_breach(with_line, customer, line, total)
                yield *sentences, excess, line.currency

    def _explain_missing_rates(self, missing):
        names = self.env["res.currency"].browse(missing).mapped("name")
        return (
            self.env._(
                "No exchange rate of %(names)s is known: the exposure can't be "
                "compared with the limit.",
                names=", ".join(names),
            ),
            self.env._(
                "An exchange rate is missing: the exposure can't be compared with the "
                "limit."
            ),
        )

    def _explain_breach(self, exposure, customer, line, total):
        """Explain by how much a limit is exceeded, and why.

        :return: (sentence with figures, sentence without)
        """
        currency, kept = line.currency, customer.kept
        limit = Decimal(str(line.amount))
        at_kept = kept.total(exposure, currency.id) if kept else total
        breach = explain_breach(
            total,
            limit,
            at_kept,
            kept and kept.limit_in(exposure, currency.id),
            exposure.overdue(currency.id, limit=(limit, currency.id)),
        )
        whys = {
            "bought_more": self.env._("They bought more."),
            "pays_late": self.env._("They pay late."),
            "limit_lowered": self.env._("The limit was lowered or has ended."),
            "rate_moved": self.env._(
                "The rate moved: at the rates of the last check they were within it."
            ),
        }
        why = breach and whys[breach.reason]
        sentence = self._explain_excess(currency, float(total), line)
        rates = self._format_rates(exposure, currency)
        return (
            " ".join(filter(None, [sentence, why, rates])),
            " ".join(filter(None, [self._explain_excess_plainly(line), why])),
        )

    def _explain_excess(self, currency, total, line):
        total = currency.round(total)
        figures = {
            "exposure": currency.format(total),
            "limit": currency.format(line.amount),
            "excess": currency.format(currency.round(total - line.amount)),
        }
        if line.is_group:
            return self.env._(
                "%(exposure)s of the group is over its limit of %(limit)s by "
                "%(excess)s.",
                **figures,
            )
        if currency.is_zero(line.amount):
            return self.env._(
                "This customer pays in advance, and %(exposure)s would be open.",
                exposure=figures["exposure"],
            )
        return self.env._(
            "%(exposure)s is over the limit of %(limit)s by %(excess)s.", **figures
        )

    def _explain_excess_plainly(self, line):
        if line.is_group:
            return self.env._("The group of this customer would be over the limit.")
        if line.currency.is_zero(line.amount):
            return self.env._("This customer pays in advance.")
        return self.env._("This customer would be over the limit.")

    def _format_rates(self, exposure, target):
        """Format at which rates amounts of other currencies were compared."""
        used = {
            currency_id
            for currency_id, amount in exposure.by_currency().items()
            if amount and currency_id != target.id
        }
        dates = [exposure.rates.dates[c] for c in used if c in exposure.rates.dates]
        if not dates:
            return ""
        names = self.env["res.currency"].browse(sorted(used)).mapped("name")
        return self.env._(
            "Rates of %(currencies)s: %(date)s.",
            currencies=", ".join(names),
            date=format_date(self.env, min(dates)),
        )

    def _explain_no_limit(self, scope, exposure, customer, check):
        if not (customer.line or customer.group_lines or customer.is_secured):
            sentence = self.env._("No credit limit is set for this customer.")
            yield sentence, sentence

    def _explain_limit_expired(self, scope, exposure, customer, check):
        if customer.is_secured:
            return
        if customer.expired_on and not customer.line:
            day = format_date(self.env, customer.expired_on)
            yield (
                self.env._("The credit limit ended on %s.", day),
                self.env._("The credit limit has ended."),
            )
        limit = customer.line and customer.line.limit
        if limit and limit.review_date and limit.review_date < scope.today:
            day = format_date(self.env, limit.review_date)
            yield (
                self.env._("The credit limit was to be reviewed by %s.", day),
                self.env._("The credit limit is due for its review."),
            )

    def _explain_overdue_days(self, scope, exposure, customer, check):
        late = exposure.overdue_by_currency(check.days, customer.limit)
        if late:
            own = scope.company.currency_id
            sentence = self.env._(
                "%(amount)s is more than %(days)s days overdue.",
                amount=self._format_amounts(late, exposure.rates, own),
                days=check.days,
            )
            yield sentence, self.env._("Invoices are overdue for too long.")

    def _format_amounts(self, amounts, rates, target):
        """Format the sum of amounts in a currency; where a rate is missing, each amount
        in its own: what can't be converted isn't left out.

        :param amounts: {currency id: Decimal}
        :param target: ``res.currency``
        """
        factors = {cid: rates.convert(cid, target.id) for cid in amounts}
        if None not in factors.values():
            total = sum(amount * factors[cid] for cid, amount in amounts.items())
            return target.format(target.round(float(total)))
        currencies = self.env["res.currency"].browse(sorted(amounts))
        return ", ".join(
            currency.format(currency.round(float(amounts[currency.id])))
            for currency in currencies
        )

    def _explain_overdue_amount(self, scope, exposure, customer, check):
        currency = check.currency_id
        overdue = exposure.overdue_by_currency(0, customer.limit).get(currency.id, 0)
        if currency.compare_amounts(float(overdue), check.amount) > 0:
            sentence = self.env._(
                "%(amount)s is overdue: more than %(bound)s.",
                amount=currency.format(currency.round(float(overdue))),
                bound=currency.format(check.amount),
            )
            yield sentence, self.env._("Too much is overdue.")

    def _explain_grade_below(self, scope, exposure, customer, check):
        if customer.grade and customer.grade > check.grade:
            sentence = self.env._(
                "The grade of this customer is %(grade)s: below %(bound)s.",
                grade=customer.grade.upper(),
                bound=check.grade.upper(),
            )
            yield (
                sentence,
                self.env._("The grade of this customer is too low for this."),
            )

    def _explain_on_hold(self, scope, exposure, customer, check):
        if customer.on_hold:
            sentence = self.env._("This customer is on credit hold.")
            full = " ".join(filter(None, [sentence, customer.hold_reason]))
            yield full, sentence

    def _explain_not_assessed(self, scope, exposure, customer, check):
        last = customer.assessed_on
        if not last or (scope.today - last).days > check.days:
            sentence = self.env._(
                "No credit assessment of the last %s days.", check.days
            )
            yield sentence, sentence
