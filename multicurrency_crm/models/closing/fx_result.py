from odoo import api, fields, models
from odoo.tools import SQL

from .fx_revaluation import ENTRIES, LASTING


class FxResult(models.Model):
    """What exchange rates brought and cost: on paper, in the books, against promises.

    *Unrealized*: what revaluations booked, item by item, on the days of their entries
    and reversals; all of it up to a day is what the books show then. *Realized*: what
    Odoo booked when something was settled. *Conversions* and *forwards*: what money
    that was changed at banks brought against the spot of its day. These are in the
    books, and their sum is the total. Beside them: *locked rates*, what promises to
    customers were worth when they were invoiced, and what contracts with banks were
    worth that were settled without a conversion.
    """

    _name = "fx.result"
    _description = "Exchange Result"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "kind"

    date = fields.Date(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    kind = fields.Selection(
        selection=[
            ("unrealised", "Unrealized"),
            ("realised", "Realized"),
            ("conversion", "Conversions"),
            ("forward", "Forwards"),
            ("lock", "Locked Rates"),
        ],
        readonly=True,
        help="Unrealized: what revaluations booked; all of it up to a period's end is "
        "what the books show then. Where revaluations stand until the next one, it is "
        "right at period ends, and not between them.",
    )
    is_booked = fields.Boolean(
        string="In the Ledger",
        readonly=True,
        help="Locked rates, and forwards that were settled without a conversion, are "
        "beside the books.",
    )
    move_id = fields.Many2one("account.move", string="Entry", readonly=True)
    amount = fields.Monetary(
        string="Result",
        currency_field="company_currency_id",
        readonly=True,
        help="Below 0 is against us.",
    )

    @property
    def _table_query(self):
        self._flush_sources()
        return SQL(
            """SELECT ROW_NUMBER() OVER (ORDER BY kind, move_id, item_id) AS id, date,
                      company_id, partner_id, currency_id, kind, move_id, amount,
                      kind != 'lock' AND move_id IS NOT NULL AS is_booked
                 FROM (%s) r""",
            SQL(" UNION ALL ").join(
                (
                    *self._list_revalued(),
                    self._get_realised(),
                    *self._list_converted(),
                    self._get_locked(),
                    self._get_forwards(),
                )
            ),
        )

    def _flush_sources(self):
        for name in (
            "account.account",
            "account.move",
            "account.move.line",
            "account.partial.reconcile",
            "fx.conversion",
            "fx.forward",
            "fx.revaluation",
            "fx.revaluation.line",
            "res.company",
            "res.currency",
            "res.currency.rate",
            "res.partner",
        ):
            self.env[name].flush_model()

    @api.model
    def _list_revalued(self):
        """Return the queries of what each kind of entry of revaluations has booked. Of
        advances, those that were given back, and, against what Odoo has booked, those
        whose exchange difference became revenue; others have no exchange result."""
        for name, sign in ENTRIES.items():
            yield SQL(
                """SELECT m.date, r.company_id, x.partner_id, x.currency_id,
                          CASE x.kind WHEN 'advance' THEN 'realised'
                               ELSE 'unrealised' END AS kind,
                          m.id AS move_id, x.id AS item_id,
                          %(sign)s * x.delta
                              * CASE WHEN x.result_account_id IS NULL THEN 1
                                     ELSE -1 END AS amount
                     FROM fx_revaluation r
                     JOIN account_move m ON m.id = r.%(entry)s AND m.state = 'posted'
                     JOIN fx_revaluation_line x ON x.revaluation_id = r.id
                     JOIN account_account a ON a.id = x.account_id
                    WHERE x.delta != 0 AND %(kept)s
                      AND (x.result_account_id IS NULL
                           OR a.account_type LIKE 'income%%'
                           OR a.account_type LIKE 'expense%%')""",
                sign=sign,
                entry=SQL.identifier(name),
                # money and advances stand: they aren't reversed
                kept=SQL("TRUE" if name in LASTING else "x.kind = 'open'"),
            )

    @api.model
    def _get_realised(self):
        """Return the query of what Odoo's exchange entries booked on results."""
        return SQL(
            """SELECT l.date, l.company_id, p.commercial_partner_id, l.currency_id,
                      'realised', l.move_id, l.id, -l.balance
                 FROM account_move_line l
                 JOIN account_account a ON a.id = l.account_id
            LEFT JOIN res_partner p ON p.id = l.partner_id
                WHERE l.parent_state = 'posted' AND l.balance != 0
                  AND (a.account_type LIKE 'income%%'
                       OR a.account_type LIKE 'expense%%')
                  AND EXISTS (SELECT FROM res_company c
                               WHERE c.id = l.company_id
                                 AND c.currency_exchange_journal_id = l.journal_id)
                  AND l.move_id NOT IN (%s) AND l.move_id NOT IN (%s)""",
            # told by themselves, in whichever journal they are
            self.env["fx.conversion"]._get_entries_query(),
            self.env["account.move"]._get_valuation_query(),
        )

    @api.model
    def _list_converted(self):
        """Return the queries of what banks' rates, and forwards, brought against the
        spot; of a forward what wasn't carried before."""
        amounts = {
            "conversion": SQL("c.result"),
            "forward": SQL("c.forward_result - COALESCE(c.forward_carried, 0)"),
        }
        for kind, amount in amounts.items():
            yield SQL(
                """SELECT c.date, c.company_id, f.counterparty_id,
                          CASE WHEN c.currency_from_id = k.currency_id
                               THEN c.currency_to_id ELSE c.currency_from_id END,
                          %(kind)s, c.move_id, c.id, %(amount)s
                     FROM fx_conversion c
                     JOIN res_company k ON k.id = c.company_id
                LEFT JOIN fx_forward f ON f.id = c.forward_id
                    WHERE c.state = 'posted' AND %(amount)s != 0""",
                kind=kind,
                amount=amount,
            )

    @api.model
    def _get_locked(self):
        """Return the query of what locked rates were worth at invoicing."""
        return SQL(
            """SELECT m.date, m.company_id, m.commercial_partner_id, m.currency_id,
                      'lock', m.id, 0, m.lock_variance
                 FROM account_move m
                WHERE m.state = 'posted' AND m.lock_variance != 0"""
        )

    @api.model
    def _get_forwards(self):
        """Return the query of what contracts brought against the spot of the day on
        which they were settled, as ``engine.rate_locks.forward_mark_to_market``; of
        what conversions haven't exchanged."""
        spot = self.env["res.currency"]._get_spot_sql(
            SQL("f.currency_id"),
            SQL("c.currency_id"),
            SQL("SPLIT_PART(c.parent_path, '/', 1)::int"),
            SQL("f.settled_date"),
        )
        return SQL(
            """SELECT f.settled_date, f.company_id, NULL::int, f.currency_id, 'forward',
                      NULL::int, f.id,
                      ROUND((w.gain / b.rounding)::numeric) * b.rounding
                 FROM fx_forward f
                 JOIN res_company c ON c.id = f.company_id
                 JOIN res_currency b ON b.id = c.currency_id
           CROSS JOIN LATERAL (SELECT %s AS rate OFFSET 0) s
           CROSS JOIN LATERAL (
                SELECT f.amount_rest::float8 * (1 / f.rate::float8 - 1 / s.rate::float8)
                       * CASE f.side WHEN 'sell' THEN 1 ELSE -1 END AS gain) w
                WHERE f.state = 'settled' AND f.amount_rest != 0
                      AND s.rate IS NOT NULL""",
            spot,
        )
