from decimal import Decimal
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...common.customer_present import is_customer_present
from ...common.stopped import Stopped
from ..groups import BYPASS, MANAGER
from .check_outcome import CreditCheck

#: Outcomes of a decision that a later warning may take the place of.
PLAIN = ("none", "ok")


def get_open_part(amount, term):
    """Return what of an amount its payment term leaves open.

    :param term: ``account.payment.term`` or an empty recordset
    :return: Decimal
    """
    share = Decimal(str(term.credit_open_share)) if term else Decimal(1)
    return Decimal(str(amount)) * share


class CreditAddition(NamedTuple):
    """What a document adds to its customer's exposure, besides what counts already."""

    amount: Decimal  # in its currency, after payments and security
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
            ("blocked", "Stopped"),
            ("approved", "Approved"),
        ],
        string="Credit Check",
        compute="_compute_partner_credit_warning",
        search="_search_credit_check_state",
        groups="base.group_user",
    )
    credit_decided_state = fields.Char(
        string="Credit Check When Decided",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The outcome of the check when this was confirmed, or posted.",
    )
    credit_review_ids = fields.One2many(
        "credit.review",
        "res_id",
        domain=lambda self: [("res_model", "=", self._name)],
        groups="multicurrency_crm.group_user",
    )
    credit_is_asked = fields.Boolean(
        string="Credit Approval Requested",
        compute="_compute_credit_is_asked",
        compute_sudo=True,
        groups="base.group_user",
    )

    #: amounts that a request shown beside an open form is held against
    _credit_asked_amounts = ("amount_total",)

    # === COMPUTE METHODS === #

    def _compute_credit_checks(self):
        """Set the state of each document, and return what its banner says.

        :return: {document: sentence, or an empty string}
        """
        waiting = self.filtered(lambda document: document._is_credit_open())
        if waiting and self.env.user.share:
            # a customer may read the order by RPC, and nothing of its credit
            waiting = self.browse()
        # sudo: whoever sells reads the outcome, not the ledger behind it
        checks = self.env["credit.policy"].sudo()._check(waiting, together=False)
        sentences = {}
        for document in self:
            check = checks.get(document, CreditCheck("none"))
            shown = document._get_shown_credit_state(check)
            document.credit_check_state = shown
            # what was let through isn't to be warned of any longer
            told = "" if shown == "approved" else check.get_sentence(self.env.user)
            sentences[document] = told
        return sentences

    def _get_shown_credit_state(self, check):
        """Return what is shown: of a document that was decided, the outcome then,
        unless a later checkpoint is stricter or a later decision lets it through."""
        # sudo: the outcome is kept for employees, and shown as far as its field goes
        decided = self._is_credit_decided() and self.sudo().credit_decided_state
        if not decided or check.stops or check.state == "approved":
            return check.state
        if check.state == "warning" and decided in PLAIN:
            return check.state
        return decided

    def _search_credit_check_state(self, operator, value):
        # Odoo asks for no right to a field that is searched by a method
        self._check_field_access(self._fields["credit_check_state"], "read")
        if operator != "in":
            return NotImplemented
        # sudo: the policies are the companies', whoever looks
        companies = self.env["credit.policy"].sudo().search([]).company_id
        checked = Domain("company_id", "child_of", companies.ids)
        waiting = self.search(self._get_credit_waiting_domain() & checked)
        # sudo: as for what is shown
        checks = self.env["credit.policy"].sudo()._check(waiting, together=False)
        states = {}
        for document, check in checks.items():
            state = document._get_shown_credit_state(check)
            states.setdefault(state, []).append(document.id)
        found = [pid for state in value for pid in states.get(state, ())]
        others = checked & Domain("credit_decided_state", "in", list(value))
        if "none" in value:
            others |= ~checked | Domain("credit_decided_state", "=", False)
        return Domain("id", "in", found) | others & Domain("id", "not in", waiting.ids)

    @api.depends(
        lambda self: (
            *("company_id", "currency_id", "credit_review_ids.state", "state"),
            *self._credit_asked_amounts,
        )
    )
    def _compute_credit_is_asked(self):
        """Whether a request is open for the document as it is now."""
        checked = self._filter_credit_checked()
        (self - checked).credit_is_asked = False
        for document in checked:
            currency, total = document.currency_id, document.amount_total
            document.credit_is_asked = any(
                review.state == "requested"
                and review.currency_id == currency
                and not currency.compare_amounts(review.amount, total)
                for review in document.credit_review_ids
            )

    # === ACTIONS === #

    def action_request_credit_review(self):
        """Ask the credit managers to decide on this document."""
        self.ensure_one()
        self.check_access("write")
        # sudo: the right was checked; whoever asks may not read what counts
        document = self.sudo()
        # sudo: the right was checked; whoever asks may not read what counts
        check = self.env["credit.policy"].sudo()._check(document)[document]
        if check.state == "blocked":
            raise UserError(
                self.env._(
                    "%(reasons)s\nOnly a credit manager's release lets this through.",
                    reasons=check.get_sentence(self.env.user),
                )
            )
        if check.state != "review":
            raise UserError(self.env._("%s needs no approval.", document.display_name))
        review = document._request_credit_review(check)
        return review._get_answer()

    def action_release_credit(self):
        """A credit manager lets a blocked document through, and says why."""
        self.ensure_one()
        # sudo: the right is checked below; the check reads all that counts
        document, user = self.sudo(), self.env.user
        here = document.company_id.root_id in user.company_ids
        if not here or not user.has_group(MANAGER):
            raise AccessError(self.env._("Only a credit manager releases: ask one."))
        # sudo: the right is checked below; the check reads all that counts
        check = self.env["credit.policy"].sudo()._check(document)[document]
        if not check.stops:
            raise UserError(self.env._("%s needs no release.", document.display_name))
        # asked for by whose document it is: the manager decides
        review = self.env["credit.review"]._request(
            document, check, requested_by=document._get_credit_requester()
        )
        return review.with_env(self.env)._get_records_action()

    # === TO BE FILLED BY THE DOCUMENT === #

    def _get_credit_partners(self):
        """Return the commercial partners that owe these documents."""
        raise NotImplementedError

    def _get_credit_debtors(self):
        """Return the partners, contacts too, that ordered, or are invoiced."""
        return self.partner_id

    def _get_credit_excluded(self):
        """Return which of these documents aren't to be gathered from the books, because
        :meth:`_get_credit_addition` counts them.

        :return: {'orders' or 'moves': records}
        """
        raise NotImplementedError

    def _get_credit_terms(self):
        """Return the payment term, and whether the document is counted in the exposure
        already.

        :return: (``account.payment.term``, bool)
        """
        raise NotImplementedError

    def _get_credit_checkpoint(self):
        """Return what comes next: 'confirm', 'deliver' or 'post'."""
        raise NotImplementedError

    def _is_credit_open(self):
        """Whether this document is still to be decided."""
        raise NotImplementedError

    def _is_credit_decided(self):
        """Whether this document was confirmed, or posted."""
        raise NotImplementedError

    def _get_credit_counted(self, policy):
        """Return what the exposure counts of this document before it is decided, where
        it isn't left out.

        :return: Decimal, in its currency
        """
        raise NotImplementedError

    def _get_credit_requester(self):
        """Return whose document it is."""
        return self.user_id or self.create_uid

    @api.model
    def _get_credit_waiting_domain(self):
        """Return the domain of the documents that are still to be decided, whatever
        their company."""
        raise NotImplementedError

    # === CHECK === #

    def _get_credit_addition(self):
        """Return what this document adds to its customer's exposure.

        A paid amount counts as paid, whether or not its payment is booked yet. Of what
        counts already, what was paid and isn't booked is taken away.

        :return: :class:`CreditAddition`
        """
        self.ensure_one()
        _term, is_counted = self._get_credit_terms()
        paid, unbooked = self._get_credit_paid()
        total, counted = self._get_credit_weighed(), self._get_credit_weighed_before()
        rest = self._get_credit_open_part(self._get_credit_rest(total, unbooked))
        whole = self._get_credit_open_part(self._get_credit_rest(counted, 0.0))
        left = self._get_credit_open_part(self._get_credit_rest(total, paid))
        return CreditAddition(
            rest - whole if is_counted else rest, self.currency_id.is_zero(float(left))
        )

    def _get_credit_open_part(self, amount):
        """Return what of an amount of this document is left open: by its payment term.

        To be extended by whoever secures documents otherwise, with
        ``credit.exposure._get_order_share``, which says the same in SQL.

        :return: Decimal
        """
        term, _is_counted = self._get_credit_terms()
        return get_open_part(amount, term)

    def _get_credit_rest(self, total, paid):
        """Return what is left of this document once so much of it is paid."""
        return self.currency_id.round(max(total - paid, 0.0))

    def _get_credit_weighed(self):
        """Return what this document comes to, with what leaves now."""
        return self.amount_total

    def _get_credit_weighed_before(self):
        """Return what this document comes to, without what leaves now."""
        return self.amount_total

    def _get_credit_locked_rate(self):
        return Decimal(repr(self.locked_rate)) if self.locked_rate else None

    def _get_credit_paid(self):
        """Return what was paid for this document, and what of that isn't booked.

        :return: (amount, amount), in its currency
        """
        asked = self.transaction_ids
        received = (asked | asked.child_transaction_ids).filtered(
            lambda tx: (
                tx.state in ("authorized", "done")
                and tx.currency_id == self.currency_id
                and tx.payment_id.state not in ("canceled", "rejected")
            )
        )
        paid = unbooked = 0.0
        for transaction in received:
            # what was captured, or voided, of an authorization are its parts
            parts = transaction.child_transaction_ids.filtered(
                lambda tx: tx.operation != "refund" and tx.state in ("done", "cancel")
            )
            amount = transaction.amount - sum(parts.mapped("amount"))
            paid += amount
            unbooked += 0.0 if transaction.payment_id else amount
        return paid, unbooked

    def _filter_credit_checked(self):
        """Filter those whose company has a policy: without one, no query."""
        Policy = self.env["credit.policy"]
        if not self or not Policy._is_used():
            return self.browse()
        return self.filtered(lambda document: Policy._has_policy(document.company_id))

    def _check_credit_now(self, checkpoint=None):
        """Check these documents, which are decided now, and stop what isn't let
        through. The customers' accounts are taken first: of two decisions at once, the
        second is tried again and reads what the first decided.

        :return: {document: ``CreditCheck``}; where a customer, or somebody who may
            pass, is at the other end, it holds those that would have stopped
        :raises Stopped: review or block; nothing is written
        """
        checks = self._find_credit_checks(checkpoint)
        stopped = {d: check for d, check in checks.items() if check.stops}
        if stopped and not self._passes_credit_check():
            raise self._get_credit_stop(stopped)
        return checks

    def _find_credit_checks(self, checkpoint=None):
        """Check these documents, which are decided now, once their customers' accounts
        are taken.

        :return: {document: ``CreditCheck``}
        """
        mine = self._filter_credit_checked()
        if not mine:
            return {}
        # rights come first: who may not decide on a document reads nothing of it
        mine.check_access("write")
        # sudo: whoever decides on documents may not read what they are checked by
        mine = mine.sudo()
        for company, documents in mine.grouped(
            lambda document: document.company_id.root_id
        ).items():
            partners = documents._get_credit_partners()
            self.env["credit.account"].sudo()._take(partners, company)
        return self.env["credit.policy"].sudo()._check(mine, checkpoint)

    def _passes_credit_check(self):
        """Whether a customer is at the other end, or somebody who may pass; neither a
        context key nor sudo says so."""
        return is_customer_present(self.env) or self.env.user.has_group(BYPASS)

    def _get_credit_stop(self, stopped, offers=None, *, leaves=False):
        """Return what is raised for documents that aren't let through.

        :param stopped: {document: ``CreditCheck``}
        :param offers: as ``Stopped`` takes them; default: to ask for the approval
            of one document
        :param bool leaves: goods of a transfer are about to leave
        """
        if offers is None:
            offers = self._list_credit_offers(stopped)
        return Stopped(
            self._explain_stopped(stopped, leaves),
            self.env._("Stopped by Credit"),
            offers,
        )

    def _list_credit_offers(self, stopped):
        waiting = [
            document
            for document, check in stopped.items()
            if check.state == "review" and not document._is_credit_decided()
        ]
        if len(stopped) != 1 or not waiting:
            return []
        return [
            {
                "label": self.env._("Request Approval"),
                "model": self._name,
                "method": "action_request_credit_review",
                "args": [waiting[0].ids],
            }
        ]

    def _list_stopped(self, stopped):
        """Return a line for each document, as the acting user may read it."""
        return [
            self.env._(
                "%(document)s: %(reasons)s",
                document=document.display_name,
                reasons=check.get_sentence(self.env.user),
            )
            for document, check in stopped.items()
        ]

    def _explain_stopped(self, stopped, leaves=False):
        lines = self._list_stopped(stopped)
        blocked = any(check.state == "blocked" for check in stopped.values())
        if leaves:
            lines.append(
                self.env._("The goods may leave once a credit manager releases it.")
                if blocked
                else self.env._(
                    "Request an approval, or deliver once the customer has paid."
                )
            )
        elif any(document._is_credit_decided() for document in stopped):
            lines.append(
                self.env._(
                    "It is confirmed already: offer what comes on top in a quotation "
                    "of its own, and request an approval for that."
                )
            )
        elif blocked:
            lines.append(self.env._("A credit manager may release it."))
        else:
            lines.append(self.env._("Request an approval, or reduce what is open."))
        return "\n".join(lines)

    def _settle_credit_checks(self, checks):
        """Keep what was decided: the outcome, the rates of what passed, and a review
        for what went through without passing.

        :param checks: as :meth:`_check_credit_now` gives them
        """
        passed = {d: check for d, check in checks.items() if not check.stops}
        # sudo: nobody writes accounts by hand, and whoever confirms keeps the outcome
        self.env["credit.account"].sudo()._keep_checks(
            (document._get_credit_partners(), check)
            for document, check in passed.items()
            if check.exposure
        )
        self.browse(document.id for document in passed)._expire_credit_requests()
        decided = {}
        for document, check in checks.items():
            state = check.state
            if check.stops and is_customer_present(self.env):
                document._request_credit_review(check)
            elif check.stops:
                self.env["credit.review"]._record_bypass(document, check)
                state = "approved"
            decided.setdefault(state, []).append(document.id)
        for state, ids in decided.items():
            self.sudo().browse(ids)._keep_credit_state(state)

    def _keep_credit_state(self, state):
        """Keep the outcome of a check on documents that were decided."""
        return self._write_guarded({"credit_decided_state": state})

    # === REVIEWS === #

    def _request_credit_review(self, check):
        """Ask for a decision.

        :return: the ``credit.review``, the open one where there is one
        """
        return self.env["credit.review"]._request(self, check)

    def _find_credit_approvals(self):
        """Find the approvals of these documents.

        :return: {document: approved ``credit.review``: the newest one, or none}
        """
        # sudo: who confirms may not read decisions, and is bound by them
        Review = self.env["credit.review"].sudo()
        reviews = Review.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("state", "=", "approved"),
            ],
            order="id",
        )
        by_id = {review.res_id: review for review in reviews}
        return {
            document: by_id.get(document._origin.id, Review.browse())
            for document in self
        }

    def _expire_credit_requests(self, operation=None):
        """End what was asked about these documents: it needs no decision any longer.

        :param operation: what is about to be done to them; None: it was done
        """
        if checked := self._filter_credit_checked():
            if operation:
                # rights come first: nothing ends for who may not do it
                checked.check_access(operation)
            # sudo: who makes a request needless may not write decisions
            self.env["credit.review"].sudo()._expire_requests(checked)
