from odoo import api, fields, models
from odoo.fields import Domain


class CreditReview(models.Model):
    """Asking for a decision, and whom."""

    _inherit = "credit.review"

    @api.model
    def _request(self, document, check, *, requested_by=None):
        """Ask the credit managers; where the document or its reasons changed, another
        request takes the place of the open one.

        :param document: record of a model with ``credit.checked.mixin``
        :param check: ``CreditCheck``
        :return: the ``credit.review``, with sudo
        """
        # sudo: reviews are made by what needs them, nobody writes them by hand
        Review = self.sudo()
        values = self._prepare_review(document.sudo(), check)
        values["requested_by"] = (requested_by or self._get_requester(document)).id
        found = Review.search(
            [
                ("res_model", "=", document._name),
                ("res_id", "=", document.id),
                ("state", "=", "requested"),
            ],
            limit=1,
        )
        if found:
            same = ("amount", "reasons_in_full")
            currency = found.currency_id.id == values["currency_id"]
            if currency and all(found[name] == values[name] for name in same):
                return found
            # whoever has the old request open decides on what they see, or on nothing
            self._expire_requests(document)
        review = Review._create_guarded([values])
        review._notify_deciders()
        document.sudo().message_post(
            body=self.env._("Credit approval requested. %s", check.plain)
        )
        return review

    @api.model
    def _get_requester(self, document):
        """A customer asks for nothing: whose document it is, does."""
        user = self.env.user
        return document._get_credit_requester() if user.share else user

    @api.model
    def _prepare_review(self, document, check):
        partner = document._get_credit_partners().with_company(check.company)
        company = check.company
        of = check.worst or check.line  # whose limit is exceeded, if any
        days = check.policy.review_days
        return {
            "res_model": document._name,
            "res_id": document.id,
            "reference": document.display_name,
            "checkpoint": document._get_credit_checkpoint(),
            "partner_id": partner.id,
            "company_id": company.id,
            "is_block": check.state == "blocked",
            "amount": document.amount_total,
            "currency_id": document.currency_id.id,
            "excess": float(check.excess),
            "limit_currency_id": (of.currency if of else company.currency_id).id,
            "reasons": check.plain,
            "reasons_in_full": check.sentence,
            "reason_codes": ",".join(reason.code for reason in check.reasons),
            "exposures": check.exposure.to_json(),
            "score": partner.credit_score,
            "grade": partner.credit_grade,
            "is_late": check.is_late,
            "approved_amount": document.amount_total,
            "valid_until": fields.Date.add(company._get_today(), days=days),
            "decision_reason": False,
            "owner_id": document._get_credit_requester().id,
            "requested_on": fields.Datetime.now(),
        }

    @api.model
    def _record_bypass(self, document, check):
        """Log that somebody with the right to went ahead."""
        values = self._prepare_review(document, check)
        # what was asked before is settled by this
        self._expire_requests(document)
        # sudo: nobody writes decisions by hand
        review = self.sudo()._create_guarded(
            [
                {
                    **values,
                    "requested_by": self.env.uid,
                    "is_bypass": True,
                    "state": "approved",
                    "decided_by": self.env.uid,
                    "decided_on": fields.Datetime.now(),
                    "decision_reason": self.env._("Passed by right."),
                }
            ]
        )
        document.message_post(
            body=self.env._("Went ahead despite the credit check. %s", check.plain)
        )
        return review

    def _notify_nobody(self):
        """Whose document it is has something to do, where a customer asked."""
        document = self._get_document()
        user = document._get_responsible_user()
        localized = document.with_context(lang=user.lang)
        localized.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=localized.env._("Nobody may decide on credit"),
            note=self.with_context(lang=user.lang)._explain_nobody(),
            user_id=user.id,
        )

    @api.model
    def _expire_requests(self, documents):
        """What was asked about these documents needs no decision any longer."""
        # sudo: who makes a request needless may not write decisions
        requests = self.sudo().search(
            Domain("res_model", "=", documents._name)
            & Domain("res_id", "in", documents.ids)
            & Domain("state", "=", "requested")
        )
        if requests:
            requests._withdraw(self.env._("The request is settled."))
