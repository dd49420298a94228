import json
import math
from io import StringIO

from odoo import api, fields, models
from odoo.tools import SQL

from ..limits.credit_policy import GRADES

#: what makes an assessment another one, and by how much of it at least; the rest
#: follows from these
COMPARED = {
    "score": 0.0,
    "grade": 0.0,
    "is_manual": 0.0,
    "exposure": 0.0,
    "overdue": 0.0,
    "limit_amount": 0.0,
    "limit_original": 0.0,
    "limit_currency_id": 0.0,
    "has_limit": 0.0,
    "suggested_limit": 0.0,
    "expected_payment_days": 0.0,
    # moves with every rate that comes
    "fx_at_risk": 0.05,
    "fx_at_risk_weighted": 0.05,
    "ceilings": 0.0,
    "currencies": 0.0,
}


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
    "limit_owed": "numeric",
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
    """Return what two exposures are compared by, the order of their currencies and the
    rates left out.

    :return: {(currency id, part): amount}
    """
    return {
        (row["currency_id"], part): round(amount, 4)
        for row in currencies
        for part, amount in row["parts"].items()
    }


class CreditAssessment(models.Model):
    """What was known of a customer's credit on a day on which it changed.

    Apart from the partner, so that the nightly run doesn't write every partner.
    """

    _name = "credit.assessment"
    _description = "Credit Assessment"
    _inherit = ["guarded.mixin"]
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    policy_id = fields.Many2one("credit.policy", readonly=True, ondelete="set null")
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, readonly=True)
    checked_on = fields.Date(
        readonly=True, help="When somebody last assessed anew, and nothing had changed."
    )
    score = fields.Float(
        readonly=True, aggregator="avg", help="0 to 100; higher is safer."
    )
    grade = fields.Selection(GRADES, readonly=True)
    is_rated = fields.Boolean(
        string="Rated",
        readonly=True,
        help="Three settled invoices tell how a customer pays.",
    )
    settled = fields.Integer(
        string="Settled Invoices",
        readonly=True,
        aggregator=None,
        help="By money, ever.",
    )
    is_manual = fields.Boolean(string="Grade by Hand", readonly=True)
    exposure = fields.Monetary(readonly=True)
    overdue = fields.Monetary(readonly=True)
    has_limit = fields.Boolean(readonly=True)
    limit_amount = fields.Monetary(string="Limit", readonly=True)
    limit_original = fields.Monetary(
        string="Limit in Its Currency",
        readonly=True,
        currency_field="limit_currency_id",
    )
    limit_owed = fields.Monetary(
        string="Owed in the Limit's Currency",
        readonly=True,
        currency_field="limit_currency_id",
    )
    limit_currency_id = fields.Many2one("res.currency", readonly=True)
    available = fields.Monetary(
        readonly=True,
        help="Limit − what is owed, both in the currency of the limit; 0 where no "
        "limit is set.",
    )
    fx_at_risk = fields.Monetary(
        string="VaR 95 %, 21 days",
        readonly=True,
        help="What the currencies of this exposure may cost within 21 trading days, "
        "in 95 of 100 cases at most, by the movements of 250 days.",
    )
    fx_at_risk_weighted = fields.Monetary(
        string="VaR 95 %, 21 days (recent-weighted)",
        readonly=True,
        help="The same, each day weighing less the longer it is gone (λ = 0.94): it "
        "tells sooner that a currency has become restless, or calm.",
    )
    suggested_limit = fields.Monetary(readonly=True)
    expected_payment_days = fields.Float(
        string="Expected Days Late",
        readonly=True,
        aggregator="avg",
        help="Days after the due date on which this customer pays; below 0: before.",
    )
    rate_date = fields.Date(
        string="Rates Of", readonly=True, help="Oldest day of the rates that were used."
    )
    # large: read together, and only where they are shown
    factors = fields.Json(readonly=True, prefetch="structures")
    ceilings = fields.Json(readonly=True, prefetch="structures")
    currencies = fields.Json(readonly=True, prefetch="structures")

    _one_a_day = models.Constraint(
        "UNIQUE (partner_id, company_id, date)",
        "A customer has one assessment a day in each company.",
    )
    _company_date = models.Index("(company_id, date)")
    # lists by score: customers with a figure come first, whichever end is asked for
    _company_score = models.Index("(company_id, score, partner_id, id)")

    @api.autovacuum
    def _gc_old(self):
        """Delete assessments that are older than their company's policies keep them;
        each customer's newest one stays, whatever its age."""
        today = self.env["res.company"]._get_utc_today()
        self.env.cr.execute(
            SQL(
                """DELETE FROM credit_assessment a
                    USING res_company c
                    WHERE c.id = a.company_id
                      AND a.date < %s - (
                          SELECT MAX(p.retention_months) * INTERVAL '1 month'
                            FROM credit_policy p
                           WHERE p.company_id = c.id AND p.active
                          HAVING MIN(p.retention_months) > 0)
                      AND EXISTS (SELECT FROM credit_assessment n
                                   WHERE n.partner_id = a.partner_id
                                     AND n.company_id = a.company_id
                                     AND n.date > a.date)""",
                today,
            )
        )
        # a run of long ago says nothing about what is recent
        self.env.cr.execute(
            SQL("DELETE FROM credit_assessment_chunk WHERE date < %s - 400", today)
        )
        self.env.invalidate_all()

    # === STORING === #

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
        """Load rows into a temporary table by COPY, the quickest way to bring many."""
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
        """Find the newest assessment of each customer.

        :return: {partner id: (date, [values of COMPARED])}
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (partner_id) partner_id, date, %s
                     FROM credit_assessment
                    WHERE company_id = %s AND partner_id = ANY(%s)
                 ORDER BY partner_id, date DESC""",
                SQL(", ").join(map(SQL.identifier, COMPARED)),
                scope.company.id,
                scope.partner_ids,
            )
        )
        return {partner_id: (day, before) for partner_id, day, *before in rows}

    @staticmethod
    def _differs(row, known, today):
        """Whether a row is to be written: another one, or today's again."""
        day, before = known.get(row["partner_id"], (None, None))
        if day is None or day == today:
            return True
        for (name, share), old in zip(COMPARED.items(), before, strict=True):
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
        """Let each partner whose newest assessment changed read it, in the company and
        so in its branches; the others aren't written.

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
