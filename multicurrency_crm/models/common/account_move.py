from contextlib import nullcontext

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .process_mark import ProcessMark

#: Borne while Odoo posts: its own ``_post`` writes the state.
_POSTING = ProcessMark("multicurrency_posting")


class AccountMove(models.Model):
    """One door to posted documents, and what a document comes to."""

    _name = "account.move"
    _inherit = ["account.move", "computed.mixin", "responsible.mixin"]

    _computed_alone = frozenset(
        {
            "amount_untaxed",
            "amount_tax",
            "amount_total",
            "amount_residual",
            "amount_untaxed_signed",
            "amount_total_signed",
            "amount_total_in_currency_signed",
            "amount_residual_signed",
            "commercial_partner_id",
            "payment_state",
            "transaction_ids",
        }
    )

    def _is_entered(self, name, vals):
        if name != "payment_state":
            return super()._is_entered(name, vals)
        # the form sends it along, before there is anything to pay
        return vals[name] not in (False, "not_paid")

    # === ENTRIES IN PREPARATION === #

    @api.model
    def _get_preparation_query(self):
        """Return the query of the ids of posted entries that don't count yet: others
        that belong to them are still to come. Who posts many entries part by part adds
        those that its own records link to.

        :return: SQL of one column, without NULL
        """
        return SQL("SELECT NULL::int WHERE FALSE")

    @api.model
    def _get_counted_condition(self, move_id):
        """Return the condition that an entry counts, in all that adds journal items up:
        it isn't in preparation.

        :param SQL move_id: the id of the entry
        """
        prepared = self._get_preparation_query()
        return SQL("%s NOT IN (SELECT e.id FROM (%s) e (id))", move_id, prepared)

    @api.model
    def _find_prepared_ids(self):
        """Find the entries that don't count yet.

        :return: ids
        """
        rows = self.env.execute_query(self._get_preparation_query())
        return [move_id for (move_id,) in rows]

    # === OPENING === #

    def _open_entries(self, title):
        """Return the action that opens these entries as entries, one at once: Odoo's
        own list of this model is of invoices.

        :param str title: what they are
        :raises UserError: there is none, or the user may not read them
        """
        if not self:
            raise UserError(self.env._("Nothing was booked."))
        if not self.has_access("read"):
            raise UserError(
                self.env._(
                    "Journal entries are for those who read Odoo's accounting: ask for "
                    "that right in the settings of your user."
                )
            )
        action = {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "account.move",
            "context": {"create": False},
        }
        if len(self) == 1:
            views = [(False, "form")]
            return {**action, "views": views, "view_mode": "form", "res_id": self.id}
        entries = self.env.ref("account.view_move_tree").id
        return {
            **action,
            "view_mode": "list,form",
            "views": [(entries, "list"), (False, "form")],
            "domain": [("id", "in", self.ids)],
        }

    # === THE DAY OF A DOCUMENT === #

    def _get_document_day(self):
        """Return the date of an invoice, or the one that it gets if it is posted now.

        That is today where its company is, for a document that is converted. Any other
        is Odoo's alone, which dates it by the user's zone.
        """
        if self.invoice_date:
            return self.invoice_date
        if self._is_foreign():
            return self.company_id._get_today()
        return fields.Date.context_today(self)

    def _is_foreign(self):
        """Whether Odoo converts this document."""
        own = self.company_id.currency_id
        return bool(own and self.currency_id and self.currency_id != own)

    def _get_invoice_currency_rate_date(self):
        move = self
        if not self.invoice_date and self._is_foreign():
            move = self.with_context(tz=self.company_id._get_zone())
        return super(AccountMove, move)._get_invoice_currency_rate_date()

    def _get_rate_date(self):
        """Return the day at whose rate Odoo converts this document."""
        return self._get_invoice_currency_rate_date()

    def _filter_dated_elsewhere(self):
        """Filter the documents that Odoo would date otherwise than their company does.

        It dates them by the zone of whoever posts (that of a job or a paying customer
        is UTC), and takes the rate of a draft for a typed one if it isn't that of the
        day in UTC on which the draft was made.
        """
        return self.filtered(
            lambda move: (
                not move.invoice_date
                and move.is_sale_document(include_receipts=True)
                and move._is_foreign()
                and (
                    move._get_document_day() != fields.Date.context_today(move)
                    or move._get_day_made() != move.create_date.date()
                )
            )
        )

    def _get_day_made(self):
        """Return the date of its company on which this document was made."""
        return self.company_id._get_day_of(self.create_date)

    def _date_today(self):
        """Date these documents, as Odoo does when it posts them: a rate that somebody
        typed stays."""
        rate = self._fields["invoice_currency_rate"]
        for move in self:
            expected = move._get_expected_currency_rate_at(move._get_day_made())
            typed = move.invoice_currency_rate != expected
            with self.env.protecting([rate], move) if typed else nullcontext():
                move.invoice_date = move._get_document_day()
            # set when the draft was made, maybe before it was in this currency
            if not move.invoice_payment_term_id and (
                move.invoice_date_due == fields.Date.context_today(move)
            ):
                move.invoice_date_due = move.invoice_date

    @api.depends("needed_terms")
    def _compute_invoice_date_due(self):
        """Without terms Odoo lets a document fall due on the day of its user: one that
        is converted falls due on the day of its company, on which it is issued."""
        foreign = self.filtered(
            lambda move: (
                move._is_foreign() and move.is_sale_document(include_receipts=True)
            )
        )
        for company, moves in foreign.grouped("company_id").items():
            zoned = moves.with_context(tz=company._get_zone())
            super(AccountMove, zoned)._compute_invoice_date_due()
        return super(AccountMove, self - foreign)._compute_invoice_date_due()

    def _filter_posted_now(self, soft):
        """Those that Odoo posts at once; with ``soft`` others wait for their date."""
        today = fields.Date.context_today(self)  # core's own question
        return self.filtered(lambda move: not soft or move.date <= today)

    # === POSTING === #

    def _filter_checked_when_posted(self):
        """Those of these documents that a rule in force looks at when they are posted.

        To be extended by whoever checks in ``_post``. Costs no query.
        """
        return self.browse()

    def _post(self, soft=True):
        elsewhere = self._filter_dated_elsewhere()
        here = self - elsewhere
        posted = here._post_marked(soft) if here or not self else here
        for company, moves in elsewhere.grouped("company_id").items():
            moves._date_today()
            zoned = moves.with_context(tz=company._get_zone())
            posted += zoned._post_marked(soft).with_env(self.env)
        return posted

    def _post_marked(self, soft):
        posting = _POSTING.put_on(self)
        return super(AccountMove, posting)._post(soft).with_env(self.env)

    @api.model
    def default_get(self, fields):
        """Nothing is born posted: Odoo refuses the value, and takes the default."""
        values = super().default_get(fields)
        if values.get("state") == "posted":
            values["state"] = "draft"
        return values

    def write(self, vals):
        """A client that writes the state posts: by every check of ``_post``."""
        if vals.get("state") != "posted" or _POSTING.is_on(self.env):
            return super().write(vals)
        waiting = self.filtered(lambda move: move.state != "posted")
        checked = waiting._filter_checked_when_posted()
        if not checked:
            return super().write(vals)
        checked.check_access("write")
        others = self - checked
        result = super(AccountMove, others).write(vals) if others else True
        posts = ("state", "posted_before")
        if rest := {name: vals[name] for name in vals if name not in posts}:
            checked.write(rest)
        checked._post(soft=False)
        return result

    # === ENTRIES OF OUR RECORDS === #

    def _check_not_bound(self):
        """:raises UserError: a record of ours that posted one of these goes by it"""
        entries = self.filtered(
            lambda move: (
                move.move_type == "entry"
                and not move.origin_payment_id
                and not move.statement_line_id
            )
        )
        bound = entries and self.env["booking.mixin"]._find_bound(entries)
        if bound:
            raise UserError(bound._explain_bound())

    def _check_draftable(self):
        self._check_not_bound()
        return super()._check_draftable()

    def _reverse_moves(self, default_values_list=None, cancel=False):
        self._check_not_bound()
        return super()._reverse_moves(default_values_list, cancel)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_bound(self):
        self._check_not_bound()
