from decimal import Decimal
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..customer_present import is_customer_present
from .credit_check import CreditCheck

BYPASS = "multicurrency_crm.group_credit_bypass"
MANAGER = "multicurrency_crm.group_credit_manager"


class CreditAddition(NamedTuple):
    """What a document adds to its customer's exposure, besides what counts already."""

    amount: Decimal  # in its currency, after payments and security
    currency_id: int
    locked_rate: Decimal | None
    is_secured: bool  # nothing of it is open


class CreditCheckedMixin(models.AbstractModel):
    """A document that is checked at the moment that counts."""

    _name = "credit.checked.mixin"
    _description = "Document with a Credit Check"

    credit_check_state = fields.Selection(
        selection=[
            ("none", "No policy"),
            ("ok", "Within terms"),
            ("warning", "Warning"),
            ("review", "To review"),
            ("blocked", "Blocked"),
            ("approved", "Approved"),
        ],
        string="Credit Check",
        compute="_compute_partner_credit_warning",
        search="_search_credit_check_state",
    )
    credit_decided_state = fields.Char(
        "Credit Check When Decided",
        readonly=True,
        copy=False,
        help="The outcome of the check when this was confirmed, or posted.",
    )
    credit_review_ids = fields.One2many(
        "credit.review",
        "res_id",
        domain=lambda self: [("res_model", "=", self._name)],
        groups="multicurrency_crm.group_user",
    )

    # === TO BE FILLED BY THE DOCUMENT === #

    def _get_credit_partners(self):
        """:return: the commercial partners that owe these documents"""
        raise NotImplementedError

    def _get_credit_excluded(self):
        """:return: {'orders' or 'moves': those of these documents that aren't to be
        gathered, because :meth:`_get_credit_addition` tells of them}"""
        raise NotImplementedError

    def _get_credit_terms(self):
        """:return: (payment term, is it counted in the exposure already)"""
        raise NotImplementedError

    def _get_credit_checkpoint(self):
        """:return: 'confirm', 'deliver' or 'post': what comes next"""
        raise NotImplementedError

    def _is_credit_open(self):
        """Whether this document is still to be decided."""
        raise NotImplementedError

    # === CHECK === #

    def _get_credit_addition(self):
        """A paid amount counts as paid, whether or not its payment is booked yet."""
        self.ensure_one()
        term, is_counted = self._get_credit_terms()
        unbooked = self.transaction_ids.filtered(
            lambda tx: tx.state in ("authorized", "done") and not tx.payment_id
        )
        paid = sum(tx.amount for tx in unbooked if tx.currency_id == self.currency_id)
        rest = max(self.amount_total - paid, 0.0)
        share = Decimal(str(term.credit_open_share)) if term else Decimal(1)
        open_amount = Decimal(str(self.currency_id.round(rest))) * share
        locked = self.locked_rate
        return CreditAddition(
            Decimal(0) if is_counted else open_amount,
            self.currency_id.id,
            Decimal(repr(locked)) if locked else None,
            self.currency_id.is_zero(float(open_amount)),
        )

    def _filter_credit_checked(self):
        """Those whose company has a policy: without one, no query."""
        Policy = self.env["credit.policy"]
        return self.filtered(lambda document: Policy._has_policy(document.company_id))

    def _check_credit_now(self, checkpoint=None):
        """Check these documents, which are decided now, and stop what isn't let
        through. The customers' accounts are taken first: of two decisions at once, the
        second is tried again and reads what the first decided.

        :return: {document: ``CreditCheck``}; where a customer, or somebody who may
            pass, is at the other end, it holds those that would have stopped
        :raise UserError: review or block; nothing is written
        """
        mine = self._filter_credit_checked()
        if not mine:
            return {}
        mine = mine.sudo()
        for company, documents in mine.grouped(
            lambda document: document.company_id.root_id
        ).items():
            partners = documents._get_credit_partners()
            self.env["credit.account"].sudo()._take(partners, company)
        checks = self.env["credit.policy"].sudo()._check(mine, checkpoint)
        stopped = {d: check for d, check in checks.items() if check.stops}
        if stopped and not self._passes_credit_check():
            raise UserError(self._explain_stopped(stopped))
        return checks

    def _passes_credit_check(self):
        """Customers at the other end, and who has the right to; neither a context key
        nor sudo."""
        return is_customer_present(self.env) or self.env.user.has_group(BYPASS)

    def _explain_stopped(self, stopped):
        lines = [
            f"{document.display_name}: {check.sentence}"
            for document, check in stopped.items()
        ]
        if any(check.state == "blocked" for check in stopped.values()):
            lines.append(self.env._("A credit manager may release it."))
        else:
            lines.append(self.env._("Request an approval, or reduce what is open."))
        return "\n".join(lines)

    def _settle_credit_checks(self, checks):
        """Keep what was decided: the outcome, the rates of what passed, and a review
        for what went through without passing.

        :param checks: as :meth:`_check_credit_now` gives them
        """
        Account = self.env["credit.account"].sudo()
        for document, check in checks.items():
            document.credit_decided_state = check.state
            if not check.stops:
                if check.exposure:
                    partner = document._get_credit_partners()
                    Account._keep_check(partner, check)
            elif is_customer_present(self.env):
                document._request_credit_review(check)
            else:
                self.env["credit.review"]._record_bypass(document, check)

    # === STATE === #

    def _compute_credit_checks(self):
        """The state of each document, and what the banner says.

        :return: {document: sentence, or an empty string}
        """
        checked = self._filter_credit_checked()
        waiting = checked.filtered(lambda document: document._is_credit_open())
        checks = self.env["credit.policy"].sudo()._check(waiting)
        sentences = {}
        for document in self:
            check = checks.get(document, CreditCheck("none"))
            decided = document.sudo().credit_decided_state
            if decided and not check.stops:
                check = CreditCheck(decided)
            document.credit_check_state = check.state
            sentences[document] = check.sentence
        return sentences

    def _search_credit_check_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        waiting = self.search(self._get_credit_waiting_domain())
        checks = self.env["credit.policy"].sudo()._check(waiting)
        states = {}
        for document, check in checks.items():
            decided = document.sudo().credit_decided_state
            state = decided if decided and not check.stops else check.state
            states.setdefault(state, []).append(document.id)
        found = [pid for state in value for pid in states.get(state, ())]
        decided = Domain("credit_decided_state", "in", list(value))
        if "none" in value:
            decided |= Domain("credit_decided_state", "=", False)
        others = decided & Domain("id", "not in", waiting.ids)
        return Domain("id", "in", found) | others

    @api.model
    def _get_credit_waiting_domain(self):
        """The documents that are still to be decided, of the companies with a policy"""
        raise NotImplementedError

    # === REVIEWS === #

    def action_request_credit_review(self):
        """Ask the credit managers to decide on this document."""
        self.ensure_one()
        self.check_access("write")
        document = self.sudo()
        check = self.env["credit.policy"].sudo()._check(document)[document]
        if check.state == "blocked":
            raise UserError(
                self.env._(
                    "%(reasons)s\nOnly a credit manager's release lets this through.",
                    reasons=check.sentence,
                )
            )
        if check.state != "review":
            raise UserError(self.env._("%s needs no approval.", document.display_name))
        document._request_credit_review(check)
        return True

    def _request_credit_review(self, check):
        """:return: the ``credit.review``, the open one where there is one"""
        return self.env["credit.review"]._request(self, check)

    def action_release_credit(self):
        """A credit manager lets a blocked document through, and says why."""
        self.ensure_one()
        if not self.env.user.has_group(MANAGER):
            raise AccessError(self.env._("Only a credit manager releases: ask one."))
        document = self.sudo()
        check = self.env["credit.policy"].sudo()._check(document)[document]
        if not check.stops:
            raise UserError(self.env._("%s needs no release.", document.display_name))
        # asked for by whose document it is: the manager decides
        review = self.env["credit.review"]._request(
            document, check, requested_by=document._get_credit_requester()
        )
        return review.with_env(self.env)._get_records_action()

    def _get_credit_requester(self):
        """Whose document it is."""
        return self.user_id or self.create_uid

    def _find_credit_approvals(self):
        """:return: {document: newest approved ``credit.review``}"""
        reviews = (
            self.env["credit.review"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("state", "=", "approved"),
                ],
                order="id",
            )
        )
        by_id = {review.res_id: review for review in reviews}
        return {document: by_id.get(document._origin.id) for document in self}
