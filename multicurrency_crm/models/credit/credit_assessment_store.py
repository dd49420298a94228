import json
import math
from io import StringIO

from odoo import api, models
from odoo.tools import SQL

from .credit_assessment import TELLING

#: figures that differ by less are the same: below the smallest coin
SAME = 1e-6

#: characters that are sent to the database at a time
BLOCK = 1 << 20
#: made once: ``json.dumps`` would make one for each value
_encode = json.JSONEncoder(check_circular=False, separators=(",", ":")).encode

#: how COPY writes that there is nothing
NULL = "\\N"

#: columns that are written, with their types
COLUMNS = {
    "partner_id": "int",
    "score": "float8",
    "grade": "varchar",
    "is_rated": "bool",
    "settled": "int",
    "is_manual": "bool",
    "exposure": "numeric",
    "overdue": "numeric",
    "has_limit": "bool",
    "limit_amount": "numeric",
    "limit_original": "numeric",
    "limit_currency_id": "int",
    "available": "numeric",
    "fx_at_risk": "numeric",
    "fx_at_risk_weighted": "numeric",
    "suggested_limit": "numeric",
    "expected_payment_days": "float8",
    "rate_date": "date",
    "factors": "jsonb",
    "ceilings": "jsonb",
    "currencies": "jsonb",
}
#: written as JSON, whose backslashes COPY wants doubled
STRUCTURES = {name for name, kind in COLUMNS.items() if kind == "jsonb"}


def list_parts(currencies):
    """:return: {(currency id, part): amount}: what two exposures are compared by, the
    order of their currencies and the rates left out"""
    return {
        (row["currency_id"], part): round(amount, 4)
        for row in currencies
        for part, amount in row["parts"].items()
    }


class CreditAssessment(models.Model):
    """Assessments are written in bulk: a statement for all customers of a chunk."""

    _inherit = "credit.assessment"

    @api.model
    def _store(self, scope, rows):
        """Write the assessments that differ from the newest ones.

        :param scope: ``CreditScope``
        :param rows: list of dicts with the keys of ``COLUMNS``
        :return: ids of the customers whose newest assessment is another one now
        """
        self.flush_model()
        known = self._find_newest(scope)
        rows = [row for row in rows if self._differs(row, known, scope.today)]
        if not rows:
            return []
        self._load_rows(rows)
        written = self.env.execute_query(self._insert_query(scope))
        self.invalidate_model()
        self._point_partners(scope.company, written)
        return [partner_id for _id, partner_id in written]

    def _load_rows(self, rows):
        """Into a temporary table, by COPY: the quickest way to bring many rows."""
        typed = SQL(", ").join(
            SQL("%s %s", SQL.identifier(name), SQL(kind))  # pylint: disable=E8103
            for name, kind in COLUMNS.items()
        )
        self.env.cr.execute(SQL("DROP TABLE IF EXISTS credit_assessment_load"))
        self.env.cr.execute(
            SQL("CREATE TEMP TABLE credit_assessment_load (%s) ON COMMIT DROP", typed)
        )
        lines = "\n".join(
            "\t".join(
                [
                    NULL
                    if (value := row[name]) is None
                    else (_encode(value).replace("\\", "\\\\") if value else "[]")
                    if name in STRUCTURES
                    else str(value)
                    for name in COLUMNS
                ]
            )
            for row in rows
        )
        self.env.cr.copy_expert(
            "COPY credit_assessment_load FROM STDIN", StringIO(lines), BLOCK
        )

    @staticmethod
    def _insert_query(scope):
        names = SQL(", ").join(map(SQL.identifier, COLUMNS))
        updates = SQL(", ").join(
            SQL("%s = EXCLUDED.%s", SQL.identifier(name), SQL.identifier(name))
            for name in (*COLUMNS, "policy_id")
            if name != "partner_id"
        )
        return SQL(
            """INSERT INTO credit_assessment AS a
                      (company_id, policy_id, date, create_date, %(names)s)
               SELECT %(company)s, %(policy)s, %(today)s, NOW() AT TIME ZONE 'UTC',
                      %(names)s
                 FROM credit_assessment_load
          ON CONFLICT (partner_id, company_id, date) DO UPDATE SET %(updates)s
            RETURNING a.id, a.partner_id""",
            names=names,
            company=scope.company.id,
            policy=scope.policy.id or None,
            today=scope.today,
            updates=updates,
        )

    def _find_newest(self, scope):
        """:return: {partner id: (date, values of TELLING)}"""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (partner_id) partner_id, date, %s
                     FROM credit_assessment
                    WHERE company_id = %s AND partner_id = ANY(%s)
                 ORDER BY partner_id, date DESC""",
                SQL(", ").join(map(SQL.identifier, TELLING)),
                scope.company.id,
                scope.partner_ids,
            )
        )
        return {partner_id: (day, told) for partner_id, day, *told in rows}

    @staticmethod
    def _differs(row, known, today):
        """Whether a row is to be written: another one, or today's again."""
        day, told = known.get(row["partner_id"], (None, None))
        if day is None or day == today:
            return True
        for (name, share), old in zip(TELLING.items(), told, strict=True):
            new = row[name]
            if isinstance(new, float):
                if not math.isclose(new, old or 0.0, rel_tol=share, abs_tol=SAME):
                    return True
            elif name == "currencies":
                if list_parts(new) != list_parts(old or ()):
                    return True
            elif new != old:
                return True
        return False

    def _point_partners(self, company, written):
        """Each partner whose newest assessment changed reads it, in the company and so
        in its branches; the others aren't written.

        :param company: main ``res.company``
        :param written: [(assessment's id, partner's id)]
        """
        if not written:
            return
        self.env["res.partner"].flush_model(["credit_assessment_id"])
        ids, partner_ids = zip(*written, strict=True)
        self.env.cr.execute(
            SQL(
                """UPDATE res_partner p
                      SET credit_assessment_id =
                          COALESCE(p.credit_assessment_id, '{}'::jsonb)
                          || jsonb_build_object(%(company)s::text, w.id)
                     FROM unnest(%(ids)s::int[], %(partners)s::int[])
                          AS w (id, partner_id)
                    WHERE p.id = w.partner_id
                      AND (p.credit_assessment_id ->> %(company)s)
                          IS DISTINCT FROM w.id::text""",
                ids=list(ids),
                partners=list(partner_ids),
                company=str(company.id),
            )
        )
        self.env["res.partner"].invalidate_model(["credit_assessment_id"])
