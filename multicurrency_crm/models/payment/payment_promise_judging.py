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
            # of those that are open again the newest first: it stands for the others
            for promise in promises.sorted("id", reverse=True):
                promise._take_judgement(figures[promise.id], today)

    def _take_judgement(self, known, today):
        state, received = judge(known, today), float(known.in_time)
        if state == self.state and not self.currency_id.compare_amounts(
            received, self.received
        ):
            return
        vals = {"received": received}
        if state == "open" != self.state and (newer := self._find_newer()):
            # its money is taken back, and meanwhile the customer promised anew
            state = "replaced"
            vals["replaced_by_id"] = newer.id
        if state != self.state:
            vals |= {"state": state, "settled_on": state != "open" and today}
        self._write_guarded(vals)
        if "state" in vals:
            self._clear_activities()
            self._notify_broken()

    def _find_newer(self):
        """Find the open promise that stands in the place of this settled one."""
        vals = {
            name: self[name].id for name in ("partner_id", "company_id", "currency_id")
        }
        if self.channel == "portal":
            return self.browse()
        return self._find_same(vals, self.move_ids)[:1] - self

    def _find_figures(self):
        """Find what the books know of promises: one query.

        :return: {id: ``PromiseFigures`` in the promise's currency}
        """
        self.env["account.move.line"].flush_model()
        self.env["account.move"].flush_model()
        self.env["account.partial.reconcile"].flush_model()
        self.env["payment.claim"].flush_model(["date", "transfer_move_id"])
        self.flush_model()
        found = {}
        for row in self.env.execute_query(self._get_figures_query()):
            promise_id, deadline, *amounts = row
            amount, *others = (
                None if text is None else Decimal(text) for text in amounts
            )
            found[promise_id] = PromiseFigures(amount, deadline, *others)
        return found

    def _get_figures_query(self):
        """Return the query of a row a promise: its invoices' money in time and later,
        what is owed of them, the customer's money that is matched with nothing, and
        what was settled of them without money."""
        relation = self._fields["move_ids"]
        return SQL(
            """SELECT p.id, p.deadline, p.amount::text,
                      (CASE WHEN p.is_on_account THEN COALESCE(c.in_time, 0)
                            ELSE COALESCE(m.in_time, 0)
                       END - COALESCE(p.settled_before, 0))::text,
                      (CASE WHEN p.is_on_account THEN COALESCE(c.later, 0)
                            ELSE COALESCE(m.later, 0) END)::text,
                      CASE WHEN NOT p.is_on_account
                           THEN COALESCE(o.owed, 0)::text END,
                      COALESCE(CASE WHEN NOT p.is_on_account THEN c.unmatched END,
                               0)::text,
                      COALESCE(m.written, 0)::text
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
        the day that it bears, and of what entries without money settled of them since;
        a credit note is neither."""
        return SQL(
            """SELECT SUM(r.debit_amount_currency)
                          FILTER (WHERE %(is_money)s AND %(day)s <= p.deadline)
                          AS in_time,
                      SUM(r.debit_amount_currency)
                          FILTER (WHERE %(is_money)s AND %(day)s > p.deadline)
                          AS later,
                      SUM(r.debit_amount_currency)
                          FILTER (WHERE NOT (%(is_money)s)) AS written
                 FROM %(relation)s x
                 JOIN account_move_line d ON d.move_id = x.%(move)s
                      AND d.display_type = 'payment_term'
                      AND d.parent_state = 'posted'
                 JOIN account_partial_reconcile r ON r.debit_move_id = d.id
                 JOIN account_move_line l ON l.id = r.credit_move_id
                 %(sources)s
                WHERE x.%(promise)s = p.id AND %(day)s >= %(since)s""",
            **self._name_relation(relation),
            **self._name_money(),
        )

    @api.model
    def _name_money(self):
        """Return what of an item ``l`` on the credit side queries ask about: what else
        they read, whether it is money, its day, and from when on it may be what a
        promise ``p`` says.

        Money is what banks and cash journals have of a customer, and the entry by
        which a confirmed claim gives it a receipt, which bears the receipt's day. What
        is deducted of a payment (charges, a discount) is a part of it, as long as that
        isn't the greater part: an invoice that is written off isn't paid.
        """
        return {
            "sources": SQL(
                """JOIN account_move e ON e.id = l.move_id AND e.move_type = 'entry'
                   JOIN account_journal j ON j.id = l.journal_id
              LEFT JOIN payment_claim t ON t.transfer_move_id = e.id"""
            ),
            "is_money": SQL(
                """(t.id IS NOT NULL OR j.type IN ('bank', 'cash', 'credit')
                    AND (SELECT COALESCE(SUM(2 * w.balance) FILTER (
                                    WHERE a.account_type LIKE 'expense%%'
                                       OR a.account_type LIKE 'income%%'), 0)
                              + SUM(w.balance) FILTER (
                                    WHERE a.account_type = 'asset_receivable')
                           FROM account_move_line w
                           JOIN account_account a ON a.id = w.account_id
                          WHERE w.move_id = e.id) <= 0)"""
            ),
            "day": SQL("COALESCE(t.date, l.date)"),
            # who says that it has paid names a day that may lie before
            "since": SQL("LEAST(p.date, p.made_on)"),
        }

    @api.model
    def _get_came_query(self):
        """Return the query of what the customer of a promise ``p`` paid since it was
        made, matched or not, and what of it is matched with nothing in time."""
        return SQL(
            """SELECT SUM(-l.amount_currency)
                          FILTER (WHERE %(day)s <= p.deadline) AS in_time,
                      SUM(-l.amount_currency)
                          FILTER (WHERE %(day)s > p.deadline) AS later,
                      SUM(-l.amount_residual_currency)
                          FILTER (WHERE %(day)s <= p.deadline) AS unmatched
                 FROM account_move_line l
                 JOIN account_account o ON o.id = l.account_id
                      AND o.account_type = 'asset_receivable'
                 %(sources)s
                 JOIN res_company b ON b.id = l.company_id
                 JOIN res_company c ON c.id = p.company_id
                WHERE l.partner_id = ANY(ARRAY(
                          SELECT id FROM res_partner
                           WHERE commercial_partner_id = p.partner_id))
                  AND l.currency_id = p.currency_id AND l.parent_state = 'posted'
                  AND l.amount_currency < 0
                  AND %(day)s >= %(since)s AND %(is_money)s
                  AND b.parent_path LIKE c.parent_path || '%%'""",
            **self._name_money(),
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
        if promises:
            promises._judge()
