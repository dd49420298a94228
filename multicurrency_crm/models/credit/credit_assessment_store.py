import json
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from .credit_assessment import TELLING

#: columns that are written, with their types
COLUMNS = {
    "partner_id": "int",
    "score": "float8",
    "grade": "varchar",
    "is_rated": "bool",
    "is_manual": "bool",
    "exposure": "numeric",
    "overdue": "numeric",
    "has_limit": "bool",
    "limit_amount": "numeric",
    "limit_original": "numeric",
    "limit_currency_id": "int",
    "available": "numeric",
    "fx_at_risk": "numeric",
    "suggested_limit": "numeric",
    "expected_payment_days": "float8",
    "rate_date": "date",
    "factors": "jsonb",
    "ceilings": "jsonb",
    "currencies": "jsonb",
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
        names = SQL(", ").join(map(SQL.identifier, COLUMNS))
        typed = SQL(", ").join(
            SQL("%s %s", SQL.identifier(name), SQL(kind))  # pylint: disable=E8103
            for name, kind in COLUMNS.items()
        )
        updates = SQL(", ").join(
            SQL("%s = EXCLUDED.%s", SQL.identifier(name), SQL.identifier(name))
            for name in (*COLUMNS, "policy_id")
            if name != "partner_id"
        )
        same = SQL(" AND ").join(
            SQL("n.%s IS NOT DISTINCT FROM r.%s", *[SQL.identifier(name)] * 2)
            for name in TELLING
        )
        written = self.env.execute_query(
            SQL(
                """INSERT INTO credit_assessment AS a
                          (company_id, policy_id, date, create_uid, create_date, %(names)s)
                   SELECT %(company)s, %(policy)s, %(today)s, %(uid)s,
                          NOW() AT TIME ZONE 'UTC', r.*
                     FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (%(typed)s)
                LEFT JOIN LATERAL (
                          SELECT * FROM credit_assessment o
                           WHERE o.partner_id = r.partner_id
                             AND o.company_id = %(company)s
                        ORDER BY o.date DESC LIMIT 1) n ON TRUE
                    WHERE n.id IS NULL OR NOT (%(same)s) OR n.date = %(today)s
              ON CONFLICT (partner_id, company_id, date) DO UPDATE SET %(updates)s
                RETURNING a.id, a.partner_id""",
                names=names,
                company=scope.company.id,
                policy=scope.policy.id or None,
                today=scope.today,
                uid=self.env.uid,
                rows=json.dumps(rows, default=_plain),
                typed=typed,
                same=same,
                updates=updates,
            )
        )
        self.invalidate_model()
        self._point_partners(scope, written)
        return [partner_id for _id, partner_id in written]

    def _point_partners(self, scope, written):
        """Each partner whose newest assessment changed reads it, in the company and
        its branches; the others aren't written."""
        if not written:
            return
        self.env["res.partner"].flush_model(["credit_assessment_id"])
        ids, partner_ids = zip(*written, strict=True)
        self.env.cr.execute(
            SQL(
                """UPDATE res_partner p
                      SET credit_assessment_id =
                          COALESCE(p.credit_assessment_id, '{}'::jsonb)
                          || (SELECT jsonb_object_agg(c::text, w.id)
                                FROM unnest(%(companies)s::int[]) c)
                     FROM unnest(%(ids)s::int[], %(partners)s::int[])
                          AS w (id, partner_id)
                    WHERE p.id = w.partner_id
                      AND (p.credit_assessment_id ->> %(company)s)
                          IS DISTINCT FROM w.id::text""",
                companies=scope.company_ids,
                ids=list(ids),
                partners=list(partner_ids),
                company=str(scope.company.id),
            )
        )
        self.env["res.partner"].invalidate_model(["credit_assessment_id"])


def _plain(value):
    """What JSON doesn't know: money and days."""
    return float(value) if isinstance(value, Decimal) else value.isoformat()
