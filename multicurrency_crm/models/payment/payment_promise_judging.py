from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ...engine.promises import PromiseFigures, judge

#: States that what comes in later may still change.
JUDGED = ("open", "kept", "broken", "void")


class PaymentPromise(models.Model):
    """What became of promises.

    Whether one was kept follows from what came in, on the day that the money bears,
    and never from what somebody says: it is judged anew when its invoices are matched,
    when a match is taken apart, and in the night after its day.
    """

    _inherit = "payment.promise"

    # === JUDGING === #

    def _judge(self):
        """Write of each promise, with sudo, what became of it."""
        figures = self._find_figures()
        for company, promises in self.grouped("company_id").items():
            today = company._get_today()
            for promise in promises:
                promise._take_judgement(figures[promise.id], today)

    def _take_judgement(self, known, today):
        state, received = judge(known, today), float(known.in_time)
        if state == self.state and not self.currency_id.compare_amounts(
            received, self.received
        ):
            return
        vals = {"received": received}
        if state != self.state:
            vals |= {"state": state, "settled_on": state != "open" and today}
        self._write_guarded(vals)
        if "state" in vals:
            self._clear_activities()
            self._notify_broken()

    def _find_figures(self):
        """Find what the books know of promises: one query.

        :return: {id: ``PromiseFigures`` in the promise's currency}
        """
        self.env["account.move.line"].flush_model()
        self.env["account.move"].flush_model()
        self.env["account.partial.reconcile"].flush_model()
        self.flush_model()
        found = {}
        for row in self.env.execute_query(self._get_figures_query()):
            promise_id, deadline, *amounts = row
            amount, in_time, later, owed, unmatched = (
                None if text is None else Decimal(text) for text in amounts
            )
            found[promise_id] = PromiseFigures(
                amount, deadline, in_time, later, owed, unmatched
            )
        return found

    def _get_figures_query(self):
        """Return the query of a row a promise: its invoices' money in time and later,
        what is owed of them, and the customer's money that is matched with nothing."""
        relation = self._fields["move_ids"]
        return SQL(
            """SELECT p.id, p.deadline, p.amount::text,
                      (CASE WHEN p.is_on_account THEN COALESCE(c.in_time, 0)
                            ELSE COALESCE(m.in_time, 0) - COALESCE(p.settled_before, 0)
                       END)::text,
                      (CASE WHEN p.is_on_account THEN COALESCE(c.later, 0)
                            ELSE COALESCE(m.later, 0) END)::text,
                      CASE WHEN NOT p.is_on_account
                           THEN COALESCE(o.owed, 0)::text END,
                      COALESCE(CASE WHEN NOT p.is_on_account THEN c.unmatched END,
                               0)::text
                 FROM payment_promise p
         LEFT JOIN LATERAL (%(matched)s) m ON NOT p.is_on_account
         LEFT JOIN LATERAL (%(owed)s) o ON NOT p.is_on_account
         LEFT JOIN LATERAL (%(came)s) c ON TRUE
                WHERE p.id = ANY(%(ids)s)""",
            matched=self._get_matched_query(relation),
            owed=SQL(
                """SELECT SUM(l.amount_residual_currency) AS owed
                     FROM %(relation)s x
                     JOIN account_move_line l ON l.move_id = x.%(move)s
                          AND l.display_type = 'payment_term'
                          AND l.parent_state = 'posted'
                    WHERE x.%(promise)s = p.id""",
                **self._name_relation(relation),
            ),
            came=self._get_came_query(),
            ids=list(self.ids),
        )

    @staticmethod
    def _name_relation(relation):
        return {
            "relation": SQL.identifier(relation.relation),
            "promise": SQL.identifier(relation.column1),
            "move": SQL.identifier(relation.column2),
        }

    @api.model
    def _get_matched_query(self, relation):
        """Return the query of the money that the invoices of a promise ``p`` got, by
        the day that it bears; a credit note is none."""
        return SQL(
            """SELECT SUM(r.debit_amount_currency)
                          FILTER (WHERE l.date <= p.deadline) AS in_time,
                      SUM(r.debit_amount_currency)
                          FILTER (WHERE l.date > p.deadline) AS later
                 FROM %(relation)s x
                 JOIN account_move_line d ON d.move_id = x.%(move)s
                      AND d.display_type = 'payment_term'
                      AND d.parent_state = 'posted'
                 JOIN account_partial_reconcile r ON r.debit_move_id = d.id
                 JOIN account_move_line l ON l.id = r.credit_move_id
                 JOIN account_move e ON e.id = l.move_id AND e.move_type = 'entry'
                WHERE x.%(promise)s = p.id""",
            **self._name_relation(relation),
        )

    @api.model
    def _get_came_query(self):
        """Return the query of what the customer of a promise ``p`` paid since it was
        made, matched or not, and what of it is matched with nothing in time."""
        return SQL(
            """SELECT SUM(-l.amount_currency)
                          FILTER (WHERE l.date <= p.deadline) AS in_time,
                      SUM(-l.amount_currency)
                          FILTER (WHERE l.date > p.deadline) AS later,
                      SUM(-l.amount_residual_currency)
                          FILTER (WHERE l.date <= p.deadline) AS unmatched
                 FROM account_move_line l
                 JOIN account_account a ON a.id = l.account_id
                      AND a.account_type = 'asset_receivable'
                 JOIN account_move e ON e.id = l.move_id AND e.move_type = 'entry'
                 JOIN account_journal j ON j.id = l.journal_id
                      AND j.type IN ('bank', 'cash', 'credit')
                 JOIN res_company b ON b.id = l.company_id
                 JOIN res_company c ON c.id = p.company_id
                WHERE l.partner_id = ANY(ARRAY(
                          SELECT id FROM res_partner
                           WHERE commercial_partner_id = p.partner_id))
                  AND l.currency_id = p.currency_id AND l.parent_state = 'posted'
                  AND l.amount_currency < 0
                  AND l.date >= LEAST(p.date, p.made_on)
                  AND b.parent_path LIKE c.parent_path || '%%'"""
        )

    @api.model
    def _follow_matched(self, moves):
        """Judge anew what is promised of invoices whose matches changed.

        :param moves: ``account.move`` of the matched items
        """
        if not self._is_any():
            return
        # sudo: whoever matches may not read what was promised
        promises = self.sudo().search(
            [("move_ids", "in", moves.ids), ("state", "in", JUDGED)], order="id"
        )
        promises._judge()
