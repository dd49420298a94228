from decimal import Decimal

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_list

from ...engine.conversions import Conversion, book, value
from .fx_conversion import as_digits

#: A bank's rate farther than this from the spot is asked about before it is booked.
FAR = 0.05

#: {role of a line: setting of the company that says its account}
ACCOUNTS = {
    "charges": "conversion_charges_account_id",
    "gain": "conversion_gain_account_id",
    "loss": "conversion_loss_account_id",
    "forward": "forward_result_account_id",
}
#: {side: what the money does in its journal}
SIDES = {"from": "outbound", "to": "inbound"}


class FxConversion(models.Model):
    """Entries of conversions: what will be booked, posted, and taken back.

    The currency that is sold leaves, and the one that is bought comes in, at the
    booking rates of the day; what the bank's price, or a contract's, brought against
    these has an account of its own.
    """

    _inherit = "fx.conversion"

    preview = fields.Html(
        string="To Be Booked", compute="_compute_preview", sanitize=False
    )
    obstacle = fields.Char(compute="_compute_preview")
    legs_note = fields.Char(compute="_compute_legs_note")

    # === COMPUTE METHODS === #

    @api.depends(
        "state",
        "company_id",
        "date",
        "journal_from_id",
        "journal_to_id",
        "amount_from",
        "amount_to",
        "charges",
        "quote_direction",
        "bank_rate",
        "forward_id",
        "forward_carried",
        "forward_carried_account_id",
    )
    @api.depends_context("lang")
    def _compute_preview(self):
        for conversion in self:
            conversion.preview = conversion.obstacle = False
            if conversion.state != "draft" or not conversion._is_filled_in():
                continue
            try:
                # sudo: who changes money needn't read the accounts
                lines = conversion.sudo()._prepare_lines()
            except UserError as error:
                conversion.obstacle = str(error)
            else:
                conversion.preview = conversion.sudo()._format_lines(lines)

    @api.depends("state", "company_id", "journal_from_id", "journal_to_id")
    @api.depends_context("lang")
    def _compute_legs_note(self):
        for conversion in self:
            # sudo: who changes money needn't read the accounts
            conversion.legs_note = conversion.sudo()._get_legs_note()

    def _is_filled_in(self):
        return bool(
            self.company_id
            and self.date
            and self.journal_id
            and self._get_side()
            and self.currency_from_id != self.currency_to_id
            and self.amount_from > 0
            and self.amount_to > self.charges >= 0
        )

    def _get_legs_note(self):
        """Return the sentences that say where the money waits, or False."""
        sentences = []
        for side in SIDES:
            journal = self[f"journal_{side}_id"]
            if self.state != "draft" or not (journal and self.company_id):
                continue
            account = self._find_leg_account(side)
            if account and account != journal.default_account_id:
                sentences.append(
                    self.env._(
                        "%(journal)s: the money waits on %(account)s, to be matched "
                        "with the bank's statement.",
                        journal=journal.display_name,
                        account=account.display_name,
                    )
                )
            elif account:
                sentences.append(
                    self.env._(
                        "%(journal)s: booked on the bank's own account, since no "
                        "statements are entered there.",
                        journal=journal.display_name,
                    )
                )
        return " ".join(sentences) or False

    # === RATES === #

    def _find_day_rates(self):
        """Find the booking rates of the day.

        :return: ((rate of what is sold, of what is bought), [sentence]); each is units
            for 1 unit of company currency, or None and a sentence says why
        """
        pair = self.currency_from_id, self.currency_to_id
        both = self.currency_from_id | self.currency_to_id
        fresh, sentences = both._find_fresh(self.company_id, self.date)
        rates = [fresh[one.id].rate if one.id in fresh else None for one in pair]
        return rates, list(sentences.values())

    def _find_spot_prices(self):
        """Find what the booking rates of their days give, quoted as the bank's rates.

        :return: {conversion: price}; one whose rates aren't known or fresh is absent
        """
        prices = {}
        known = self.filtered(lambda one: one._get_side() and one.date)
        days = known.grouped(lambda one: (one.company_id, one.date))
        for (company, day), conversions in days.items():
            both = conversions.currency_from_id | conversions.currency_to_id
            fresh, _stale = both._find_fresh(company, day)
            for one in conversions:
                given = fresh.get(one.currency_from_id.id)
                got = fresh.get(one.currency_to_id.id)
                if given and got:
                    pair = got.rate, given.rate
                    if one.quote_direction == "from_per_to":
                        pair = pair[::-1]
                    prices[one] = pair[0] / pair[1]
        return prices

    def _is_far(self):
        """Return whether the bank's rate is so far from the spot that it may be a
        slip."""
        spot, price = self._find_spot_prices().get(self), self._get_price()
        if self.forward_id or not (spot and price):
            return False
        times = float(price) / spot
        return max(times, 1 / times) - 1 > FAR

    # === ENTRY === #

    def _get_conversion(self):
        """Return what is to be valued.

        :return: ``engine.conversions.Conversion``
        :raises UserError: a currency has no fresh booking rate
        """
        rates, sentences = self._find_day_rates()
        if sentences:
            raise UserError("\n".join(sentences))
        given, got, books = (
            self.currency_from_id,
            self.currency_to_id,
            self.company_currency_id,
        )
        given_rate, got_rate = (Decimal(repr(rate)) for rate in rates)
        return Conversion(
            given=as_digits(given, self.amount_from),
            given_rate=given_rate,
            got=as_digits(got, self.amount_to),
            got_rate=got_rate,
            charges=as_digits(got, self.charges),
            step=Decimal(repr(books.rounding)),
            by_forward=bool(self.forward_id),
            carried=as_digits(books, self.forward_carried),
        )

    def _find_leg_account(self, side):
        """Find the account on which money leaves or comes in: that on which it waits
        for the bank's statement, where there is one, else the bank's own.

        :param str side: 'from' or 'to'
        :return: ``account.account``, or none
        """
        journal = self[f"journal_{side}_id"]
        # sudo: who works in a branch needn't see its main company
        company = self.company_id.sudo()
        choice = company.root_id.conversion_bank_legs
        transfer = company.transfer_account_id or company.root_id.transfer_account_id
        if choice == "transfer":
            return transfer
        if choice == "bank":
            return journal.default_account_id
        currency = self[f"currency_{side}_id"]
        waiting = journal._get_waiting_account(SIDES[side], currency)
        if not waiting and journal._has_statement_lines():
            return transfer
        return waiting or journal.default_account_id

    def _get_account(self, role):
        """Return the account of a line.

        :param str role: as ``engine.conversions.Booking.role``
        :raises UserError: none is chosen
        """
        if role in ACCOUNTS:
            return self.company_id._get_conversion_account(ACCOUNTS[role])
        if role == "carried":
            return self.forward_carried_account_id
        account = self._find_leg_account(role)
        if not account:
            raise UserError(
                self.env._(
                    "%(journal)s has no account on which the money can be booked: "
                    "choose its bank account, and a transfer account in the settings "
                    "of Invoicing.",
                    journal=self[f"journal_{role}_id"].display_name,
                )
            )
        return account

    def _prepare_lines(self):
        """Return the values of the lines of the entry.

        :raises UserError: no fresh rate, or an account isn't chosen
        """
        return [
            self._prepare_line_vals(booking) for booking in book(self._get_conversion())
        ]

    def _prepare_line_vals(self, booking):
        currency = {
            "from": self.currency_from_id,
            "to": self.currency_to_id,
            "charges": self.currency_to_id,
        }.get(booking.role, self.company_currency_id)
        names = {
            "charges": self.env._("Bank charges"),
            "carried": self.env._("Fair value of %s", self.forward_id.name),
            "forward": self.env._("Result of %s", self.forward_id.name),
        }
        amount = booking.balance if booking.foreign is None else booking.foreign
        return {
            "name": names.get(booking.role, self.summary),
            "account_id": self._get_account(booking.role).id,
            "currency_id": currency.id,
            "amount_currency": float(amount),
            "balance": float(booking.balance),
            "tax_ids": [],
        }

    def _format_lines(self, lines):
        """Write what will be booked as a table.

        :param lines: values of ``account.move.line``
        """
        books = self.company_currency_id
        rows = Markup()
        for vals in lines:
            account = self.env["account.account"].browse(vals["account_id"])
            currency = self.env["res.currency"].browse(vals["currency_id"])
            amount = books._format_amount(abs(vals["balance"]))
            foreign = ""
            if currency != books:
                foreign = currency._format_amount(abs(vals["amount_currency"]))
            is_debit = vals["balance"] > 0 or vals["amount_currency"] > 0
            cells = (
                account.display_name,
                foreign,
                amount if is_debit else "",
                "" if is_debit else amount,
            )
            rows += Markup("<tr>%s</tr>") % Markup().join(
                Markup("<td class='%s'>%s</td>") % ("text-end" if at else "", cell)
                for at, cell in enumerate(cells)
            )
        heads = (
            self.env._("Account"),
            self.env._("In Currency"),
            self.env._("Debit Amount"),
            self.env._("Credit Amount"),
        )
        head = Markup().join(
            Markup("<th class='%s'>%s</th>") % ("text-end" if at else "", title)
            for at, title in enumerate(heads)
        )
        return Markup(
            "<table class='table table-sm o_main_table'><thead><tr>%s</tr></thead>"
            "<tbody>%s</tbody></table>"
        ) % (head, rows)

    # === ACTIONS === #

    def action_ask_post(self):
        """Post; where the bank's rate is far from the spot, ask before.

        :raises UserError: as :meth:`action_post`
        """
        self.ensure_one()
        self.check_access("write")
        if not self._is_far():
            return self.action_post()
        # sudo: the right was checked
        self.sudo()._check_postable()
        return self._ask_before(
            "action_post",
            self.env._(
                "The bank's rate is %(rate)s, the spot %(spot)s. Is that right?",
                rate=self.rate_display,
                spot=self.spot_display,
            ),
        )

    def action_post(self):
        """Book what the bank changed, and settle the forward as far as it goes.

        :raises UserError: a day to come or closed, no fresh rate, an account that isn't
            chosen, more than is left of the forward
        """
        self.check_access("write")
        for conversion in self:
            # sudo: the right was checked; finance needn't have Odoo's rights to post
            conversion.sudo()._book()
        return True

    def action_ask_cancel(self):
        """Ask before :meth:`action_cancel`, where nothing stands in its way.

        :raises UserError: as :meth:`action_cancel`
        """
        self.check_access("write")
        for conversion in self:
            # sudo: the right was checked
            conversion.sudo()._check_cancellable()
        return self._ask_before(
            "action_cancel",
            self.env._("A reversing entry is posted on the same day. Cancel it?"),
        )

    def action_cancel(self):
        """Take a conversion back by a reversing entry of the same day; its forward
        gets its part back.

        :raises UserError: not posted, a closed day, matched with a statement
        """
        self.check_access("write")
        for conversion in self:
            # sudo: the right was checked
            conversion.sudo()._take_back()
        return True

    # === POSTING === #

    def _check_postable(self):
        """:raises UserError: something stands in the way"""
        if self.state != "draft":
            raise UserError(self._explain_settled())
        self._check_terms()
        if self.date > self.company_id._get_today():
            raise UserError(
                self.env._(
                    "%(date)s is still to come: post the conversion then.",
                    date=format_date(self.env, self.date),
                )
            )
        pair = self.currency_from_id | self.currency_to_id
        if archived := pair.filtered(lambda currency: not currency.active):
            raise UserError(
                self.env._(
                    "%(currency)s is archived: activate it under Currencies first.",
                    currency=format_list(self.env, archived.mapped("name")),
                )
            )
        self._check_books_open(self.date, self.journal_id)
        if self.forward_id:
            self.forward_id._check_exchangeable(self._get_forward_part(), self.date)

    def _get_forward_part(self):
        """Return how much of the forward this conversion exchanges."""
        is_sold = self.forward_id.side == "sell"
        return self.amount_from if is_sold else self.amount_to

    def _book(self):
        """Post the entry of this conversion."""
        self._check_postable()
        valued = value(self._get_conversion())
        # the forward's row is written first: whoever comes second stops here
        self._write_guarded({"state": "posted", **self._prepare_valued_vals(valued)})
        is_last = self.forward_id and self.forward_id._note_exchanged(self)
        Move = self.env["account.move"].with_company(self.company_id)
        move = Move.create(
            {
                "move_type": "entry",
                "company_id": self.company_id.id,
                "journal_id": self.journal_id.id,
                "date": self.date,
                "ref": self.name,
                "line_ids": [Command.create(vals) for vals in self._prepare_lines()],
            }
        )
        self._write_guarded({"move_id": move.id, "is_forward_completed": bool(is_last)})
        self._post_on(move, self.date)

    def _prepare_valued_vals(self, valued):
        """Return what is noted of a conversion when it is booked.

        :param valued: ``engine.conversions.Valued``
        """
        return {
            "spot": self._find_spot_prices()[self],
            "value_from": float(valued.given),
            "value_to": float(valued.got),
            "charges_value": float(valued.charges),
            "result": float(valued.result),
            "forward_result": float(valued.forward_result),
        }

    # === CANCELLING === #

    def _check_cancellable(self):
        """:raises UserError: something stands in the way"""
        if self.state != "posted":
            raise UserError(self._explain_settled())
        self._check_books_open(self.date, self.journal_id)
        lines = self.move_id.line_ids
        if lines.matched_debit_ids | lines.matched_credit_ids:
            raise UserError(
                self.env._(
                    "%(conversion)s is matched with what the bank's statement says: "
                    "undo that first.",
                    conversion=self.name,
                )
            )

    def _take_back(self):
        """Cancel this conversion; what it posted nets to zero on each account."""
        self._check_cancellable()
        mirror = self._mirror(self.move_id)
        self._write_guarded({"state": "cancelled", "cancel_move_id": mirror.id})
        if self.forward_id:
            self.forward_id._give_back(self)
        pairs = zip(
            self.move_id.line_ids.sorted("id"),
            mirror.line_ids.sorted("id"),
            strict=True,
        )
        for line, back in pairs:
            if line.account_id.reconcile:
                # nothing is left to be matched with a statement
                (line | back).reconcile()

    # === ENTRIES === #

    def _explain_bound(self):
        return self.env._(
            "That entry belongs to the conversion %(conversion)s: cancel the "
            "conversion instead.",
            conversion=self.name,
        )

    @api.model
    def _find_by_entries(self, moves):
        """Return the conversions that have posted some of these entries.

        :param moves: ``account.move``
        """
        ids = moves.ids
        return self.search(["|", ("move_id", "in", ids), ("cancel_move_id", "in", ids)])
