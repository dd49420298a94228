import math
from decimal import Decimal
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize, format_date
from odoo.tools.mimetypes import guess_mimetype

from ...engine.announced import Cover, spread
from ..statement.customer_statement_answer import ADDRESS, COMMENT, NAME

#: Bytes of a bank slip.
LARGEST = 5 * 2**20
#: {what a slip may be, by what is in it: how its file is called}
KINDS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
#: How often in 24 hours a customer may tell that it has paid.
MOST_A_DAY = 10
#: Days ago that a payment may be which nobody has found yet.
OLDEST = 180


class Paid(NamedTuple):
    """What a customer says that it has paid, as it was typed."""

    amount: str
    date: str
    name: str
    email: str
    note: str = ""
    slip: bytes = b""  # at most LARGEST + 1 bytes of the file


class PaymentPromise(models.Model):
    """What customers say on the portal: that they have paid, with the bank slip (水单).

    It is a customer's word, given by whoever has the link. It makes a promise, and an
    activity for finance, and changes nothing else: no invoice is paid by it.
    """

    _inherit = "payment.promise"

    # === WHAT IS SAID === #

    @api.model
    def _say_paid(self, paid, partner, currency, company, moves=None):
        """Take a customer's word that it has paid.

        :param paid: :class:`Paid`; that it comes from the customer was checked
        :param partner: ``res.partner``
        :param currency: ``res.currency``, in which it was paid
        :param company: ``res.company`` that was paid, which lets customers tell
        :param moves: ``account.move``; None: all that is open in the currency
        :return: ``payment.promise`` with sudo
        :raises UserError: something of it can't be meant, or it is told too often
        """
        # sudo: a customer writes nothing itself
        promises = self.sudo().with_company(company)
        amount, day = promises._read_paid(paid, company)
        kind = promises._check_slip(paid.slip)
        promise = promises._make(
            partner.sudo(),
            amount,
            currency,
            day,
            moves,
            company=company,
            channel="portal",
            said_by=paid.name.strip(),
            said_from=paid.email.strip(),
            note=paid.note.strip(),
        )
        promise._check_often()
        is_new = not promise.activity_ids and not promise.slip_id
        if kind and not promise.slip_id:
            promise._keep_slip(paid.slip, kind)
        if is_new:
            promise._notify_paid()
        return promise

    @api.model
    def _read_paid(self, paid, company):
        """Read what was typed.

        :return: (amount, ``date``)
        :raises UserError: it isn't any, or who says it isn't named
        """
        if not paid.name.strip():
            raise UserError(self.env._("Please enter your name."))
        if not email_normalize(paid.email):
            raise UserError(self.env._("Please enter a valid e-mail address."))
        if len(paid.name) > NAME or len(paid.email) > ADDRESS:
            raise UserError(self.env._("Your name or e-mail address is too long."))
        if len(paid.note) > COMMENT:
            raise UserError(
                self.env._("A comment has at most %(count)s characters.", count=COMMENT)
            )
        return self._read_amount(paid.amount), self._read_day(paid.date, company)

    @api.model
    def _read_amount(self, text):
        try:
            amount = float(text)
        except ValueError:
            amount = math.nan
        if not 0 < amount < 1e12:
            raise UserError(
                self.env._("Please enter the amount that you have paid, in digits.")
            )
        return amount

    @api.model
    def _read_day(self, text, company):
        try:
            day = fields.Date.to_date(text)
        except ValueError:
            day = None
        today = company._get_today()
        # where the customer is, it may be tomorrow
        if not day or not -OLDEST <= (day - today).days <= 1:
            raise UserError(
                self.env._(
                    "Please enter the day on which you have paid: %(date)s at the "
                    "latest.",
                    date=format_date(self.env, today),
                )
            )
        return day

    # === SLIPS === #

    @api.model
    def _check_slip(self, slip):
        """Check a file by what is in it, whatever it is called.

        :return: MIME type; None without a file
        :raises UserError: it is too large, or none that is taken
        """
        if not slip:
            return None
        if len(slip) > LARGEST:
            raise UserError(
                self.env._(
                    "The bank slip is too large: at most %(size)s MB, please.",
                    size=LARGEST // 2**20,
                )
            )
        kind = guess_mimetype(slip)
        if kind not in KINDS:
            raise UserError(
                self.env._("Please send the bank slip as PDF, JPEG or PNG.")
            )
        return kind

    def _keep_slip(self, slip, kind):
        """Keep a slip with the promise, under a name of ours."""
        self.ensure_one()
        name = self.env._("Bank slip")
        slip = self.env["ir.attachment"].create(
            {
                "name": f"{name} {self.date}.{KINDS[kind]}",
                "raw": slip,
                "mimetype": kind,
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        self._write_guarded({"slip_id": slip.id})

    # === HOW OFTEN, AND WHO IS TOLD === #

    def _check_often(self):
        """:raises UserError: the customer has told so too often since yesterday"""
        since = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        told = self.search_count(
            [
                ("partner_id", "=", self.partner_id.id),
                ("channel", "=", "portal"),
                ("create_date", ">=", since),
            ]
        )
        if told > MOST_A_DAY:
            raise UserError(
                self.env._(
                    "You have told us of many payments today: please write to us "
                    "instead."
                )
            )

    def _notify_paid(self):
        who = f"{self.said_by} <{self.said_from}>"
        self._notify(
            lambda told: told.env._(
                "%(customer)s says that it has paid", customer=told.partner_id.name
            ),
            who,
            self.note,
            *self.move_ids.mapped("display_name"),
        )

    def _describe_paid(self):
        """Say to the customer what it has told, a sentence for each of these."""
        return [
            self.env._(
                "On %(made)s you told us that you paid %(amount)s on %(date)s. We look "
                "for it, and get back to you if we don't find it.",
                made=format_date(self.env, promise.made_on),
                amount=promise.currency_id._format_amount(promise.amount),
                date=format_date(self.env, promise.date),
            )
            for promise in self
        ]

    def _describe_to_customer(self):
        """Say to the customer what it has said, a short sentence for each of these."""
        return [
            self.env._(
                "You told us that you paid %(amount)s on %(date)s",
                amount=promise.currency_id._format_amount(promise.amount),
                date=format_date(self.env, promise.date),
            )
            if promise.channel == "portal"
            else self.env._(
                "Promised for %(date)s: %(amount)s",
                amount=promise.currency_id._format_amount(promise.amount),
                date=format_date(self.env, promise.date),
            )
            for promise in self
        ]

    @api.model
    def _find_reported_paid(self, moves):
        """Find how much of invoices customers say that they have paid, while we look
        for it: what they tell of several pays the oldest first.

        :param moves: ``account.move``
        :return: {invoice's id: amount in its currency, at most what is open of it}
        """
        # sudo: whoever pays reads no promises
        promises = self.sudo().browse().union(*self._find_all_open_of(moves).values())
        told = promises.filtered(lambda promise: promise.channel == "portal")
        owed = {
            move.id: self._get_exact(move.currency_id, move.amount_residual)
            for move in told.move_ids
            if move.state == "posted" and move.amount_residual > 0
        }
        covers = []
        for promise in told.sorted("id"):
            left = promise.amount - promise.received
            moves = promise.move_ids.sorted(lambda m: (m.invoice_date_due, m.id))
            amount = self._get_exact(promise.currency_id, left)
            covers.append(Cover(promise.id, amount, tuple(moves.ids)))
        return {
            move_id: float(sum(amount for _promise, amount in parts))
            for move_id, parts in spread(covers, owed).items()
        }

    @api.model
    def _get_exact(self, currency, amount):
        """Return an amount as it is written, to the rounding of its currency."""
        return Decimal(str(currency.round(amount)))
