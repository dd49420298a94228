"""Each night, what may be suggested is found among the documents of customers."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ...engine.rate_locks import BASIS_POINTS
from ...engine.suggestions import (
    expect_reorder,
    find_favour,
    find_new_currency,
    find_shortage,
    judge_quotation,
)

#: What the night writes of a suggestion, with its type in the database.
COLUMNS = {
    "partner_id": "int",
    "kind": "varchar",
    "subject": "varchar",
    "res_model": "varchar",
    "res_id": "int",
    "document_name": "varchar",
    "day": "date",
    "last_day": "date",
    "usual_days": "int",
    "known_count": "int",
    "currency_id": "int",
    "usual_currency_id": "int",
    "amount": "numeric",
    "amount_company": "numeric",
    "rate": "float8",
    "rate_date": "date",
    "promised_rate": "float8",
    "share": "numeric",
    "available": "numeric",
}
#: Which suggestion it is.
KEY = ("partner_id", "kind", "subject")


class Ordered(NamedTuple):
    """An order of a customer, by its milestone."""

    day: object  # date
    currency_id: int | None
    amount: float | None
    worth: float | None  # in company currency, at ``rate``; None: none is known
    rate: float | None
    rate_day: object
    model: str
    document_id: int
    name: str
    taken: int | None  # days since its quotation; None: it had none


class Quoted(NamedTuple):
    """An open quotation of a customer."""

    document_id: int
    name: str
    day: object
    currency_id: int
    amount: float
    rate: float | None  # spot of its day; None: none is known
    valid_until: object
    lock_kind: str | None  # of the lock that holds for it
    locked_rate: float | None
    locked_on: object
    lock_id: int | None


class Agreed(NamedTuple):
    """A running agreement with a customer, with room."""

    lock_id: int
    name: str
    currency_id: int
    rate: float
    day: object
    until: object
    amount: float | None  # what is left; None: it has no cap


class Known(NamedTuple):
    """What is known of one customer."""

    chosen: int | None  # its preferred currency's id
    next_contact: object  # date
    available: float | None  # of its limit; None: it has none
    assessed_on: object
    orders: list
    quotations: list
    agreements: list


class CustomerSuggestion(models.Model):
    """What a night finds."""

    _inherit = "customer.suggestion"

    @api.model
    def _find_anew(self, company, ids):
        """Find what may be suggested for customers, and write what is another thing
        than before: as many queries for a thousand as for one.

        :param company: main ``res.company`` with sudo
        :param ids: of commercial partners
        """
        customers = self._find_known(company, ids)
        market = self._find_market(company, customers)
        found, alive = [], []
        for partner_id, known in customers.items():
            for vals in self._list_suggested(company, known, market):
                found.append({"partner_id": partner_id, **vals})
            alive += self._list_alive(partner_id, known)
        self._delete_ended(company, ids, list(customers), found, alive)
        self._write_found(company, found)

    # === WHAT IS KNOWN === #

    @api.model
    def _find_known(self, company, ids):
        """Find what is known of customers that aren't archived.

        :return: {partner id: :class:`Known`}
        """
        companies = list(company._get_branch_ids(company.id))
        customers = self._find_customers(company, ids)
        orders = self._find_orders(company, companies, list(customers))
        quotations = self._find_quotations(company, companies, list(customers))
        agreements = self._find_agreements(company, companies, list(customers))
        return {
            partner_id: Known(
                *facts,
                orders.get(partner_id, []),
                quotations.get(partner_id, []),
                agreements.get(partner_id, []),
            )
            for partner_id, facts in customers.items()
        }

    @api.model
    def _find_customers(self, company, ids):
        """Find what is chosen for customers, and what their limits leave.

        :return: {partner id: (preferred currency's id, next contact, available, day of
            the assessment)}
        """
        Partner = self.env["res.partner"].with_company(company)
        rows = self.env.execute_query(
            SQL(
                """SELECT p.id, %(chosen)s, l.next_contact_date,
                          CASE WHEN a.has_limit THEN a.available END,
                          COALESCE(a.rate_date, a.date)
                     FROM res_partner p
                     JOIN customer_life l ON l.partner_id = p.id
                                         AND l.company_id = %(company)s
                LEFT JOIN credit_assessment a ON a.id = %(assessed)s
                                             AND a.company_id = %(company)s
                    WHERE p.id = ANY(%(ids)s) AND p.active""",
                chosen=Partner._field_to_sql("p", "preferred_currency_id"),
                assessed=Partner._field_to_sql("p", "credit_assessment_id"),
                company=company.id,
                ids=ids,
            )
        )
        return {partner_id: facts for partner_id, *facts in rows}

    @api.model
    def _find_orders(self, company, companies, ids):
        """Find what customers ordered, the newest last.

        What Odoo converted without any rate on or before its day has no company value
        here; what was brought in has a rate of its own.

        :return: {partner id: [:class:`Ordered`]}
        """
        home = company.currency_id.id
        first = SQL(
            """SELECT c.id, (SELECT MIN(r.name) FROM res_currency_rate r
                              WHERE r.currency_id = c.id
                                AND (r.company_id = %s OR r.company_id IS NULL)) AS day
                 FROM res_currency c""",
            company.id,
        )
        known = SQL(
            "(m.currency_id = %s OR m.from_history OR f.day <= m.rate_date)", home
        )
        return self._find_rows(
            Ordered,
            SQL(
                """SELECT m.partner_id, m.date, m.currency_id, m.amount,
                          CASE WHEN %(known)s THEN m.amount_company END,
                          CASE WHEN %(known)s THEN m.rate END,
                          m.rate_date, m.res_model, m.res_id, m.document_name,
                          m.date - q.date
                     FROM customer_milestone m
                LEFT JOIN (%(first)s) f ON f.id = m.currency_id
                LEFT JOIN customer_milestone q
                       ON q.company_id = m.company_id AND q.kind = 'quotation'
                      AND q.res_model = m.res_model AND q.res_id = m.res_id
                      AND NOT q.is_void
                    WHERE m.company_id = ANY(%(companies)s)
                      AND m.partner_id = ANY(%(ids)s)
                      AND m.kind = 'order' AND NOT m.is_void
                 ORDER BY m.date, m.id""",
                known=known,
                first=first,
                companies=companies,
                ids=ids,
            ),
        )

    @api.model
    def _find_quotations(self, company, companies, ids):
        """Find the quotations of customers that are open, the newest last.

        :return: {partner id: [:class:`Quoted`]}
        """
        home = company.currency_id
        spot = home._get_spot_sql(
            SQL("o.currency_id"),
            SQL("%s", home.id),
            SQL("%s", company.id),
            SQL("m.date"),
        )
        return self._find_rows(
            Quoted,
            SQL(
                """SELECT m.partner_id, o.id, o.name, m.date, o.currency_id,
                          o.amount_total,
                          CASE WHEN o.currency_id = %(home)s THEN 1 ELSE %(spot)s END,
                          o.validity_date, k.kind, k.rate, k.date_start, k.id
                     FROM customer_milestone m
                     JOIN sale_order o ON o.id = m.res_id
                                      AND o.state IN ('draft', 'sent')
                LEFT JOIN fx_rate_lock k ON k.id = o.rate_lock_id
                                        AND k.state = 'active'
                                        AND k.date_end >= %(today)s
                    WHERE m.company_id = ANY(%(companies)s)
                      AND m.partner_id = ANY(%(ids)s)
                      AND m.kind = 'quotation' AND m.res_model = 'sale.order'
                      AND NOT m.is_void
                 ORDER BY m.date, m.id""",
                home=home.id,
                spot=spot,
                today=company._get_today(),
                companies=companies,
                ids=ids,
            ),
        )

    @api.model
    def _find_agreements(self, company, companies, ids):
        """Find the running agreements with customers that have room.

        :return: {partner id: [:class:`Agreed`]}
        """
        today = company._get_today()
        return self._find_rows(
            Agreed,
            SQL(
                """SELECT partner_id, id, name, currency_id, rate, date_start, date_end,
                          CASE WHEN amount_cap != 0 THEN amount_available END
                     FROM fx_rate_lock
                    WHERE kind = 'agreement' AND state = 'active'
                      AND date_start <= %(today)s AND date_end >= %(today)s
                      AND company_id = ANY(%(companies)s) AND partner_id = ANY(%(ids)s)
                      AND (COALESCE(amount_cap, 0) = 0 OR amount_available > 0)
                 ORDER BY id""",
                today=today,
                companies=companies,
                ids=ids,
            ),
        )

    @api.model
    def _find_rows(self, kind, query):
        """Return the rows of a query that begin with a customer.

        :return: {partner id: [``kind``]}
        """
        found = {}
        for partner_id, *values in self.env.execute_query(query):
            found.setdefault(partner_id, []).append(kind(*values))
        return found

    @api.model
    def _find_market(self, company, customers):
        """Find today's rates of the currencies in which something is promised, those
        that are fresh, and the spreads of locks.

        :return: ({currency id: ``Spot``}, ``fx.rate.margin``)
        """
        ids = {
            one.currency_id
            for known in customers.values()
            for one in (*known.quotations, *known.agreements)
        }
        if not ids:
            return {}, self.env["fx.rate.margin"]
        currencies = self.env["res.currency"].browse(sorted(ids))
        fresh, _sentences = currencies._find_fresh(company, company._get_today())
        # sudo: whoever locks a rate gets the company's spread
        margins = self.env["fx.rate.margin"].sudo()
        return fresh, margins.search([("company_id", "=", company.id)])

    # === WHAT IS SUGGESTED === #

    @api.model
    def _list_suggested(self, company, known, market):
        """Return what may be suggested for one customer.

        :param known: :class:`Known`
        :param market: as :meth:`_find_market` finds it
        :return: list of values
        """
        today = company._get_today()
        reorder = expect_reorder((one.day for one in known.orders), today)
        if reorder and (today - reorder.last).days > company.lifecycle_lost_days:
            # it is lost: that is a flag of its own
            reorder = None
        return [
            *self._suggest_reorder(known, reorder),
            *self._suggest_silence(company, known, market),
            *self._suggest_favour(company, known, market),
            *self._suggest_lock(company, known, market),
            *self._suggest_shortage(company, known, reorder),
            *self._suggest_currency(known),
        ]

    @api.model
    def _list_alive(self, partner_id, known):
        """Return what may be suggested again about one customer: of that it is kept
        that it isn't useful. A currency may always come back.

        :return: [(partner id, kind, subject)]
        """
        subjects = [
            (kind, f"sale.order,{one.document_id}")
            for one in known.quotations
            for kind in ("favour", "silence")
        ]
        subjects += [
            ("lock", f"fx.rate.lock,{one.lock_id}")
            for one in (*known.quotations, *known.agreements)
            if one.lock_id
        ]
        if known.orders:
            last = known.orders[-1].day.isoformat()
            subjects += [("reorder", last), ("shortage", last)]
        return [(partner_id, *subject) for subject in subjects]

    @staticmethod
    def _prepare_order_vals(last):
        """Return the values that say which order was the last.

        :param last: :class:`Ordered`
        """
        return {
            "res_model": last.model,
            "res_id": last.document_id,
            "document_name": last.name,
            "currency_id": last.currency_id,
            "amount": last.amount,
            "amount_company": last.worth,
            "rate": last.rate,
            "rate_date": last.rate_day,
        }

    @api.model
    def _suggest_reorder(self, known, reorder):
        """Yield that an order is expected: not before its day, and not where a
        quotation has been made since the last order."""
        if not reorder or reorder.days_past < 0:
            return
        if any(one.day >= reorder.last for one in known.quotations):
            return
        yield {
            "kind": "reorder",
            "subject": reorder.last.isoformat(),
            "day": reorder.expected,
            "last_day": reorder.last,
            "usual_days": reorder.interval,
            "known_count": reorder.intervals,
            **self._prepare_order_vals(known.orders[-1]),
        }

    @api.model
    def _prepare_quotation_vals(self, company, one, market):
        """Return the values that say which quotation it is, and what it is worth today.

        :param one: :class:`Quoted`
        """
        spot = market[0].get(one.currency_id)
        worth = spot and company.currency_id.round(one.amount / spot.rate)
        return {
            "subject": f"sale.order,{one.document_id}",
            "res_model": "sale.order",
            "res_id": one.document_id,
            "document_name": one.name,
            "day": one.day,
            "currency_id": one.currency_id,
            "amount": one.amount,
            "amount_company": worth,
            "rate": spot and spot.rate,
            "rate_date": spot and spot.date,
        }

    @api.model
    def _suggest_silence(self, company, known, market):
        """Yield the quotations that are likely to be lost, unless somebody has planned
        to speak with the customer."""
        today = company._get_today()
        if known.next_contact and known.next_contact >= today:
            return
        taken = [one.taken for one in known.orders if one.taken is not None]
        for one in known.quotations:
            age = (today - one.day).days
            silence = judge_quotation(age, taken, company.suggestion_patience_days)
            if not silence or age > company.lifecycle_lost_days:
                continue
            yield {
                "kind": "silence",
                **self._prepare_quotation_vals(company, one, market),
                "usual_days": silence.usual,
                "known_count": silence.quotations,
            }

    @api.model
    def _suggest_favour(self, company, known, market):
        """Yield that the newest quotation without a lock could be cheaper for the
        customer, at the same company value."""
        foreign = [
            one
            for one in known.quotations
            if one.currency_id != company.currency_id.id and not one.lock_kind
        ]
        for one in foreign[-1:]:
            spot = market[0].get(one.currency_id)
            if not spot or not one.rate or one.amount <= 0:
                continue
            share = find_favour(one.rate, spot.rate, company.suggestion_least_share)
            if share:
                yield {
                    "kind": "favour",
                    **self._prepare_quotation_vals(company, one, market),
                    "promised_rate": one.rate,
                    "share": share,
                }

    @api.model
    def _suggest_lock(self, company, known, market):
        """Yield the promises, of open quotations and of agreements with room, that a
        rate locked today would make cheaper for the customer."""
        today = company._get_today()
        for one in known.quotations:
            end = one.valid_until or today + timedelta(days=company.lock_days)
            if one.lock_kind != "order" or end < today:
                continue
            vals = self._prepare_quotation_vals(company, one, market)
            vals |= {"day": one.locked_on}
            yield from self._suggest_rate(
                company, market, one.lock_id, one.locked_rate, (end - today).days, vals
            )
        for one in known.agreements:
            vals = {
                "res_model": "fx.rate.lock",
                "res_id": one.lock_id,
                "document_name": one.name,
                "day": one.day,
                "currency_id": one.currency_id,
                "amount": one.amount,
            }
            yield from self._suggest_rate(
                company, market, one.lock_id, one.rate, (one.until - today).days, vals
            )

    @api.model
    def _suggest_rate(self, company, market, lock_id, promised, days, vals):
        """Yield that one promise could be cheaper.

        :param promised: its rate
        :param days: how long a lock of today would hold
        :param vals: the values that say which document it is
        """
        spots, margins = market
        spot = spots.get(vals["currency_id"])
        if not spot or vals["currency_id"] == company.currency_id.id:
            return
        points = margins._choose_margin(vals["currency_id"], days)
        now = spot.rate / (1 - points / BASIS_POINTS)
        share = find_favour(promised, now, company.suggestion_least_share)
        if share:
            worth = company.currency_id.round((vals["amount"] or 0) / now)
            yield {
                **vals,
                "kind": "lock",
                "subject": f"fx.rate.lock,{lock_id}",
                "amount_company": worth if vals["amount"] else None,
                "rate": now,
                "rate_date": spot.date,
                "promised_rate": promised,
                "share": share,
            }

    @api.model
    def _suggest_shortage(self, company, known, reorder):
        """Yield that a limit leaves less than the order that is expected soon."""
        home = company.currency_id
        if known.available is None:
            return
        shortage = find_shortage(
            Decimal(str(home.round(known.available))),
            [
                None if one.worth is None else Decimal(str(home.round(one.worth)))
                for one in known.orders
            ],
            reorder,
            company.suggestion_soon_days,
        )
        if not shortage or home.is_zero(float(shortage.lacking)):
            return
        yield {
            "kind": "shortage",
            "subject": reorder.last.isoformat(),
            "day": reorder.expected,
            "last_day": reorder.last,
            "usual_days": reorder.interval,
            "known_count": shortage.orders,
            "currency_id": home.id,
            "amount": home.round(float(shortage.expected)),
            "amount_company": home.round(float(shortage.expected)),
            "rate_date": known.assessed_on,
            "available": known.available,
        }

    @api.model
    def _suggest_currency(self, known):
        """Yield that the newest orders aren't in the customer's currency."""
        orders = [one for one in known.orders if one.currency_id]
        found = find_new_currency([one.currency_id for one in orders], known.chosen)
        if not found:
            return
        currency = self.env["res.currency"].browse(found.currency)
        yield {
            "kind": "currency",
            "subject": currency.name,
            "usual_currency_id": found.usual,
            "known_count": found.before,
            "day": orders[-1].day,
            **self._prepare_order_vals(orders[-1]),
        }

    # === WRITING === #

    @api.model
    def _delete_ended(self, company, ids, active_ids, found, alive):
        """Delete what doesn't hold any more, and that something isn't useful which
        can't be suggested again.

        :param ids: of the customers that were looked at
        :param active_ids: of those that aren't archived: of others it is kept
        :param found: list of values
        :param alive: [(partner id, kind, subject)]
        """
        self.env.cr.execute(
            SQL(
                """DELETE FROM customer_suggestion s
                    WHERE s.company_id = %(company)s AND s.partner_id = ANY(%(ids)s)
                      AND CASE s.state WHEN 'open' THEN %(unfound)s
                          ELSE s.kind != 'currency' AND s.partner_id = ANY(%(active)s)
                               AND %(dead)s END""",
                company=company.id,
                ids=ids,
                active=active_ids,
                unfound=self._is_absent([[one[name] for name in KEY] for one in found]),
                dead=self._is_absent(alive),
            )
        )
        self.invalidate_model()

    @staticmethod
    def _is_absent(keys):
        """Return the condition that a suggestion ``s`` is none of these.

        :param keys: [(partner id, kind, subject)]
        """
        partners, kinds, subjects = zip(*keys, strict=True) if keys else ((), (), ())
        return SQL(
            """(s.partner_id, s.kind, s.subject) NOT IN (
                SELECT * FROM unnest(%s::int[], %s::varchar[], %s::varchar[]))""",
            list(partners),
            list(kinds),
            list(subjects),
        )

    @api.model
    def _write_found(self, company, found):
        """Write what was found, where it is another thing than before. What isn't
        useful stays so.

        :param found: list of dicts with keys of ``COLUMNS``
        """
        if not found:
            return
        names = [name for name in COLUMNS if name not in KEY]
        old, new = (
            SQL(", ").join(SQL("%s.%s", of, SQL.identifier(name)) for name in names)
            for of in (SQL("s"), SQL("EXCLUDED"))
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_suggestion AS s
                          (company_id, state, create_date, write_date, %(columns)s)
                   SELECT %(company)s, 'open', NOW() AT TIME ZONE 'UTC',
                          NOW() AT TIME ZONE 'UTC', %(columns)s
                     FROM jsonb_to_recordset(%(found)s::jsonb) AS r (%(typed)s)
              ON CONFLICT (company_id, partner_id, kind, subject) DO UPDATE
                      SET (write_date, %(names)s) = (EXCLUDED.write_date, %(new)s)
                    WHERE (%(old)s) IS DISTINCT FROM (%(new)s)""",
                company=company.id,
                columns=SQL(", ").join(map(SQL.identifier, COLUMNS)),
                names=SQL(", ").join(map(SQL.identifier, names)),
                old=old,
                new=new,
                found=json.dumps(found, default=str),
                typed=SQL(", ").join(
                    SQL("%s %s", SQL.identifier(name), SQL(kind))  # pylint: disable=E8103
                    for name, kind in COLUMNS.items()
                ),
            )
        )
        self.invalidate_model()

    # === CUSTOMERS === #

    @api.model
    def _join(self, sources, customer):
        """Have what isn't useful for some partners be so for one customer; what may be
        suggested is found anew.

        :param sources: ``res.partner``
        :param customer: likewise
        """
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_suggestion
                          (company_id, partner_id, state, useless_by, useless_on,
                           kind, subject, res_model, res_id, document_name, day)
                   SELECT DISTINCT ON (company_id, kind, subject)
                          company_id, %s, state, useless_by, useless_on,
                          kind, subject, res_model, res_id, document_name, day
                     FROM customer_suggestion
                    WHERE partner_id = ANY(%s) AND state = 'useless'
                 ORDER BY company_id, kind, subject, id
              ON CONFLICT (company_id, partner_id, kind, subject) DO UPDATE
                      SET state = EXCLUDED.state, useless_by = EXCLUDED.useless_by,
                          useless_on = EXCLUDED.useless_on""",
                customer.commercial_partner_id.id,
                sources.ids,
            )
        )
        self.env.cr.execute(
            SQL(
                "DELETE FROM customer_suggestion WHERE partner_id = ANY(%s)",
                sources.ids,
            )
        )
        self.invalidate_model()
