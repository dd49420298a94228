from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, format_list

from ...engine.matching import share_out
from .bank_receipt_matching import exact


class BankReceipt(models.Model):
    """What a receipt pays, booked as Odoo books it.

    A line of a bank gets its counterparts on the items' accounts in the place of its
    suspense account; a payment is matched as it is, and what is written off gets an
    entry of its own, so that hashed payments stay what they are. Odoo's matching books
    the exchange differences.
    """

    _inherit = "bank.receipt"

    def _allocate(self, partner, amounts, charges=0.0, advance=False, reasons=""):
        """Settle open items with this receipt.

        :param partner: ``res.partner`` who paid; all items are its own, or of its
            contacts
        :param dict amounts: {``account.move.line``: how much of it, in the receipt's
            currency}
        :param float charges: that the amounts are more than the receipt, written off
        :param bool advance: what is left of a bank's line is the customer's advance,
            instead of waiting on
        :param str reasons: why it was proposed
        :return: ``bank.match``
        :raises AccessError: not allowed
        :raises UserError: it isn't all open any more, too much, of somebody else, in
            another currency, or the books are closed
        """
        self.ensure_one()
        self._check_may_match()
        self._check_left()
        # sudo: the right to match was checked; Community lets few write bank lines
        receipt = self.sudo()
        partner = partner.commercial_partner_id
        rounded = self.currency_id.round
        amounts = {
            item.sudo(): rounded(amount)
            for item, amount in amounts.items()
            if rounded(amount)
        }
        charges = rounded(charges)
        items = self.env["account.move.line"].sudo().concat(*amounts)
        receipt._take_turn(items)
        receipt._check_allocation(partner, amounts, charges, advance)
        vals = receipt._prepare_match_vals(partner, amounts, charges, advance)
        if receipt.statement_line_id:
            receipt._settle_with_line(partner, amounts, charges, advance)
        else:
            entry = receipt._settle_with_payment(partner, amounts, charges)
            vals["charge_move_id"] = entry.id
        # sudo: what was matched is noted, by nobody but this
        Match = self.env["bank.match"].sudo()
        match = Match._create_guarded([vals | {"reasons": reasons}])
        if not Match._is_any():
            self.env["res.company"]._forget_remembered()
        self.invalidate_model()
        return match.sudo(False)

    def _prepare_match_vals(self, partner, amounts, charges, advance):
        settled = sum(amounts.values()) - charges
        return {
            "company_id": self.company_id.id,
            "date": self.date,
            "text": self.text or self.payer,
            "statement_line_id": self.statement_line_id.id,
            "payment_id": self.payment_id.id,
            "partner_id": partner.id,
            "partner_before_id": self.partner_id.id,
            "currency_id": self.currency_id.id,
            "amount": self.amount if advance else settled,
            "charges": charges,
            "item_ids": [Command.set([item.id for item in amounts])],
        }

    # === TURNS === #

    @api.model
    def _take_rows(self, lines, statement_lines, payments):
        """Take journal items, and what they belong to, in one order: of two who match
        the same at once, Odoo calls the second again, and it finds what the first has
        done."""
        self.env.flush_all()
        for table, records in (
            ("account_bank_statement_line", statement_lines),
            ("account_payment", payments),
            ("account_move_line", lines),
        ):
            self.env.execute_query(
                SQL(
                    "SELECT id FROM %s WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
                    SQL.identifier(table),
                    sorted(records.ids),
                )
            )

    def _take_turn(self, items):
        """:raises UserError: nothing is left of this receipt"""
        self._take_rows(
            self.move_id.line_ids | items, self.statement_line_id, self.payment_id
        )
        self._check_left()

    # === CHECKS === #

    def _check_allocation(self, partner, amounts, charges, advance):
        """:raises UserError: this can't be settled so"""
        if not partner:
            raise UserError(self.env._("Choose the customer who paid."))
        if not amounts and self.payment_id:
            self._refuse_unchosen()
        if not amounts and not advance:
            raise UserError(
                self.env._("Choose what was paid, or book it as an advance.")
            )
        accounts, own = self._find_accounts(), self._find_own()
        if partner != self._get_own_partner():
            own = own.browse()
        for item, amount in amounts.items():
            self._check_currency(item)
            if item not in own:
                self._check_owed(partner, item, accounts)
            self._check_left_of(item, amount)
        self._check_sums(sum(amounts.values()), charges)
        if self.statement_line_id:
            self._check_entry_open(self.move_id)
        elif advance:
            raise UserError(
                self.env._(
                    "A payment is its customer's advance as long as it isn't matched: "
                    "leave the rest open."
                )
            )
        elif charges:
            self._check_day_open(self.move_id)

    def _refuse_unchosen(self):
        """:raises UserError: always: what a payment has instead of advances"""
        if self.payment_id.partner_id:
            raise UserError(
                self.env._(
                    "Choose what was paid. As long as the payment isn't matched, it is "
                    "its customer's advance."
                )
            )
        raise UserError(
            self.env._(
                "Choose what was paid. A payment that pays nothing yet gets its "
                "customer by being claimed, in Today → Receipts to Claim, and is the "
                "customer's advance from then on."
            )
        )

    @api.model
    def _get_item_name(self, item):
        return item._get_document_name()

    def _check_currency(self, item):
        """:raises UserError: an item is in another currency than the receipt"""
        if item.currency_id != self.currency_id:
            raise UserError(
                self.env._(
                    "%(item)s is in %(currency)s, and the receipt pays in %(other)s.",
                    item=self._get_item_name(item),
                    currency=item.currency_id.name,
                    other=self.currency_id.name,
                )
            )

    def _check_owed(self, partner, item, accounts):
        """:raises UserError: an item isn't the customer's, or on another account than
        this receipt pays"""
        name = self._get_item_name(item)
        if (
            item.partner_id.commercial_partner_id != partner
            or item.company_id not in self.env.companies
            or item.parent_state != "posted"
        ):
            raise UserError(
                self.env._(
                    "%(item)s is nothing that %(customer)s owes and that this receipt "
                    "can pay.",
                    item=name,
                    customer=partner.display_name,
                )
            )
        if item.account_id not in accounts:
            raise UserError(
                self.env._(
                    "%(item)s is on %(owed)s, and this receipt pays what is on "
                    "%(paid)s.",
                    item=name,
                    owed=item.account_id.code,
                    paid=format_list(self.env, accounts.mapped("code")),
                )
            )

    def _check_left_of(self, item, amount):
        """:raises UserError: less of an item is open"""
        left = item.amount_residual_currency
        if amount < 0 or self.currency_id.compare_amounts(amount, left) > 0:
            raise UserError(
                self.env._(
                    "%(left)s of %(item)s is open, and %(amount)s can't be taken of "
                    "it: somebody may have been faster.",
                    left=self.currency_id._format_amount(max(left, 0.0)),
                    item=self._get_item_name(item),
                    amount=self.currency_id._format_amount(amount),
                )
            )

    def _check_sums(self, settled, charges):
        """:raises UserError: more than came in, or than may be written off"""
        currency, show = self.currency_id, self.currency_id._format_amount
        if charges < 0 or currency.compare_amounts(settled - charges, self.amount) > 0:
            raise UserError(
                self.env._(
                    "What was chosen is %(more)s more than what is left of the "
                    "receipt, %(left)s: take less of it, or write the difference off "
                    "as charges.",
                    more=show(settled - charges - self.amount),
                    left=show(self.amount),
                )
            )
        if not charges:
            return
        if currency.compare_amounts(settled - charges, self.amount) != 0:
            raise UserError(
                self.env._(
                    "Charges are written off where the whole receipt is matched: "
                    "%(left)s of it would be left.",
                    left=show(self.amount - settled + charges),
                )
            )
        self._check_charges(settled, charges)

    def _check_charges(self, settled, charges):
        """:raises UserError: more than the settings let people write off"""
        most = self._get_most_written_off(settled)
        if self.currency_id.compare_amounts(charges, most) > 0:
            raise UserError(
                self.env._(
                    "%(charges)s can't be written off as charges: the settings of "
                    "Multi-Currency let %(most)s be written off here.",
                    charges=self.currency_id._format_amount(charges),
                    most=self.currency_id._format_amount(most),
                )
            )

    @api.model
    def _check_entry_open(self, move):
        """:raises UserError: the entry is hashed, or its day closed: no line of it can
        change"""
        if move.inalterable_hash:
            raise UserError(
                self.env._(
                    "%(entry)s is secured by a hash, and can't be changed.",
                    entry=move.display_name,
                )
            )
        self._check_day_open(move)

    @api.model
    def _check_day_open(self, move):
        """:raises UserError: the books of an entry's day are closed"""
        locks = move.company_id._get_violated_lock_dates(
            move.date, False, move.journal_id
        )
        if locks:
            raise UserError(
                self.env._(
                    "The books of %(company)s are closed to %(lock)s, and that would "
                    "change %(date)s: open them first.",
                    company=move.company_id.name,
                    lock=format_date(self.env, locks[-1][0]),
                    date=format_date(self.env, move.date),
                )
            )

    # === LINES OF BANKS === #

    def _pay_in(self, currency, amount):
        """Note what a customer sent, where the bank has changed it: Odoo keeps that on
        its line, and books the money as before.

        :param currency: ``res.currency`` that was sent; the account's own: nothing was
            changed
        :param float amount: that was sent, in it
        :raises UserError: something of the line is matched already, or closed
        """
        self.ensure_one()
        self._check_may_match()
        self._check_left()
        receipt = self.sudo()  # sudo: as for what is matched
        line = receipt.statement_line_id
        receipt._take_turn(self.env["account.move.line"])
        if not line or line._seek_for_lines()[2]:
            raise UserError(
                self.env._("A part of it is matched already: undo that first.")
            )
        receipt._check_entry_open(receipt.move_id)
        changed = currency and currency != line.currency_id
        if changed and currency.compare_amounts(amount, 0.0) <= 0:
            raise UserError(self.env._("Enter how many %s were sent.", currency.name))
        with line._worth_kept():
            line.write(
                {
                    "foreign_currency_id": currency.id if changed else False,
                    "amount_currency": currency.round(amount) if changed else 0.0,
                }
            )
        self.invalidate_model()

    def _explain_rate(self):
        """Write at which rate this receipt is booked; where the bank has changed what
        was sent, also what that cost against spot of the day.

        :return: sentences, "" for company currency
        """
        self.ensure_one()
        currency, company = self.currency_id, self.company_id
        home = self.company_currency_id
        if currency == home or not self.booked or not self.amount:
            return ""
        rate = currency._format_rate(self.amount / self.booked, company)
        line = self.sudo().statement_line_id  # sudo: whether the bank has changed it
        if not line.foreign_currency_id:
            return self.env._("Booked at %s.", rate)
        spot = currency._find_spot(company, self.date).get(currency.id)
        if not spot:
            return self.env._("The bank's rate: %s. No spot is known.", rate)
        worth = home.round(self.amount / spot.rate)
        return self.env._(
            "The bank's rate: %(rate)s. Spot: %(spot)s. Changing it cost %(cost)s.",
            rate=rate,
            spot=currency._format_rate(spot.rate, company),
            cost=home._format_amount(worth - self.booked),
        )

    def _settle_with_line(self, partner, amounts, charges, advance):
        """Put counterparts in the place of what stands on the suspense account, and
        match each with its item."""
        line = self.statement_line_id
        liquidity, suspense, others = line._seek_for_lines()
        parts = self._prepare_parts(partner, amounts, charges, advance)
        shares = self._share_out([part["amount_currency"] for part in parts])
        for part, share in zip(parts, shares, strict=True):
            part["balance"] = share
        *counterparts, rest = parts
        commands = [Command.create(part) for part in counterparts]
        if self.currency_id.is_zero(rest["amount_currency"]):
            commands.append(Command.delete(suspense.id))
        else:
            commands.append(
                Command.update(
                    suspense.id,
                    {name: rest[name] for name in ("amount_currency", "balance")},
                )
            )
        if liquidity.partner_id != partner and not others:
            commands.append(Command.update(liquidity.id, {"partner_id": partner.id}))
        former = line.move_id.line_ids
        entry = line.move_id.with_context(force_delete=True, skip_readonly_check=True)
        entry.write({"line_ids": commands})
        made = (line.move_id.line_ids - former).sorted("id")
        self.env["account.move.line"]._reconcile_plan(
            [item | new for item, new in zip(amounts, made, strict=False)]
        )

    def _prepare_parts(self, partner, amounts, charges, advance):
        """Prepare the counterparts of a bank's line: of each item, of an advance, of
        charges, and last what waits on.

        :return: [values of ``account.move.line``] without balance
        """
        name = self.text or self.payer or self.move_id.name
        common = {"currency_id": self.currency_id.id, "tax_ids": []}
        parts = [
            {
                "name": name,
                "account_id": item.account_id.id,
                "partner_id": item.partner_id.id,
                "amount_currency": -amount,
            }
            for item, amount in amounts.items()
        ]
        rest = self.currency_id.round(self.amount - sum(amounts.values()) + charges)
        if advance and rest:
            owner = partner.with_company(self.company_id)
            parts.append(
                {
                    "name": name,
                    "account_id": owner.property_account_receivable_id.id,
                    "partner_id": partner.id,
                    "amount_currency": -rest,
                }
            )
            rest = 0.0
        if charges:
            parts.append(self._prepare_charge_vals(partner, charges))
        return [common | part for part in [*parts, {"amount_currency": -rest}]]

    def _prepare_charge_vals(self, partner, charges):
        return {
            "name": self.env._("Bank charges"),
            "account_id": self.company_id.receipt_charge_account_id.id,
            "partner_id": partner.id,
            "amount_currency": charges,
        }

    def _share_out(self, amounts):
        """Return what amounts are worth at the rate at which this receipt is booked:
        those of the whole add up to its booked value.

        :param amounts: [in the receipt's currency]
        :return: [in company currency]
        """
        return [
            float(share)
            for share in share_out(
                exact(self.booked),
                [exact(amount) for amount in amounts],
                exact(self.company_currency_id.rounding),
                exact(self.amount),
            )
        ]

    # === PAYMENTS === #

    def _settle_with_payment(self, partner, amounts, charges):
        """Match a payment with items, one after the other, the last one perhaps in
        part; what is written off gets an entry of its own.

        :return: ``account.move`` of the charges, perhaps none
        """
        payment = self.payment_id
        if not payment.partner_id:
            self._check_redraftable(payment)
            # of what it pays, if that is on one account
            owed = self.env["account.move.line"].concat(*amounts).account_id
            account = owed if len(owed) == 1 else self._find_paying().account_id[:1]
            payment._change_customer(partner, account)
        if payment.partner_id.commercial_partner_id != partner:
            raise UserError(
                self.env._(
                    "%(payment)s is of %(customer)s.",
                    payment=payment.display_name,
                    customer=payment.partner_id.display_name,
                )
            )
        paying = self._find_paying()
        ordered = self._sort_for_payment(amounts, charges)
        self._check_same_account(paying, ordered)
        entry = self._write_off(partner, charges, paying.account_id)
        written = entry.line_ids.filtered(lambda line: line.amount_currency < 0)
        for item in ordered:
            for lines in (paying, written):
                lines = lines.filtered(lambda line: not line.reconciled)
                if lines and not item.reconciled:
                    (lines | item).reconcile()
        return entry

    @api.model
    def _check_redraftable(self, payment):
        """:raises UserError: the entry of a payment has to stay as it is"""
        self._check_entry_open(payment.move_id)
        liquidity = payment._seek_for_lines()[0]
        if any(line.matching_number for line in liquidity):
            raise UserError(
                self.env._(
                    "%s is matched with the bank already, and its entry stays as it "
                    "is: have it claimed, which transfers it.",
                    payment.display_name,
                )
            )

    def _find_paying(self):
        """Find the items of a payment that are open on a receivable."""
        return self.payment_id.move_id.line_ids.filtered(
            lambda line: (
                line.account_id.account_type == "asset_receivable"
                and not line.reconciled
            )
        )

    def _check_same_account(self, paying, items):
        """:raises UserError: a payment is on another receivable than what it pays"""
        lines = self.env["account.move.line"].concat(*items)
        if len(paying.account_id) != 1 or lines.account_id != paying.account_id:
            raise UserError(
                self.env._(
                    "The payment is on %(paid)s, and what was chosen on %(owed)s: a "
                    "payment settles what is on its own account.",
                    paid=format_list(self.env, paying.account_id.mapped("code")),
                    owed=format_list(self.env, lines.account_id.mapped("code")),
                )
            )

    def _sort_for_payment(self, amounts, charges):
        """Sort items as a payment settles them: those that it pays whole, the oldest
        first, then the one that it pays in part, for which all of it has to be taken.

        :raises UserError: Odoo's payments can't settle it so
        """
        currency = self.currency_id
        parts = [
            item
            for item, amount in amounts.items()
            if currency.compare_amounts(amount, item.amount_residual_currency) < 0
        ]
        whole = [item for item in amounts if item not in parts]
        left = currency.round(self.amount - sum(amounts.values()) + charges)
        if len(parts) > 1 or (parts and left > 0):
            raise UserError(
                self.env._(
                    "A payment settles what it pays whole, and one more in part, of "
                    "which it pays as much as it can: choose so."
                )
            )
        by_age = sorted(
            whole, key=lambda item: (item.date_maturity or item.date, item.id)
        )
        return by_age + parts

    def _write_off(self, partner, charges, account):
        """Post the charges of a payment, on its day and at its rate.

        :param account: ``account.account`` of what they settle
        :return: ``account.move``, perhaps none
        """
        Move = self.env["account.move"].with_company(self.company_id)
        if not charges:
            return Move
        (balance,) = self._share_out([charges])
        common = {
            "currency_id": self.currency_id.id,
            "partner_id": partner.id,
            "tax_ids": [],
        }
        cost = self._prepare_charge_vals(partner, charges) | {"balance": balance}
        settling = {
            "name": cost["name"],
            "account_id": account.id,
            "amount_currency": -charges,
            "balance": -balance,
        }
        move = Move.create(
            {
                "move_type": "entry",
                "company_id": self.company_id.id,
                "journal_id": self.payment_id.journal_id.id,
                "date": self.date,
                "ref": self.env._("Bank charges of %s", self.payment_id.name),
                "line_ids": [
                    Command.create(common | cost),
                    Command.create(common | settling),
                ],
            }
        )
        self.env["booking.mixin"]._post_on(move, self.date)
        return move
