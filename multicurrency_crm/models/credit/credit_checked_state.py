from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from .credit_check import CreditCheck
from .credit_checked_mixin import MANAGER

#: outcomes of a decision that a later warning may take the place of
PLAIN = ("none", "ok")


class CreditCheckedMixin(models.AbstractModel):
    """What is shown of a check, and asking for a decision."""

    _inherit = "credit.checked.mixin"

    # === STATE === #

    def _compute_credit_checks(self):
        """The state of each document, and what the banner says.

        :return: {document: sentence, or an empty string}
        """
        waiting = self.filtered(lambda document: document._is_credit_open())
        if waiting and self.env.user.share:
            # a customer who reads the order by RPC is told nothing of its credit
            waiting = self.browse()
        # sudo: whoever sells is told the outcome, not the ledger behind it
        checks = self.env["credit.policy"].sudo()._check(waiting, together=False)
        sentences = {}
        for document in self:
            check = checks.get(document, CreditCheck("none"))
            document.credit_check_state = document._get_shown_credit_state(check)
            sentences[document] = check.get_sentence(self.env.user)
        return sentences

    def _get_shown_credit_state(self, check):
        """Of a document that was decided, the outcome then, unless a later checkpoint
        is stricter or a later decision lets it through."""
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
        waiting = self.search(self._get_credit_waiting_domain())
        # sudo: as for what is shown
        checks = self.env["credit.policy"].sudo()._check(waiting, together=False)
        states = {}
        for document, check in checks.items():
            state = document._get_shown_credit_state(check)
            states.setdefault(state, []).append(document.id)
        found = [pid for state in value for pid in states.get(state, ())]
        companies = self.env["credit.policy"].sudo().search([]).company_id
        checked = Domain("company_id", "child_of", companies.ids)
        others = checked & Domain("credit_decided_state", "in", list(value))
        if "none" in value:
            others |= ~checked | Domain("credit_decided_state", "=", False)
        return Domain("id", "in", found) | others & Domain("id", "not in", waiting.ids)

    @api.model
    def _get_credit_waiting_domain(self):
        """The documents that are still to be decided, of the companies with a policy"""
        raise NotImplementedError

    # === REVIEWS === #

    @api.depends("company_id", "amount_total", "currency_id", "credit_review_ids.state")
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

    def _request_credit_review(self, check):
        """:return: the ``credit.review``, the open one where there is one"""
        return self.env["credit.review"]._request(self, check)

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

    def _get_credit_requester(self):
        """Whose document it is."""
        return self.user_id or self.create_uid

    def _find_credit_approvals(self):
        """:return: {document: approved ``credit.review``: the newest one, or none}"""
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
