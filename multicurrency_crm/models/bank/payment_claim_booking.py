from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, format_list

from ..common.html_text import as_html
from .account_bank_statement_line import AS_IT_IS


class PaymentClaim(models.Model):
    """How a receipt gets its customer, and loses it again.

    A partner on a posted payment changes no line: it is redrafted, and posted again on
    its day, under its number, with the amounts that it had. Where its entry can't be
    touched (closed, hashed, matched with the bank), a transfer entry moves what is open
    from the receivable without partner to the customer's. A bank's line gets its
    customer, and a receivable in place of the suspense account. All of it with the
    rights of whoever confirms.
    """

    _inherit = "payment.claim"

    # === HOW === #

    @api.depends("state", "transfer_date")
    @api.depends_context("lang")
    def _compute_way_note(self):
        for claim in self:
            claim.way_note = claim.needs_transfer = False
            # sudo: finance reads what would be booked, as its button books it
            asked = claim.sudo()
            receipt = asked._get_receipt()
            if claim.state != "claimed" or not receipt:
                continue
            obstacle = asked._get_obstacle(receipt)
            claim.needs_transfer = bool(obstacle)
            claim.way_note = obstacle and self.env._(
                "%(obstacle)s An entry of its own gives the customer the receipt.",
                obstacle=obstacle,
            )

    @api.depends("state")
    @api.depends_context("lang")
    def _compute_twin_note(self):
        for claim in self:
            # sudo: as above
            twin = claim.state == "claimed" and claim.sudo()._find_twin()
            claim.twin_note = bool(twin) and self.env._(
                "%(twin)s is over the same amount in the same bank's journal: if that "
                "is the same money, match the two first, or the customer gets it "
                "twice.",
                twin=twin.display_name,
            )

    def _find_twin(self):
        """Find what may be the same money, entered once as a payment and once by the
        bank."""
        receipt = self._get_receipt()
        if self.payment_id:
            return self.env["account.bank.statement.line"].search(
                [
                    ("journal_id", "=", receipt.journal_id.id),
                    ("is_reconciled", "=", False),
                    ("amount", "=", self.amount),
                ],
                limit=1,
            )
        return self.env["account.payment"].search(
            [
                ("journal_id", "=", receipt.journal_id.id),
                ("payment_type", "=", "inbound"),
                ("state", "in", ("in_process", "paid")),
                ("is_matched", "=", False),
                ("currency_id", "=", self.currency_id.id),
                ("amount", "=", self.amount),
            ],
            limit=1,
        )

    def _get_obstacle(self, receipt):
        """Return why the entry of a receipt can't be changed, or False.

        :return: sentence
        """
        move, company = receipt.move_id, self.company_id
        has_tax = move._affect_tax_report()
        if company._get_violated_lock_dates(move.date, has_tax, move.journal_id):
            return self.env._(
                "%(day)s is closed.", day=format_date(self.env, move.date)
            )
        if move.inalterable_hash or move.journal_id.restrict_mode_hash_table:
            return self.env._(
                "Entries of %s are secured.", move.journal_id.display_name
            )
        if move.line_ids.matched_debit_ids or move.line_ids.matched_credit_ids:
            return self.env._("%s is matched in part.", move.name)
        if move.need_cancel_request:
            return self.env._("%s can't be changed.", move.name)
        return False

    def _find_open_lines(self, receipt, customer=None):
        """Return the items of a receipt that wait for a customer, or that a customer
        was given."""
        lines = receipt.move_id.line_ids
        if receipt._name == "account.payment" or customer:
            lines = lines.filtered(
                lambda line: line.account_id.account_type == "asset_receivable"
            )
        else:
            _liquidity, lines, _others = receipt._seek_for_lines()
        if customer is None:
            lines = lines.filtered(lambda line: not line.partner_id)
            return lines.filtered(lambda line: not line.reconciled)
        return lines.filtered(
            lambda line: line.partner_id.commercial_partner_id == customer
        )

    def _get_account(self, customer):
        """Return the receivable that the customer's credit stands on: that of the
        invoices which it pays, or else the customer's own. That of a payment without
        customer is any of the company's."""
        terms = self._sort_invoices().line_ids.filtered(
            lambda term: term.account_id.account_type == "asset_receivable"
        )
        return terms[:1].account_id or customer.property_account_receivable_id

    def _sort_invoices(self):
        """Return the invoices, what is due first first."""
        return self.move_ids.sorted(lambda m: (m.invoice_date_due or m.date, m.id))

    def _explain_bound(self):
        return self.env._(
            "That entry belongs to the claim of a receipt, %(claim)s: take the claim "
            "back instead.",
            claim=self.display_name,
        )

    # === CONFIRMED === #

    def _book(self):
        """Give the receipt its customer, and match the invoices, with the rights of
        the user.

        :raises AccessError: rights of Odoo's own are missing
        :raises UserError: a closed day
        """
        self.ensure_one()
        claim = self.with_company(self.company_id)
        receipt, customer = claim._get_receipt(), claim._get_customer()
        claim._check_may_book(receipt)
        lines = claim._find_open_lines(receipt)
        if len(lines) != 1:
            raise UserError(
                self.env._(
                    "%s has several open items: give it its customer by hand.",
                    receipt.move_id.name,
                )
            )
        line = lines
        account = claim._get_account(customer)
        if claim._get_obstacle(receipt):
            line = claim._transfer(line, account, customer)
        elif claim.payment_id:
            line = receipt._change_customer(customer, account)
        else:
            line = claim._set_on_statement_line(receipt, line, customer, account)
        matched = claim._match_invoices(line)
        claim._keep_outcome(matched, -line.amount_residual_currency)

    def _check_may_book(self, receipt):
        """:raises AccessError: rights of Odoo's own are missing"""
        if not self._may_book(receipt._name):
            raise AccessError(self._explain_no_decider())
        receipt.check_access("read")
        receipt.move_id.check_access("write")
        if self.payment_id:
            receipt.check_access("write")

    def _set_on_statement_line(self, st_line, line, customer, account):
        """Give a bank's line a customer (or none), and its counterpart an account.

        :param line: its suspense, or the receivable in its place
        :return: ``line``
        """
        move = st_line.move_id.with_context(**AS_IT_IS)
        before = move._note_booked()
        # sudo: who may write its entry was asked; Odoo's form of users gives nobody the
        # right to write lines of banks
        st_line.sudo().with_context(**AS_IT_IS).write({"partner_id": customer.id})
        move.write({"partner_id": customer.id})
        move.line_ids.write({"partner_id": customer.id})
        line.with_context(**AS_IT_IS).write({"account_id": account.id})
        move._check_booked_kept(before)
        return line

    def _transfer(self, line, account, customer):
        """Move what is open of a line to the customer, on a day that is open.

        :param line: receivable without partner, or suspense
        :return: the customer's line
        :raises UserError: the day is closed, or the suspense account can't be matched
        """
        if not line.account_id.reconcile:
            raise UserError(
                self.env._(
                    "%(obstacle)s What is on %(account)s can't be matched: allow "
                    "reconciliation on that account, or change the line of the bank "
                    "on an open day.",
                    obstacle=self._get_obstacle(self._get_receipt()),
                    account=line.account_id.display_name,
                )
            )
        parts = [
            (line.account_id, self.env["res.partner"], -1),
            (account, customer, 1),
        ]
        label = self.env._("Receipt %s", line.move_id.name)
        move = self._create_transfer(line, parts, self.transfer_date, label)
        # sudo: nobody writes by hand what a claim has booked
        self.sudo()._write_guarded({"transfer_move_id": move.id})
        theirs = move.line_ids.filtered("partner_id")
        (line + (move.line_ids - theirs)).reconcile()
        return theirs

    def _create_transfer(self, line, parts, day, label):
        """Post an entry that moves what is open of a line, worth what it is in the
        books.

        :param line: ``account.move.line``
        :param parts: [(account, partner, sign)]: 1 as the line itself
        :raises UserError: the day is closed, before the receipt, or to come
        """
        company, journal = self.company_id, self.transfer_journal_id
        self._check_transfer_day(day, journal)
        amount, booked = line.amount_residual_currency, line.amount_residual
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "company_id": company.id,
                "journal_id": journal.id,
                "date": day,
                "currency_id": line.currency_id.id,
                "ref": label,
                "line_ids": [
                    Command.create(
                        {
                            "name": label,
                            "account_id": account.id,
                            "partner_id": partner.id,
                            "currency_id": line.currency_id.id,
                            "amount_currency": sign * amount,
                            "balance": sign * booked,
                            "date_maturity": day,
                            "tax_ids": [],
                        }
                    )
                    for account, partner, sign in parts
                ],
            }
        )
        self._post_on(move, day)
        return move

    def _check_transfer_day(self, day, journal):
        company = self.company_id
        if not day or not journal:
            raise UserError(
                self.env._(
                    "Choose the day, and a miscellaneous journal, of the entry that "
                    "gives the customer the receipt."
                )
            )
        if day < self.date or day > company._get_today():
            raise UserError(
                self.env._(
                    "Choose a day from %(received)s on, until today: %(day)s isn't "
                    "one.",
                    received=format_date(self.env, self.date),
                    day=format_date(self.env, day),
                )
            )
        if company._get_violated_lock_dates(day, False, journal):
            raise UserError(self._explain_closed(day))

    def _explain_closed(self, day):
        return self.env._(
            "%(day)s is closed: choose an open day.", day=format_date(self.env, day)
        )

    def _match_invoices(self, line):
        """Match the customer's line with the invoices as far as it goes, the oldest
        first, and in the receipt's currency only.

        :return: [(invoice, amount in that currency)]
        """
        matched = []
        for invoice in self._sort_invoices():
            before = line.amount_residual_currency
            terms = invoice.line_ids.filtered(
                lambda term: (
                    term.account_id == line.account_id
                    and term.currency_id == line.currency_id
                    and term.amount_residual_currency > 0
                )
            )
            if line.reconciled or not terms or invoice.state != "posted":
                continue
            (line + terms).reconcile()
            matched.append((invoice, line.amount_residual_currency - before))
        return matched

    def _keep_outcome(self, matched, rest):
        """Keep what was matched, in each language.

        :param matched: as :meth:`_match_invoices` returns it
        :param rest: what stays the customer's credit, in the receipt's currency
        """
        names = [(move.name, amount) for move, amount in matched]
        # sudo: nobody writes by hand what a claim has booked
        done = self.sudo()
        done._write_guarded({"amount_matched": sum(amount for _n, amount in names)})
        done._keep_sentence("outcome", lambda claim: claim._format_outcome(names, rest))

    def _format_outcome(self, names, rest):
        """Return the sentences about what was matched.

        :param names: [(invoice's number, amount)]
        """
        show, sentences = self.currency_id._format_amount, []
        if names:
            parts = [f"{name} {show(amount)}" for name, amount in names]
            told = format_list(self.env, parts)
            sentences.append(self.env._("Matched: %(invoices)s.", invoices=told))
        if not self.currency_id.is_zero(rest):
            sentences.append(
                self.env._("%(rest)s is the customer's credit.", rest=show(rest))
            )
        return "\n".join(sentences)

    def _announce_decision(self):
        for claim in self:
            told = claim.with_context(lang=claim.requested_by.lang)
            if claim.state == "confirmed" and told.outcome:
                told.message_post(body=as_html(told.outcome))
        return super()._announce_decision()

    # === TAKEN BACK === #

    def _check_returnable(self):
        """:raises AccessError, UserError: as :meth:`_take_back`"""
        # sudo: the rights of whoever asks are judged by what is stored
        claim = self.sudo()
        claim.with_env(self.env)._check_decides_here()
        if claim.state != "confirmed":
            raise UserError(self.env._("Only what was confirmed is taken back."))

    def _take_back(self, reason, day):
        """Take a confirmed claim back: the receipt is nobody's again, and may be
        claimed.

        :param str reason: mandatory
        :param date day: of the entry, where a transfer is taken back
        :raises AccessError: not of finance, or rights of Odoo's own are missing
        :raises UserError: not confirmed, or what was booked can't be changed any more
        """
        self.ensure_one()
        reason = self._read_reason(reason)
        if not reason:
            raise UserError(self.env._("Say why it is taken back."))
        self._check_returnable()
        # sudo: the right was checked; of two who do it at once only one comes through
        done = self.sudo()
        done._write_guarded(
            {
                "state": "taken_back",
                "taken_back_by": self.env.uid,
                "taken_back_on": fields.Datetime.now(),
                "taken_back_reason": reason,
            }
        )
        done.flush_recordset()
        claim = self.with_company(self.company_id)
        if claim.transfer_move_id:
            claim._return_transfer(day)
        else:
            claim._return_receipt()
        self._follow_change()
        told = done.with_context(lang=done.requested_by.lang)
        told.message_post(
            body=as_html(told.env._("Taken back: %(reason)s", reason=reason)),
            partner_ids=done.requested_by.partner_id.ids,
        )
        return True

    def _return_transfer(self, day):
        """Mirror the transfer entry, and match the two."""
        move = self.transfer_move_id
        move.line_ids.remove_move_reconcile()
        theirs = move.line_ids.filtered("partner_id")
        ours = move.line_ids - theirs
        parts = [
            (ours.account_id, self.env["res.partner"], 1),
            (theirs.account_id, theirs.partner_id, -1),
        ]
        label = self.env._("Taken back: %s", move.ref)
        back = self._create_transfer(theirs, parts, day, label)
        # sudo: nobody writes by hand what a claim has booked
        self.sudo()._write_guarded({"return_move_id": back.id})
        for line in move.line_ids:
            mirrored = back.line_ids.filtered(
                lambda other, line=line: (
                    other.account_id == line.account_id
                    and other.partner_id == line.partner_id
                )
            )
            (line + mirrored).reconcile()

    def _return_receipt(self):
        """Take the customer off the payment, or the bank's line.

        :raises UserError: it was changed since, or its entry is closed or matched with
            the bank
        """
        receipt, customer = self._get_receipt(), self._get_customer()
        if receipt.partner_id.commercial_partner_id != customer:
            raise UserError(
                self.env._("The receipt was changed since: look at it instead.")
            )
        self._check_may_book(receipt)
        [line] = self._find_open_lines(receipt, customer)[:1] or [None]
        if line:
            line.remove_move_reconcile()
        obstacle = self._get_lasting_obstacle(receipt)
        if obstacle or not line:
            raise UserError(
                self.env._(
                    "%(obstacle)s What was confirmed can't be taken back while that "
                    "is so.",
                    obstacle=obstacle or self.env._("The receipt was changed since."),
                )
            )
        nobody = self.env["res.partner"]
        if self.payment_id:
            receipt._change_customer(nobody, line.account_id)
        else:
            suspense = receipt.journal_id.suspense_account_id
            self._set_on_statement_line(receipt, line, nobody, suspense)

    def _get_lasting_obstacle(self, receipt):
        """Return why the entry can't be changed back; the customer's line is open."""
        move = receipt.move_id
        if move.line_ids.matched_debit_ids or move.line_ids.matched_credit_ids:
            return self.env._(
                "%s is matched with the bank: undo that first.", move.name
            )
        return self._get_obstacle(receipt)
