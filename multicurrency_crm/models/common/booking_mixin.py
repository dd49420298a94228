from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class BookingMixin(models.AbstractModel):
    """Entries that a record of ours posts: on their day, or not at all.

    Odoo moves an entry of a closed day to an open one, and says nothing: the locks are
    asked first, and an entry that was moved all the same is refused. What was posted is
    taken back by a mirror of its lines on the same day. The record has a ``company_id``
    and a name to be shown.
    """

    _name = "booking.mixin"
    _description = "Posts Entries"

    def _check_books_open(self, day, journal):
        """:raises UserError: the books of that day are closed"""
        locks = self.company_id._get_violated_lock_dates(day, False, journal)
        if locks:
            raise UserError(
                self.env._(
                    "%(document)s posts on %(date)s, and the books of %(company)s are "
                    "closed to %(lock)s: open them, or choose another day.",
                    document=self.display_name,
                    date=format_date(self.env, day),
                    company=self.company_id.name,
                    lock=format_date(self.env, locks[-1][0]),
                )
            )

    def _post_on(self, move, day):
        """Post an entry.

        :raises UserError: Odoo would post it on another day
        """
        move._post(soft=False)
        if move.date != day:
            raise UserError(
                self.env._(
                    "%(date)s is closed: nothing was posted.",
                    date=format_date(self.env, day),
                )
            )

    def _mirror(self, move):
        """Post what takes an entry back on its own day.

        :return: ``account.move``, its lines in the order of those that they take back
        """
        is_storno = move.company_id.account_storno
        Move = self.env["account.move"].with_company(move.company_id)
        mirror = Move.create(
            {
                "move_type": "entry",
                "company_id": move.company_id.id,
                "journal_id": move.journal_id.id,
                "date": move.date,
                "ref": self.env._("Cancels %s", move.name),
                "line_ids": [
                    Command.create(
                        {
                            "name": line.name,
                            "account_id": line.account_id.id,
                            "partner_id": line.partner_id.id,
                            "currency_id": line.currency_id.id,
                            "amount_currency": -line.amount_currency,
                            "balance": -line.balance,
                            "tax_ids": [],
                            **({"is_storno": not line.is_storno} if is_storno else {}),
                        }
                    )
                    for line in move.line_ids.sorted("id")
                ],
            }
        )
        self._post_on(mirror, move.date)
        return mirror
