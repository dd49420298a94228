from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date


class BookingMixin(models.AbstractModel):
    """Entries that a record of ours posts: on their day, or not at all.

    Odoo moves an entry of a closed day to an open one, and says nothing: the locks are
    asked first, and an entry that was moved all the same is refused. What was posted is
    taken back by a mirror of its lines on the same day, and by nobody but its record
    (see ``account.move``). The record has a ``company_id`` and a name to be shown.
    """

    _name = "booking.mixin"
    _description = "Posts Entries"
    _inherit = ["own.company.mixin"]

    #: fields of the entries that a record posts
    _entry_fields = ()

    # === ITS ENTRIES === #

    @api.model
    def _get_entries_query(self):
        """Return the query of the ids of all entries of these records: SQL of one
        column."""
        self.flush_model(list(self._entry_fields))
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT %(name)s FROM %(table)s WHERE %(name)s IS NOT NULL",
                name=SQL.identifier(name),
                table=SQL.identifier(self._table),
            )
            for name in self._entry_fields
        )

    @api.model
    def _get_bound_query(self, moves):
        """Return the query of the records that go by some of these entries.

        :param moves: ``account.move``
        :return: SQL of (model, id)
        """
        self.flush_model(list(self._entry_fields))
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s AS model, id FROM %s WHERE %s = ANY(%s)",
                self._name,
                SQL.identifier(self._table),
                SQL.identifier(name),
                moves.ids,
            )
            for name in self._entry_fields
        )

    @api.model
    def _find_bound(self, moves):
        """Return the record, of any model, that goes by one of these entries, with
        sudo, or None: one query."""
        models = (
            self.env[name]
            for name in sorted(self.pool.descendants([self._name], "_inherit"))
            if self.env[name]._entry_fields
        )
        queries = [model._get_bound_query(moves) for model in models]
        rows = queries and self.env.execute_query(
            SQL("%s LIMIT 1", SQL(" UNION ALL ").join(queries))
        )
        # sudo: whoever works with entries needn't read what has posted them
        return self.env[rows[0][0]].sudo().browse(rows[0][1]) if rows else None

    def _explain_bound(self):
        """Return why an entry of this record isn't undone by itself."""
        return self.env._(
            "That entry belongs to %(document)s, which goes by it: undo that instead.",
            document=self.display_name,
        )

    # === POSTING === #

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

    def _mirror(self, move, day=None):
        """Post what takes an entry back.

        :param day: on which; default: its own
        :return: ``account.move``, its lines in the order of those that they take back
        """
        is_storno = move.company_id.account_storno
        Move = self.env["account.move"].with_company(move.company_id)
        mirror = Move.create(
            {
                "move_type": "entry",
                "company_id": move.company_id.id,
                "journal_id": move.journal_id.id,
                "date": day or move.date,
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
        self._post_on(mirror, day or move.date)
        return mirror
