from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...engine.thinning import thin

#: more points than a wide screen has room for are thinned out, series by series
MOST_POINTS = 1_500
#: kinds that somebody sets for a time: a rate holds until the next one
HOLDING = ("budget", "tax", "customs", "credit")


class ResCurrency(models.Model):
    """What the rate chart draws."""

    _inherit = "res.currency"

    @api.model
    @api.readonly
    def get_rate_chart(self, currency_id=None, date_from=None, date_to=None):
        """Return one currency's rates in the current company's books, as series.

        All rates are units of the currency for 1 unit of the company currency, with
        the company currency's own technical rate divided out. The first series is what
        is booked; the others are kept apart from the books (reserve, bank, tax or
        budget rates), one a source and kind. Series of more than 1,500 points are
        thinned out: peaks, troughs and typed rates stay.

        :param currency_id: id, or None for the first currency that has rates
        :param date_from: first day, or None
        :param date_to: last day, or None
        :return: dict of ``currency`` and ``company_currency`` {id, name}, ``company``
            (name), ``rate_direction`` in which it reads rates, ``currencies`` [{id,
            name, full_name, has_rates}] to choose from, ``first`` and ``last`` booked
            day of all, ``thinned``, and ``series`` [{key, label, kind, holds, points:
            [{date, rate, quoted, …}]}]; ``holds``: each rate is good until the next, so
            the one before the period counts
        :raises AccessError: the user isn't in one of the Multi-currency groups
        """
        self._check_may_see_chart()
        # sudo: a branch's user may not read the root company, whose rates these are
        company = self.env.company.sudo()
        root, base = company.root_id, company.currency_id
        choices = self._get_chart_choices(root, base)
        currency = self._get_chart_currency(currency_id, choices)
        chart = {
            "company": company.name,
            "company_currency": {"id": base.id, "name": base.name},
            "rate_direction": root.rate_direction,
            "currency": {"id": currency.id, "name": currency.name},
            "currencies": choices,
            "first": False,
            "last": False,
            "thinned": False,
            "series": [],
        }
        if not currency:
            return chart
        period = (fields.Date.to_date(date_from), fields.Date.to_date(date_to))
        first, last = currency._get_charted_days(root)
        series = [
            currency._get_booked_series(root, base, period),
            *currency._get_named_series(root, period),
        ]
        thinned = [self._thin_series(one) for one in series]
        return {
            **chart,
            "first": first,
            "last": last,
            "thinned": any(thinned),
            "series": series,
        }

    @api.model
    def _check_may_see_chart(self):
        """Let in the groups of Multi-currency.

        :raises AccessError: anybody else
        """
        if not self.env.user.has_group("multicurrency_crm.group_user"):
            raise AccessError(
                self.env._(
                    "Rates are charted for users of Multi-currency: ask an "
                    "administrator for that right."
                )
            )

    @api.model
    def _get_chart_choices(self, root, base):
        """Return the currencies to choose from: active ones, and those with rates."""
        rated = {
            currency_id
            for (currency_id,) in self.env.execute_query(
                SQL(
                    """SELECT c.id FROM res_currency c
                        WHERE EXISTS (SELECT FROM res_currency_rate r
                                       WHERE r.currency_id = c.id
                                         AND (r.company_id = %s
                                              OR r.company_id IS NULL))""",
                    root.id,
                )
            )
        }
        found = self.with_context(active_test=False).search(
            ["|", ("active", "=", True), ("id", "in", list(rated))]
        )
        return [
            {
                "id": currency.id,
                "name": currency.name,
                "full_name": currency.full_name or "",
                "has_rates": currency.id in rated,
            }
            for currency in found - base
        ]

    @api.model
    def _get_chart_currency(self, currency_id, choices):
        """Return the currency asked for, else the first with rates, else the first."""
        known = {choice["id"] for choice in choices}
        if currency_id in known:
            return self.browse(currency_id)
        ranked = sorted(choices, key=lambda choice: not choice["has_rates"])
        return self.browse([choice["id"] for choice in ranked[:1]])

    def _get_charted_days(self, root):
        """Return the first and the last day with a rate in the books of ``root``."""
        self.ensure_one()
        [days] = self.env.execute_query(
            SQL(
                """SELECT min(name), max(name) FROM res_currency_rate
                    WHERE currency_id = %s AND fx_carried_from IS NULL
                      AND (company_id = %s OR company_id IS NULL)""",
                self.id,
                root.id,
            )
        )
        return days

    def _get_booked_series(self, root, base, period):
        """Return what Odoo converts with: the root's own rows, and shared ones before.

        Days on which quotes were only carried on are left out: nobody published there.
        """
        self.ensure_one()
        self.env["res.currency.rate"].flush_model()
        rows = self.env.execute_query(self._booked_series_query(root, period))
        technical = base._get_technical_rates(root, {row[0] for row in rows})
        return {
            "key": "booked",
            "label": self.env._("Booked"),
            "kind": "booked",
            "holds": False,
            "points": [
                {
                    "date": day,
                    "rate": rate / float(technical[day]),
                    "source": self._name_source(
                        root, day, None if typed else source, *who
                    ),
                    "quoted": quoted or "",
                    "typed": typed,
                }
                for day, rate, source, quoted, typed, *who in rows
            ],
        }

    def _booked_series_query(self, root, period):
        """Return SQL of rows (day, technical rate, provider's name, quotes, typed, who
        wrote it, when)."""
        return SQL(
            """SELECT r.name, r.rate::float, p.name, r.fx_quoted,
                      r.fx_provider_id IS NULL OR r.fx_shared_rate_id IS NOT NULL,
                      person.name, COALESCE(shared.write_date, r.write_date)
                 FROM res_currency_rate r
            LEFT JOIN fx_rate_provider p ON p.id = r.fx_provider_id
            LEFT JOIN res_currency_rate shared ON shared.id = r.fx_shared_rate_id
                   %(typist)s
                WHERE r.currency_id = %(currency)s AND r.fx_carried_from IS NULL
                  AND (r.company_id = %(root)s
                       OR r.company_id IS NULL AND NOT EXISTS (
                            SELECT FROM res_currency_rate own
                             WHERE own.currency_id = r.currency_id
                               AND own.company_id = %(root)s
                               AND own.name <= r.name))
                  %(period)s
             ORDER BY r.name""",
            currency=self.id,
            root=root.id,
            typist=self._join_typist(SQL("COALESCE(shared.write_uid, r.write_uid)")),
            period=self._get_period_sql(SQL("r.name"), period),
        )

    def _get_named_series(self, root, period):
        """Return what is kept beside the books: one series a provider and kind."""
        self.ensure_one()
        self.env["fx.rate.named"].flush_model()
        rows = self.env.execute_query(self._named_series_query(root, period))
        first, _last = period
        series = {}
        for kind, provider_id, provider, day, rate, quoted, *who in rows:
            key = (provider_id, kind)
            if key not in series:
                series[key] = self._get_empty_series(provider_id, provider, kind)
            one = series[key]
            if first and day <= first:
                # of those that hold on the first day only the newest is of interest
                one["points"].clear()
            one["points"].append(
                {
                    "date": day,
                    "rate": rate,
                    "source": self._name_source(root, day, provider, *who),
                    "quoted": quoted or "",
                    "typed": not provider_id,
                }
            )
        return list(series.values())

    def _get_empty_series(self, provider_id, provider, kind):
        """Return a series of named rates without its points.

        :param provider: name; None where a person typed the rates
        """
        field = self.env["fx.rate.named"]._fields["kind"]
        kinds = dict(field._description_selection(self.env))
        return {
            "key": f"{provider_id or 0}-{kind}",
            "label": self.env._(
                "%(provider)s: %(kind)s",
                provider=provider or self.env._("Typed by hand"),
                kind=kinds[kind],
            ),
            "kind": kind,
            "holds": kind in HOLDING,
            "points": [],
        }

    def _named_series_query(self, root, period):
        """Return SQL of rows (kind, provider, its name, day, rate, quotes, who wrote
        it, when).

        Rates that hold until the next one are among them from before the period.
        """
        first, last = period
        return SQL(
            """SELECT n.kind, n.provider_id, p.name, n.date, n.rate::float, n.quoted,
                      person.name, n.write_date
                 FROM fx_rate_named n
            LEFT JOIN fx_rate_provider p ON p.id = n.provider_id
                   %s
                WHERE n.currency_id = %s AND n.company_id = %s
                  AND (n.kind IN %s OR TRUE %s) %s
             ORDER BY p.sequence NULLS FIRST, p.id, n.kind, n.date""",
            self._join_typist(SQL("n.write_uid")),
            self.id,
            root.id,
            HOLDING,
            self._get_period_sql(SQL("n.date"), (first, None)),
            self._get_period_sql(SQL("n.date"), (None, last)),
        )

    @staticmethod
    def _get_period_sql(column, period):
        first, last = period
        return SQL(
            "%s %s",
            SQL("AND %s >= %s", column, first) if first else SQL(),
            SQL("AND %s <= %s", column, last) if last else SQL(),
        )

    @staticmethod
    def _thin_series(series):
        """Thin out the points of a series in place.

        :return: whether there was need to
        """
        points = series["points"]
        typed = [place for place, point in enumerate(points) if point.get("typed")]
        places = thin([point["rate"] for point in points], MOST_POINTS, typed)
        series["points"] = [points[place] for place in places]
        return len(places) < len(points)
