from odoo import api, fields, models
from odoo.tools import float_is_zero, format_date
from odoo.tools.misc import formatLang

from ....engine.credit_judgement import NO_LIMIT_LEFT

#: how the value of a factor is written
UNITS = {
    "lateness": "days",
    "overdue_share": "percent",
    "limit_use": "percent",
    "dso_beyond_terms": "days",
    "relation": "years",
    "trend": "times",
    "incidents": "count",
    "currency": "percent",
}


class CreditAssessment(models.Model):
    """An assessment in words and figures that a person can follow."""

    _inherit = "credit.assessment"

    locked_difference = fields.Monetary(
        string="By Locked Rates",
        compute="_compute_limit_note",
        help="Limit − exposure − available: orders at locked rates count in the "
        "exposure at these, and against the limit as what is owed in its currency.",
    )
    limit_note = fields.Text(
        string="How It Adds Up",
        compute="_compute_limit_note",
        help="In the currency of the limit, what is left of it.",
    )
    explanation = fields.Json(compute="_compute_explanation")
    exposure_table = fields.Json(compute="_compute_exposure_table")
    history = fields.Json(compute="_compute_history")

    # === FACTORS === #

    @api.depends("factors", "ceilings", "score")
    @api.depends_context("lang")
    def _compute_explanation(self):
        factors = dict(
            self.env["credit.rule"]._fields["factor"]._description_selection(self.env)
        )
        for assessment in self:
            rows = assessment.factors or []
            total = sum(row["weight"] for row in rows) or 1.0
            known = {row["code"] for row in rows}
            assessment.explanation = {
                "score": formatLang(self.env, assessment.score, digits=1),
                "grade": (assessment.grade or "").upper(),
                "rows": [
                    assessment._explain_factor(row, factors, total) for row in rows
                ]
                + [
                    self._prepare_factor(code, label, self.env._("no data"))
                    for code, label in factors.items()
                    if code not in known
                ],
                "notes": assessment._list_notes(),
            }

    @staticmethod
    def _prepare_factor(code, label, value):
        return {"code": code, "label": label, "value": value, "points": None}

    def _explain_factor(self, row, factors, total):
        """Return one row of the explanation, as the browser shows it.

        :param row: as ``credit.assessment.factors`` keeps it
        :param factors: {factor: label}
        :param total: of the weights that have data
        """
        unit = UNITS.get(row["code"], "count")
        label = factors.get(row["code"], row["code"])
        shown = self._prepare_factor(row["code"], label, "")
        return {
            **shown,
            "value": self._format_value(row["value"], unit),
            "band": self._format_band(row, unit),
            "points": row["points"],
            "share": row["weight"] / total,
            "percent": self.env["res.currency"]._format_percent(row["weight"] / total),
            "contribution": formatLang(self.env, row["contribution"], digits=1),
            "note": self._explain_peers(row),
        }

    def _explain_peers(self, row):
        """Return how points were drawn towards the peers'; empty where they weren't."""
        if "peer_points" not in row:
            return ""
        return self.env._(
            "%(own)s by its own %(count)s settled invoices, its peers have %(peers)s.",
            own=formatLang(self.env, row["band_points"], digits=0),
            count=self.settled,
            peers=formatLang(self.env, row["peer_points"], digits=1),
        )

    def _format_value(self, value, unit):
        if unit == "percent":
            if value >= NO_LIMIT_LEFT:
                return self.env._("owes, and pays in advance")
            return self.env["res.currency"]._format_percent(value)
        number = self._format_number(value)
        if unit == "days":
            return self.env._("%s days", number)
        if unit == "years":
            return self.env._("%s years", number)
        return f"{number} ×" if unit == "times" else number

    def _format_number(self, value):
        digits = 0 if float_is_zero(value - round(value), precision_digits=1) else 1
        return formatLang(self.env, value, digits=digits)

    def _format_band(self, row, unit):
        low, high = row.get("from"), row.get("to")
        if low is None:
            return self.env._("up to %s", self._format_value(high, unit))
        if high is None:
            return self.env._("above %s", self._format_value(low, unit))
        return self.env._(
            "%(low)s to %(high)s",
            low=self._format_value(low, unit),
            high=self._format_value(high, unit),
        )

    def _list_notes(self):
        """Return why the grade isn't simply that of the score.

        :return: list of sentences
        """
        self.ensure_one()
        sentences = {
            "unrated": self.env._(
                "Fewer than three settled invoices: unrated, and C at most."
            ),
            "overdue_30": self.env._("More than 30 days overdue: C at most."),
            "overdue_90": self.env._("More than 90 days overdue: E."),
            "written_off": self.env._("Written off within 36 months: E."),
            "on_hold": self.env._("On credit hold: E."),
        }
        notes = [sentences[row["reason"]] for row in self.ceilings or []]
        if self.is_manual:
            notes.append(self.env._("The grade was set by hand."))
        return notes

    # === LIMIT === #

    @api.depends("has_limit", "limit_amount", "limit_owed", "exposure", "available")
    @api.depends_context("lang")
    def _compute_limit_note(self):
        for assessment in self:
            own = assessment.currency_id
            left = assessment.limit_amount - assessment.exposure - assessment.available
            assessment.locked_difference = (
                own.round(left) if assessment.has_limit and own else 0.0
            )
            assessment.limit_note = assessment._get_limit_note()

    def _get_limit_note(self):
        """Return what is left of the limit in its currency, and what else counts."""
        self.ensure_one()
        if not self.has_limit:
            return self.env._("No limit is set.")
        own, difference = self.currency_id, self.locked_difference
        notes = [self._get_limit_equation()]
        if own.compare_amounts(difference, 0) > 0:
            notes.append(
                self.env._(
                    "Orders at locked rates take %(amount)s more of the limit than of "
                    "the exposure.",
                    amount=own._format_amount(difference),
                )
            )
        elif own.compare_amounts(difference, 0) < 0:
            notes.append(
                self.env._(
                    "Orders at locked rates take %(amount)s less of the limit than of "
                    "the exposure.",
                    amount=own._format_amount(-difference),
                )
            )
        # sudo: who reads this reads which other limits count
        Limit, company = self.env["credit.limit"].sudo(), self.company_id
        for limit in Limit._find_group_limits(company, self.date, self.partner_id):
            notes.append(
                self.env._(
                    "The group limit of %(group)s, %(amount)s, counts besides.",
                    group=limit.partner_id.display_name,
                    amount=limit.currency_id._format_amount(limit.amount),
                )
            )
        return "\n".join(filter(None, notes))

    def _get_limit_equation(self):
        """Return limit − what is owed = what is left, in the limit's currency; empty
        where that is the company's, or of a limit of 0."""
        currency = self.limit_currency_id
        if currency == self.currency_id or not self.limit_amount:
            return ""
        owed = currency.round(self.limit_owed)
        if not owed:  # kept by an earlier version, or nothing is owed
            used = self.limit_amount - self.available
            owed = currency.round(used * self.limit_original / self.limit_amount)
        return self.env._(
            "%(limit)s − %(owed)s = %(left)s",
            limit=currency._format_amount(self.limit_original),
            owed=currency._format_amount(owed),
            left=currency._format_amount(self.limit_original - owed),
        )

    # === EXPOSURE === #

    @api.depends("currencies")
    @api.depends_context("lang")
    def _compute_exposure_table(self):
        for assessment in self:
            assessment.exposure_table = self._prepare_exposure_table(
                assessment.company_id, assessment.currencies or []
            )

    @api.model
    def _get_part_labels(self):
        """Return the components of an exposure, in the order in which they are shown.

        :return: {part: label}
        """
        return {
            "not_due": self.env._("Not due"),
            "days_30": self.env._("1–30 days late"),
            "days_60": self.env._("31–60 days late"),
            "days_90": self.env._("61–90 days late"),
            "older": self.env._("Over 90 days late"),
            "disputed": self.env._("Disputed"),
            "credit": self.env._("Credit and advances"),
            "in_process": self.env._("Payments in process"),
            "draft": self.env._("Draft invoices"),
            "delivered": self.env._("Delivered, to invoice"),
            "undelivered": self.env._("Ordered, to deliver"),
            "quotation": self.env._("Sent quotations"),
            "bills": self.env._("What we owe"),
            "document": self.env._("This document"),
        }

    @api.model
    def _prepare_exposure_table(self, company, rows):
        """Return an exposure by currency and component, as the browser shows it.

        :param rows: dicts with ``currency_id``, ``amount``, ``parts``, ``overdue``,
            ``rate`` and ``rate_date``
        :return: {columns: [label], company: label of the values, rows: [{currency,
            amounts, amount, value, rate}]}, the value in company currency
        """
        labels = self._get_part_labels()
        used = [code for code in labels if any(code in row["parts"] for row in rows)]
        shown = []
        for row in rows:
            currency = self.env["res.currency"].browse(row["currency_id"])
            parts = row["parts"]
            shown.append(
                {
                    "currency": currency.name,
                    "amounts": [
                        currency._format_amount(float(parts[code]))
                        if code in parts
                        else ""
                        for code in used
                    ],
                    "amount": currency._format_amount(float(row["amount"])),
                    "value": self._format_row_value(company, currency, row),
                    "rate": self._format_row_rate(company, currency, row),
                }
            )
        return {
            "columns": [labels[code] for code in used],
            "company": self.env._("In %s", company.currency_id.name),
            "rows": shown,
        }

    def _format_row_value(self, company, currency, row):
        """Format what a row is in company currency, at the rate that it names."""
        own, rate = company.currency_id, row.get("rate")
        if currency == own:
            rate = 1
        return own._format_amount(float(row["amount"]) / float(rate)) if rate else ""

    def _format_row_rate(self, company, currency, row):
        """Format the rate that converts a row, and its day."""
        if currency == company.currency_id:
            return ""
        if not row.get("rate"):
            return self.env._("No rate")
        equation = currency._format_rate(float(row["rate"]), company)
        if row.get("locked"):
            return self.env._("%(rate)s (locked)", rate=equation)
        return self.env._(
            "%(rate)s (%(date)s)",
            rate=equation,
            date=format_date(self.env, row["rate_date"]),
        )

    # === HISTORY === #

    @api.depends("partner_id", "company_id")
    def _compute_history(self):
        """Gather score and exposure on the days on which they changed, oldest first."""
        # sudo: who reads one assessment reads that customer's earlier ones
        rows = self.sudo().search_fetch(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
            ],
            ["partner_id", "company_id", "date", "score", "grade", "exposure"],
            order="date, id",
        )
        by_customer = rows.grouped(lambda row: (row.partner_id, row.company_id))
        for assessment in self:
            key = assessment.partner_id, assessment.company_id
            assessment.history = [
                {
                    "date": fields.Date.to_string(row.date),
                    "score": row.score,
                    "grade": row.grade.upper(),
                    "exposure": row.exposure,
                }
                for row in by_customer.get(key, ())
            ]
