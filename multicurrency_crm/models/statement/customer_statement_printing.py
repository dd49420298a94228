from datetime import date

from odoo import api, fields, models
from odoo.tools import format_date, format_list
from odoo.tools.misc import formatLang

#: Rows that are worth something in company currency only, as a rule.
BOOKED_ROWS = ("exchange", "valuation")
#: Rows of which the customer reads the reference: that of an entry is a note of ours.
REFERENCED = ("invoice", "credit_note", "payment", "advance")

#: Money, which isn't owed even where it was paid back too much.
MONEY = ("payment", "advance")


class CustomerStatement(models.Model):
    """What a statement says on paper, on the portal and in a workbook, in the language
    of the environment.

    A customer reads document currencies. What is booked, what it would be worth today
    and what doesn't tie out is ours.
    """

    _inherit = "customer.statement"

    contact_id = fields.Many2one(
        "res.partner",
        compute="_compute_contact_id",
        help="To whom statements of this customer go: its invoice address.",
    )

    def _prepare_mark(self):
        """Say, across a print, what this statement isn't: verified, standing, or one
        that ties out.

        :return: sentence, or None
        """
        self.ensure_one()
        if self.state == "superseded":
            return self.env._(
                "Superseded: a newer statement of these days has taken its place."
            )
        if self.state == "draft" and not self.is_tied:
            return self.env._("Draft: not verified, and it doesn't tie out.")
        if self.state == "draft":
            return self.env._("Draft: not verified yet.")
        return None

    # === WHO READS IT === #

    @api.depends("partner_id")
    def _compute_contact_id(self):
        for statement in self:
            found = statement.partner_id.address_get(["invoice"])
            statement.contact_id = found["invoice"] or statement.partner_id

    def _get_customer_lang(self):
        """Return the code of the language in which this customer reads."""
        self.ensure_one()
        return self.contact_id.lang or self.partner_id.lang or self.env.lang

    def _in_customer_language(self):
        self.ensure_one()
        return self.with_context(lang=self._get_customer_lang())

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.env._(
            "Statement %(customer)s %(date)s",
            customer=self.partner_id.name or "",
            date=self.date_to,
        )

    # === BLOCKS === #

    def _prepare_blocks(self, internal=False):
        """Prepare what this statement says of each currency.

        :param bool internal: with rows and figures in company currency, too
        :return: [{'currency', 'row', 'figures': [(label, text, is a total)], 'moves',
            'items': [dicts as of :meth:`_prepare_line`], 'ages': [(label, text)],
            'unallocated': text or None, 'banks', 'pay_to', 'is_owed',
            'in_favour': sentence or None}], by the currency's code
        """
        self.ensure_one()
        lines = self.line_ids.grouped("currency_id")
        blocks = []
        for row in self.currency_line_ids.sorted(lambda row: row.currency_id.name):
            mine = lines.get(row.currency_id, self.line_ids.browse())
            block = self._prepare_block(row, mine, internal)
            # the lines of an old statement may be deleted: its figures stay
            if (
                internal
                or block["moves"]
                or block["items"]
                or not row.currency_id.is_zero(row.opening)
                or not row.currency_id.is_zero(row.closing)
            ):
                blocks.append(block)
        return blocks

    def _prepare_block(self, row, lines, internal):
        currency = row.currency_id
        hidden = {
            line.settled_by for line in lines if line.kind == "clearing"
        }  # another customer's documents
        moves, items = [], []
        for line in lines.sorted(lambda line: (line.date or self.date_to, line.id)):
            prepared = self._prepare_line(line, hidden, internal)
            booked_only = internal and line.kind in BOOKED_ROWS
            if not currency.is_zero(line.movement) or booked_only:
                moves.append(prepared)
            if not currency.is_zero(line.residual) or (
                internal and line.residual_booked
            ):
                items.append(prepared)
        items.sort(key=lambda item: (item["due"] or date.max, item["line"].id))
        unallocated = not currency.is_zero(row.unallocated)
        return {
            "currency": currency,
            "row": row,
            "figures": self._prepare_figures(row, lines, internal),
            "moves": moves,
            "items": items,
            "ages": self._prepare_ages(row),
            "unallocated": (
                currency._format_amount(row.unallocated) if unallocated else None
            ),
            "banks": self._find_banks(currency),
            "pay_to": self.env._("Please pay %(currency)s to", currency=currency.name),
            "is_owed": currency.compare_amounts(row.closing, 0.0) > 0,
            "in_favour": self._format_in_favour(row),
        }

    def _format_in_favour(self, row):
        """Say, of a currency in which the customer has paid too much, that it has."""
        if row.currency_id.compare_amounts(row.closing, 0.0) >= 0:
            return None
        return self.env._(
            "%(amount)s are in your favour: nothing is to be paid.",
            amount=row.currency_id._format_amount(-row.closing),
        )

    def _prepare_figures(self, row, lines, internal):
        """Prepare how the closing balance of a currency comes about. Exchange
        differences are ours: a customer has paid in another currency, or not.

        :return: [(label, amount as text, whether it is a balance)]; what is 0 between
            the balances is left out
        """
        currency = row.currency_id
        exchange = 0.0
        if not internal:
            exchange = sum(line.movement for line in lines if line.kind in BOOKED_ROWS)
        between = [
            (label, amount)
            for label, amount in (
                (self.env._("Invoiced"), row.invoiced),
                (self.env._("Credit notes"), -row.credited),
                (self.env._("Payments received"), -row.paid),
                (self.env._("Refunds paid out"), row.refunded),
                (
                    self.env._("Settled in other currencies"),
                    currency.round(row.settled_elsewhere + exchange),
                ),
                (self.env._("Other entries"), currency.round(row.other - exchange)),
            )
            if not currency.is_zero(amount)
        ]
        opening = self.env._(
            "Balance before %(date)s", date=format_date(self.env, self.date_from)
        )
        closing = self.env._(
            "Balance on %(date)s", date=format_date(self.env, self.date_to)
        )
        return [
            (opening, currency._format_amount(row.opening), True),
            *(
                (label, currency._format_amount(amount), False)
                for label, amount in between
            ),
            (closing, currency._format_amount(row.closing), True),
        ]

    def _prepare_ages(self, row):
        """Prepare how old what is owed is, by this statement's own bounds.

        :return: [(label, amount as text)]
        """
        first, second, third = self._get_bounds()
        labels = [self.env._("Not due")]
        for start, end in ((1, first), (first + 1, second), (second + 1, third)):
            labels.append(
                self.env._("%(start)s to %(end)s days late", start=start, end=end)
            )
        labels.append(self.env._("More than %(days)s days late", days=third))
        amounts = (row.not_due, row.days_30, row.days_60, row.days_90, row.older)
        return [
            (label, row.currency_id._format_amount(amount))
            for label, amount in zip(labels, amounts, strict=True)
        ]

    def _prepare_line(self, line, hidden, internal):
        """Prepare a row of the statement.

        :param hidden: documents of other customers, which this one doesn't read of
        :return: {'line', 'name', 'kind', 'reference', 'detail', 'date', 'due', 'late',
            (days), 'amount', 'movement', 'open'}, all but the line as text
        """
        currency = line.currency_id
        kinds = dict(line._fields["kind"]._description_selection(self.env))
        # money in the customer's favour isn't due, nor late
        owed = line.residual > 0 and line.kind not in MONEY
        due = line.date_due if owed else None
        late = max((self.date_to - due).days, 0) if due else 0
        reference = line.reference if internal or line.kind in REFERENCED else None
        settlement = self._format_settlement(line, hidden, internal)
        # a payment's reference is often what it pays
        said = reference and reference in settlement
        details = [None if said else reference, settlement]
        kind = kinds[line.kind]
        if line.kind in BOOKED_ROWS and not internal:
            kind = self.env._("Settled in other currencies")
        elif line.kind in MONEY and line.amount > 0:
            kind = self.env._("Refund paid out")
        return {
            "line": line,
            "name": line.name or kind,
            "kind": kind,
            "reference": reference or "",
            "detail": " · ".join(text for text in details if text),
            "day": format_date(self.env, line.date) if line.date else "",
            "due": due,
            "due_day": format_date(self.env, due) if due else "",
            "late": formatLang(self.env, late, digits=0) if late else "",
            "amount": currency._format_amount(line.amount),
            "movement": currency._format_amount(line.movement),
            "open": currency._format_amount(line.residual),
        }

    def _prepare_remarks(self, prepared, is_open):
        """Prepare what stands below a row on the portal.

        :param prepared: as of :meth:`_prepare_line`
        :param bool is_open: it stands among what is open: when it is due is said
        :return: [(text, whether it is overdue)]
        """
        due = is_open and prepared["due_day"]
        late = is_open and prepared["late"]
        return [
            (prepared["kind"], False),
            (prepared["day"], False),
            (due and self.env._("due %(date)s", date=due), False),
            (late and self.env._("%(days)s days late", days=late), True),
            (prepared["detail"], False),
        ]

    def _format_settlement(self, line, hidden, internal):
        """Say what a row was settled with: of another currency, both amounts stand
        there."""
        if line.kind == "elsewhere" and line.other_currency_id:
            return self.env._(
                "settled with %(amount)s of %(document)s",
                amount=line.other_currency_id._format_amount(abs(line.other_amount)),
                document=line.settled_by or "",
            )
        if not line.settled_by or (line.kind == "clearing" and not internal):
            return ""
        names = [
            name
            for name in line.settled_by.split(", ")
            # an entry whose two sides are matched is no news
            if name != line.name and (internal or name not in hidden)
        ]
        if not names:
            return ""
        return self.env._(
            "matched with %(documents)s", documents=format_list(self.env, names)
        )

    # === IN COMPANY CURRENCY: OURS ONLY === #

    def _prepare_booked(self, row):
        """Prepare what a currency is worth in company currency, for colleagues.

        :return: [(label, text)]: booked, at spot with its rate, difference
        """
        books = self.company_currency_id._format_amount
        figures = [
            (self.env._("Opening, booked"), books(row.opening_booked)),
            (self.env._("Closing, booked"), books(row.closing_booked)),
        ]
        if row.currency_id == self.company_currency_id:
            return figures
        if row.booked_only:
            label = self.env._("Of which in company currency only")
            figures.append((label, books(row.booked_only)))
        rate = self.env._("Spot rate"), row.rate_text or ""
        if not row.has_rate:
            return [*figures, rate]
        return [
            *figures,
            rate,
            (self.env._("Closing, at spot"), books(row.closing_spot)),
            (self.env._("Unrealized Gain/Loss (spot)"), books(row.unrealised)),
        ]

    def _prepare_total(self):
        """Prepare the total over all currencies in company currency, for colleagues.

        :return: [(label, text)]
        """
        books = self.company_currency_id._format_amount
        missing = self.env._("a rate is missing")
        known = self.has_rates
        return [
            (self.env._("Total, booked"), books(self.total_booked)),
            (
                self.env._("Total, at spot"),
                books(self.total_spot) if known else missing,
            ),
            (
                self.env._("Unrealized Gain/Loss (spot)"),
                books(self.unrealised) if known else missing,
            ),
        ]

    # === HOW TO PAY === #

    def _find_banks(self, currency):
        """Find the company's bank accounts to which this currency is paid: those kept
        in it, else those of any currency; never one of another currency.

        :return: ``res.partner.bank`` with sudo
        """
        # sudo: a customer's print names the account to pay to
        company = self.company_id.sudo()
        banks = company.partner_id.bank_ids
        return banks.filtered(lambda bank: bank.currency_id == currency) or (
            banks.filtered(lambda bank: not bank.currency_id)
        )
