from odoo import api, fields, models
from odoo.tools import SQL


class CollectionReminder(models.Model):
    """That an item is reminded of at a level: once, whoever prepares letters at once.

    A row stands for as long as its letter waits, or has left. It is counted by the due
    day: an item whose due day is moved begins anew.
    """

    _name = "collection.reminder"
    _description = "Item Reminded Of"
    _inherit = ["guarded.mixin"]

    move_line_id = fields.Many2one(
        "account.move.line",
        string="Item",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    level_id = fields.Many2one(
        "collection.level", required=True, readonly=True, ondelete="restrict"
    )
    due = fields.Date(required=True, readonly=True)
    letter_id = fields.Many2one(
        "collection.letter",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )

    _once = models.Constraint(
        "UNIQUE (move_line_id, level_id, due)",
        "An item is reminded of once at each level.",
    )

    @api.model
    def _take(self, rows):
        """Take items for letters that are about to wait.

        :param rows: [(item's id, level's id, due day, letter's id)]
        :return: set of (item's id, level's id) that were free
        :raises psycopg2.errors.SerializationFailure: somebody else took one meanwhile:
            whoever comes second tries again, and finds it taken
        """
        if not rows:
            return set()
        self.flush_model()
        # in one order for everybody, so that two can't wait for each other
        items, levels, days, letters = zip(*sorted(rows), strict=True)
        taken = self.env.execute_query(
            SQL(
                """INSERT INTO collection_reminder
                          (move_line_id, level_id, due, letter_id, create_uid,
                           create_date, write_uid, write_date)
                   SELECT t.*, %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM unnest(%(items)s::int[], %(levels)s::int[], %(days)s::date[],
                                 %(letters)s::int[]) AS t
                   ON CONFLICT (move_line_id, level_id, due) DO NOTHING
                   RETURNING move_line_id, level_id""",
                uid=self.env.uid,
                now=fields.Datetime.now(),
                items=list(items),
                levels=list(levels),
                days=list(days),
                letters=list(letters),
            )
        )
        self.invalidate_model()
        return set(taken)
