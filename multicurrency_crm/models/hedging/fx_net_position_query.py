import json

from odoo import models
from odoo.tools import SQL

from ...engine import net_position as engine

#: rows are numbered company · currency · month · component, each with room
CURRENCIES = 10_000
MONTHS = 10_000
COMPONENTS = 10


class FxNetPosition(models.Model):
    """The rows behind the position.

    The figures come from a handful of queries, whatever the number of documents; the
    engine puts them where they count, and PostgreSQL groups and sorts the result.
    """

    _inherit = "fx.net.position"

    @property
    def _table_query(self):
        # While modules are loaded, tables that are read here may not exist yet.
        rows = self._get_rows() if self.env.registry.ready else []
        return SQL(
            """SELECT * FROM jsonb_to_recordset(%s::jsonb) AS rows (
                      id bigint, company_id int, company_currency_id int,
                      currency_id int, month date, kind varchar, sequence int,
                      amount numeric, amount_late numeric, amount_exposure numeric,
                      amount_covered numeric, covered_share float8, rate float8,
                      rate_date date, rate_source varchar, amount_company numeric,
                      one_percent numeric)""",
            json.dumps(rows),
        )

    def _get_rows(self):
        """The position of the companies that are chosen, as of today.

        :return: list of dicts, a row each
        """
        companies = self.env.companies  # refuses those that aren't the user's
        # sudo: finance sees figures of documents that they may not open
        source, companies = self.sudo(), companies.sudo()
        flows = {company: [] for company in companies}
        for company_id, flow in source._gather_flows(companies):
            flows[companies.browse(company_id)].append(flow)
        spots = self._get_spots(
            {company: {flow.currency for flow in flows[company]} for company in flows}
        )
        rows = []
        for company, found in flows.items():
            positions = engine.gather(found, company._get_today())
            for currency_id, months in positions.items():
                currency = source.env["res.currency"].browse(currency_id)
                spot = spots[company].get(currency_id)
                for month, position in months.items():
                    place = (company, currency, month)
                    rows += self._get_rows_of(place, position, spot)
        return rows

    def _get_spots(self, currency_ids):
        """Branches read the rates of their root: one query a root and day.

        :param currency_ids: {company: ids of currencies}
        :return: {company: {currency id: Spot}}
        """
        by_root = {}
        for company, ids in currency_ids.items():
            by_root.setdefault((company.root_id, company._get_today()), {})[company] = (
                ids
            )
        spots = {}
        for (root, today), companies in by_root.items():
            wanted = self.env["res.currency"].browse(set().union(*companies.values()))
            found = wanted._find_spot(root, today)
            spots |= dict.fromkeys(companies, found)
        return spots

    def _get_rows_of(self, place, position, spot):
        """One row a component of a currency in a month.

        :param place: (res.company, res.currency, first day of the month)
        :param position: ``engine.net_position.Position``
        :param spot: ``Spot``, or None where no rate is known
        """
        company, currency, month = place
        base = company.currency_id
        number = (company.id * CURRENCIES + currency.id) * MONTHS
        number = (number + month.year * 12 + month.month) * COMPONENTS
        rows = []
        for sequence, kind in enumerate(engine.KINDS):
            amount = currency.round(position.amounts[kind])
            late = currency.round(position.late[kind])
            if currency.is_zero(amount) and currency.is_zero(late):
                continue
            is_cover = kind in engine.COVER
            rows.append(
                {
                    "id": number + sequence,
                    "company_id": company.id,
                    "company_currency_id": base.id,
                    "currency_id": currency.id,
                    "month": month.isoformat(),
                    "kind": kind,
                    "sequence": sequence,
                    "amount": amount,
                    "amount_late": late,
                    "amount_exposure": 0.0 if is_cover else amount,
                    "amount_covered": -amount if is_cover else 0.0,
                    "covered_share": position.covered_share,
                    **self._get_converted(amount, base, spot),
                }
            )
        return rows

    @staticmethod
    def _get_converted(amount, base, spot):
        """Figures in company currency, at a named rate; none where none is known."""
        if not spot:
            return {}
        return {
            "rate": spot.rate,
            "rate_date": spot.date.isoformat(),
            "rate_source": spot.source,
            "amount_company": base.round(engine.value_at(amount, spot.rate)),
            "one_percent": base.round(engine.one_percent(amount, spot.rate)),
        }
