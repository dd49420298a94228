from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ...engine.revaluation import SHORT_TERM, Position, Total, value
from ..common.res_company import LIQUID
from ..common.sql_money import convert
from .fx_revaluation import ENTRIES, LASTING

#: Columns of what is valued, in the order of the query.
COLUMNS = (
    "kind",
    "item",
    "move_line_id",
    "account_id",
    "result_account_id",
    "partner_id",
    "currency_id",
    "due",
    "balance_foreign",
    "booked",
    "adjusted",
    "carried",
    "rate",
    "closing",
    "delta",
)

#: A column that changes with each item of a group, and with whose it is: amounts alone
#: are the same where an invoice moves to another customer.
WHICH = SQL(", SUM(hashint8extended(item, COALESCE(partner_id, 0)))::text")
NOTHING = SQL()


def _exact(amount):
    return Decimal(repr(amount))


class FxRevaluation(models.Model):
    """What is open, carried, and worth: in the database, however many items."""

    _inherit = "fx.revaluation"

    # === LINES === #

    def _value(self):
        """Write the lines of this run anew, and what they add up to.

        :raises UserError: not set up; a currency without a fresh rate
        """
        self.ensure_one()
        self._check_valuable()
        self._check_former_reversed()
        self._clear_lines()
        rates, accounts = self._find_rates(), self._find_accounts()
        self._keep_lines(self._get_valued_query(rates, accounts["items"]))
        self._keep_lines(self._get_advances_query(accounts))
        Line = self.env["fx.revaluation.line"]
        Line._create_guarded(
            [
                {"revaluation_id": self.id, **vals}
                for vals in self._value_money(rates, accounts["money"])
            ]
        )
        Line.flush_model()
        self.invalidate_recordset(["line_ids"])
        self._check_rates()
        self._note_totals(accounts["refused"])

    def _keep_lines(self, query):
        """Write what was valued into the lines of this run, in the database.

        :param SQL query: of :data:`COLUMNS`
        """
        self.env.cr.execute(
            SQL(
                """INSERT INTO fx_revaluation_line (revaluation_id, date, %s)
                   SELECT %s, %s, %s FROM (%s) v""",
                SQL(", ").join(map(SQL.identifier, COLUMNS)),
                self.id,
                self.date,
                SQL(", ").join(SQL.identifier("v", name) for name in COLUMNS),
                query,
            )
        )

    def _clear_lines(self):
        for run in self:
            # by SQL: a run of a large company has hundreds of thousands
            run.env["fx.revaluation.line"].flush_model()
            run.env.cr.execute(
                SQL("DELETE FROM fx_revaluation_line WHERE revaluation_id = %s", run.id)
            )
        self.env["fx.revaluation.line"].invalidate_model()
        self.invalidate_recordset(["line_ids"])

    def _note_totals(self, refused):
        ((count, gains, losses, earned),) = self.env.execute_query(
            SQL(
                """SELECT COUNT(*),
                          COALESCE(SUM(GREATEST(delta, 0))
                                   FILTER (WHERE result_account_id IS NULL), 0),
                          COALESCE(SUM(LEAST(delta, 0))
                                   FILTER (WHERE result_account_id IS NULL), 0),
                          COALESCE(SUM(delta)
                                   FILTER (WHERE result_account_id IS NOT NULL), 0)
                     FROM fx_revaluation_line WHERE revaluation_id = %s""",
                self.id,
            )
        )
        self._write_guarded(
            {
                "item_count": count,
                "gains": gains,
                "losses": losses,
                "earned": earned,
                "left_out": refused._name_all() if refused else False,
            }
        )

    # === ACCOUNTS === #

    def _find_accounts(self):
        """Find what is valued, and what isn't though its open items are followed.

        :return: {"items": accounts whose items are open until they are matched, which
            are adjusted on another account, "money": those whose balance is adjusted on
            themselves, "refused": those that aren't monetary, or that adjust}
        """
        Account = self.env["account.account"]
        every = Account.with_context(active_test=False)
        followed = Account._find_followed()
        marked = every.search([("fx_revalued", "=", True)])
        transit = self.company_id._get_transit_accounts()
        money = every.search([("account_type", "in", LIQUID)])
        refused = (followed | marked | transit)._filter_not_monetary()
        # what is adjusted there is valued where it stands
        refused |= (followed | marked | transit)._filter_adjusting()
        # what waits to be matched with the bank is open, too
        items = (followed | transit.filtered("reconcile")) - money - refused
        return {
            "items": items,
            "money": (money | transit | marked) - items - refused,
            "refused": refused & (followed | marked),
        }

    # === RATES === #

    def _find_rates(self):
        """Find the fresh rates of all currencies, archived ones, too.

        :return: {currency id: units of it for 1 unit of company currency}
        """
        spots, stale = self._find_spots()
        gone = set(stale.ids)
        return {key: spot.rate for key, spot in spots.items() if key not in gone}

    def _check_valuable(self):
        """:raises UserError: not set up, or rates of a day to come: none is known"""
        self.company_id._check_revaluation_set_up()
        day = max(self.date, self.rate_date)
        if day > self.company_id._get_today():
            raise UserError(
                self.env._(
                    "%(date)s is still to come, and its rates aren't known: revalue "
                    "then, or choose another day.",
                    date=format_date(self.env, day),
                )
            )

    def _find_spots(self):
        Currency = self.env["res.currency"].with_context(active_test=False)
        foreign = Currency.search([]) - self.company_currency_id
        if self.rate_kind == "official":
            spots = foreign._find_named(self.company_id, "official", self.rate_date)
        else:
            spots = foreign._find_spot(self.company_id, self.rate_date)
        return spots, foreign._filter_stale(spots, self.company_id, self.rate_date)

    def _check_rates(self):
        """:raises UserError: a currency of what is open has no fresh rate"""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT currency_id FROM fx_revaluation_line
                    WHERE revaluation_id = %s AND closing IS NULL""",
                self.id,
            )
        )
        self._refuse_without_rate([currency_id for (currency_id,) in rows])

    def _refuse_without_rate(self, currency_ids):
        if not currency_ids:
            return
        currencies = self.env["res.currency"].browse(currency_ids)
        if self.rate_kind == "official":
            raise UserError(
                self.env._(
                    "There is no fresh official rate of %(currency)s on %(date)s: "
                    "fetch or enter one.",
                    currency=currencies[0].name,
                    date=format_date(self.env, self.rate_date),
                )
            )
        spots, _stale = self._find_spots()
        sentences = currencies._explain_stale(
            {key: spots[key] for key in currency_ids if key in spots},
            self.company_id,
            self.rate_date,
        )
        raise UserError("\n".join(sentences.values()))

    # === ITEMS === #

    def _get_valued_query(self, rates, accounts):
        """Return the query of what items are worth, as ``engine.revaluation.value``
        says it: what is open on the day, and what was adjusted and is settled.

        :param rates: {currency id: units for 1 unit of company currency}
        :return: SQL of :data:`COLUMNS`
        """
        # an offset keeps PostgreSQL from converting once for each use of the result
        return SQL(
            """SELECT 'open' AS kind, item, move_line_id, account_id,
                      NULL::int AS result_account_id, partner_id, currency_id, due,
                      balance_foreign, booked, adjusted, carried, rate, closing,
                      closing - carried AS delta
                 FROM (SELECT *, booked + adjusted AS carried, %(closing)s AS closing
                         FROM (%(joined)s) j OFFSET 0) w""",
            closing=self._get_closing(),
            joined=self._get_joined_query(rates, accounts),
        )

    def _get_closing(self):
        spot = convert(SQL("balance_foreign"), SQL("rate"), self.company_currency_id)
        if self.method == "losses":
            # of signed values the lower one is the worse, owed to us or by us
            prudent = SQL(
                "CASE WHEN due > %s THEN LEAST(booked, %s) ELSE %s END",
                self.date + SHORT_TERM,
                spot,
                spot,
            )
        else:
            prudent = spot
        return SQL(
            """CASE WHEN balance_foreign = 0 THEN 0 WHEN rate IS NULL THEN NULL
                    ELSE %s END""",
            prudent,
        )

    def _get_joined_query(self, rates, accounts):
        Line = self.env["account.move.line"]
        known = SQL(", ").join(SQL("(%s, %s::float8)", *pair) for pair in rates.items())
        return SQL(
            """SELECT COALESCE(i.id, a.item) AS item,
                      COALESCE(i.id, a.move_line_id) AS move_line_id,
                      COALESCE(i.account_id, a.account_id) AS account_id,
                      COALESCE(i.partner_id, a.partner_id) AS partner_id,
                      COALESCE(i.currency_id, a.currency_id) AS currency_id,
                      i.due, COALESCE(i.residual, 0) AS balance_foreign,
                      COALESCE(i.residual_booked, 0) AS booked,
                      COALESCE(a.adjusted, 0) AS adjusted, r.rate
                 FROM (SELECT id, account_id, partner_id, currency_id, due, residual,
                              residual_booked
                         FROM (%(items)s) f
                        WHERE f.company_id = %(company)s AND f.currency_id != %(books)s
                          AND %(kept)s) i
            FULL JOIN (%(adjusted)s) a ON a.item = i.id
            LEFT JOIN (VALUES (0, 0::float8)%(also)s%(rates)s) r (currency_id, rate)
                   ON r.currency_id = COALESCE(i.currency_id, a.currency_id)""",
            items=Line._get_items_query(self.company_id, self.date, accounts),
            company=self.company_id.id,
            books=self.company_currency_id.id,
            kept=self._get_revalued_condition(),
            adjusted=self._get_adjusted_query("open"),
            also=SQL(", ") if rates else SQL(),
            rates=known,
        )

    def _get_adjusted_query(self, kind):
        """Return the query of what earlier runs have adjusted of items, by the entries
        that are posted by this run's day: a run that is reversed by then costs
        nothing.

        :param str kind: 'open', or 'advance', which isn't reversed
        :return: SQL of (item, move_line_id, account_id, result_account_id, partner_id,
            currency_id, adjusted)
        """
        self.flush_model(["company_id", *ENTRIES])
        self.env["fx.revaluation.line"].flush_model()
        self.env["account.move"].flush_model(["state", "date"])
        signs = SQL(" + ").join(
            SQL(
                """%s * (SELECT COUNT(*) FROM account_move m
                          WHERE m.id = t.%s AND m.state = 'posted' AND m.date <= %s)""",
                sign,
                SQL.identifier(name),
                self.date,
            )
            for name, sign in ENTRIES.items()
            if kind == "open" or name in LASTING
        )
        return SQL(
            """SELECT x.item, MAX(x.move_line_id) AS move_line_id,
                      MAX(x.account_id) AS account_id,
                      MAX(x.result_account_id) AS result_account_id,
                      MAX(x.partner_id) AS partner_id,
                      MAX(x.currency_id) AS currency_id,
                      SUM(x.delta * s.sign) AS adjusted
                 FROM (SELECT t.id, %s AS sign FROM fx_revaluation t
                        WHERE t.company_id = %s) s
                 JOIN fx_revaluation_line x ON x.revaluation_id = s.id
                WHERE s.sign != 0 AND x.kind = %s AND x.delta != 0
             GROUP BY x.item HAVING SUM(x.delta * s.sign) != 0""",
            signs,
            self.company_id.id,
            kind,
        )

    # === MONEY === #

    def _value_money(self, rates, accounts):
        """Value the money of each account and currency; what earlier runs adjusted is
        in its balance.

        :return: values of ``fx.revaluation.line``
        """
        step = _exact(self.company_currency_id.rounding)
        found = []
        for account_id, currency_id, foreign, booked in self._find_balances(accounts):
            rate = rates.get(currency_id)
            vals = {
                "kind": "money",
                "item": 0,
                "account_id": account_id,
                "currency_id": currency_id,
                "balance_foreign": foreign,
                "booked": booked,
                "carried": booked,
                "rate": rate,
            }
            if foreign and not rate:
                self._refuse_without_rate([currency_id])
            position = Position(
                account_id, currency_id, _exact(foreign), _exact(booked)
            )
            worth = value(position, rate and _exact(rate), step, self.date, self.method)
            figures = {"closing": float(worth.closing), "delta": float(worth.delta)}
            found.append(vals | figures)
        return found

    def _find_balances(self, accounts):
        """Return what is on accounts at the end of the day, in foreign currencies.

        :return: [(account id, currency id, amount in it, in company currency)]
        """
        Line = self.env["account.move.line"]
        Line._flush_items()
        return self.env.execute_query(
            SQL(
                """SELECT account_id, currency_id, SUM(amount_currency)::float8,
                          SUM(balance)::float8
                     FROM account_move_line
                    WHERE account_id = ANY(%s) AND company_id = %s
                      AND currency_id != %s AND parent_state = 'posted' AND date <= %s
                      AND %s
                 GROUP BY account_id, currency_id
                   HAVING SUM(amount_currency) != 0 OR SUM(balance) != 0
                 ORDER BY account_id, currency_id""",
                accounts.ids,
                self.company_id.id,
                self.company_currency_id.id,
                self.date,
                self.env["account.move"]._get_counted_condition(SQL("move_id")),
            )
        )

    # === TOTALS === #

    def _find_totals(self, *kinds):
        """Add up this run's lines, by account and currency, and by partner where the
        run has a line per partner.

        :param str kinds: of lines; none: all
        :return: [``engine.revaluation.Total``]
        """
        owner = SQL("partner_id") if self.by_partner else SQL("NULL::int")
        rows = self.env.execute_query(
            SQL(
                """SELECT account_id, currency_id, SUM(GREATEST(delta, 0))::text,
                          SUM(LEAST(delta, 0))::text, %(owner)s, result_account_id
                     FROM fx_revaluation_line
                    WHERE revaluation_id = %(run)s AND delta != 0 AND %(kept)s
                 GROUP BY account_id, currency_id, 5, 6 ORDER BY 1, 2, 5, 6""",
                owner=owner,
                run=self.id,
                kept=SQL("kind = ANY(%s)", list(kinds)) if kinds else SQL("TRUE"),
            )
        )
        return [
            Total(account_id, currency_id, Decimal(gains), Decimal(losses), *rest)
            for account_id, currency_id, gains, losses, *rest in rows
        ]

    def _find_worth(self, valued, condition, which=NOTHING):
        """Add up what is open, its closing values and what is to be booked.

        :param SQL valued: table or query of :data:`COLUMNS`
        :param SQL which: more columns, each led by a comma
        :return: {(account id, currency id, id of the account of the result): tuple}
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT account_id, currency_id, result_account_id, COUNT(*),
                          SUM(balance_foreign)::float8,
                          SUM(closing)::float8, SUM(GREATEST(delta, 0))::float8,
                          SUM(LEAST(delta, 0))::float8,
                          BOOL_OR(closing IS NULL)%s
                     FROM %s v WHERE %s
                 GROUP BY account_id, currency_id, result_account_id""",
                which,
                valued,
                condition,
            )
        )
        return {
            (account_id, currency_id, result_id): tuple(rest)
            for account_id, currency_id, result_id, *rest in rows
        }

    def _preview(self):
        """Value what is open without keeping the items: one pass, one row for each
        account and currency.

        :return: {(account id, currency id, None): (items, open, closing value, gains,
            losses, whether a rate is missing)}
        """
        accounts = self._find_accounts()["items"]
        query = self._get_valued_query(self._find_rates(), accounts)
        return self._find_worth(SQL("(%s)", query), SQL("TRUE"))

    def _is_outdated(self):
        """Return whether ledger or rates changed since this run was computed."""
        accounts = self._find_accounts()
        now = {
            "open": self._get_valued_query(self._find_rates(), accounts["items"]),
            "advance": self._get_advances_query(accounts),
        }
        for kind, query in now.items():
            worth = self._find_worth(SQL("(%s)", query), SQL("TRUE"), WHICH)
            kept = SQL("kind = %s AND revaluation_id = %s", kind, self.id)
            if worth != self._find_worth(SQL("fx_revaluation_line"), kept, WHICH):
                return True
        return self._is_money_outdated(accounts["money"])

    def _is_money_outdated(self, accounts):
        rates = self._find_rates()
        now = {
            (row["account_id"], row["currency_id"], row["carried"], row["closing"])
            for row in self._value_money(rates, accounts)
        }
        money = self.env["fx.revaluation.line"].search(
            [("revaluation_id", "=", self.id), ("kind", "=", "money")]
        )
        return now != {
            (line.account_id.id, line.currency_id.id, line.carried, line.closing)
            for line in money
        }
