from odoo import fields, models
from odoo.exceptions import UserError

from ..common.customer_present import is_customer_present
from ..common.html_text import as_html


class FxRateNeededMixin(models.AbstractModel):
    """A document that is worth what its currency's rate says.

    Without a fresh rate Odoo converts all the same. The document says so, and by its
    company's ``missing_rate_policy`` goes no further.
    """

    _name = "fx.rate.needed.mixin"
    _description = "Document that Needs a Rate"

    missing_rate_warning = fields.Char(
        compute="_compute_missing_rate_warning",
        groups="base.group_user",
        help="What is wrong with the rate of this document, and what to do about it.",
    )

    def _compute_missing_rate_warning(self):
        raise NotImplementedError()

    def _filter_needing_rate(self):
        """Filter the documents that Odoo converts at the market's rate.

        To be extended by whoever gives documents a rate of their own.
        """
        # sudo: a branch's user may not read its main company
        return self.filtered(
            lambda document: (
                document.currency_id
                and document.company_id
                and document.currency_id != document.company_id.sudo().currency_id
            )
        )

    def _find_rate_errors(self, get_date):
        """Find what is wrong with the rates of these documents.

        Takes a query or two for each company and date.

        :param get_date: function that gives the date on which a document is converted
        :return: {document: sentence} for those with something wrong
        """
        errors = {}
        places = self._filter_needing_rate().grouped(
            lambda document: (document.company_id, get_date(document))
        )
        for (company, date), documents in places.items():
            fresh, sentences = documents.currency_id._find_fresh(company, date)
            for document in documents:
                currency_id = document.currency_id.id
                sentence = document._judge_rate(
                    fresh.get(currency_id), sentences.get(currency_id)
                )
                if sentence:
                    errors[document] = sentence
        return errors

    def _judge_rate(self, spot, sentence):
        """Return what is wrong with the rate of this document.

        To be extended where a document keeps a rate of its own.

        :param spot: ``Spot`` of its currency, None where there is no fresh one
        :param sentence: what is wrong with the currency's rate, None if nothing is
        :return: sentence, or None
        """
        return sentence

    def _filter_stopped_without_rate(self):
        """Filter the documents of companies that stop at a missing rate. No query."""
        return self.filtered(
            # sudo: a customer who signs or pays may not read the company
            lambda document: document.company_id.sudo().missing_rate_policy == "stop"
        )

    def _passes_without_rate(self):
        """Whether this document goes on whatever its rate.

        A customer has signed it or paid for it: what came in is never lost to a check.
        """
        return is_customer_present(self.env)

    def _stop_rate_errors(self, errors):
        """Stop at the first document that may not go on.

        :param errors: {document: sentence}
        :raises UserError: with that sentence
        """
        for document, sentence in errors.items():
            if not document._passes_without_rate():
                # rights come first: who may not go on learns nothing
                document.check_access("write")
                raise UserError(document._name_rate_error(sentence))

    def _name_rate_error(self, sentence):
        """Put the document's name before a sentence, for where that stands alone."""
        return self.env._(
            "%(document)s: %(sentence)s",
            document=self.display_name,
            sentence=sentence,
        )

    def _note_rate_error(self, sentence):
        """Note what is wrong with the rate of a document that went through.

        The colleague to whom it falls is asked to look after it: in that colleague's
        language, not in that of the customer who has signed or paid.
        """
        self.ensure_one()
        document = self._in_responsible_language()
        if document.env.lang != self.env.lang:
            sentence = document._get_rate_error() or sentence
        document.message_post(body=as_html(sentence))
        document._notify_responsible(
            document.env._("Converted without a fresh rate"), sentence
        )

    def _get_rate_error(self):
        """Return what is wrong with the rate of this document, or None."""
        return self._find_rate_errors(lambda document: document._get_rate_date()).get(
            self
        )
