from odoo import models


class MultiCurrencyDemo(models.AbstractModel):
    """What customers may owe."""

    _inherit = "multicurrency.demo"

    def _load_credit_limits(self):
        """Limits in the customers' currencies: finance asks, all but one approved."""
        rows = self._read_rows("credit_limits.csv")
        finance = self._ref("user_finance")
        limits = (
            self.env["credit.limit"]
            .with_user(finance)
            .create([self._prepare_credit_limit(row) for row in rows])
            .sudo(self.env.su)
            .with_env(self.env)
        )
        made = {}
        for row, limit in zip(rows, limits, strict=True):
            if row["state"] == "approved":
                limit.action_approve()
            made[limit] = self._get_moment(limit.date_start)
        self._name_records(
            {
                f"credit_limit_{row['customer']}_{row['kind']}": limit
                for row, limit in zip(rows, limits, strict=True)
            }
        )
        self._backdate(made)

    def _prepare_credit_limit(self, row):
        customer = self._ref(f"customer_{row['customer']}")
        return {
            "partner_id": customer.id,
            "company_id": self._get_company().id,
            "kind": row["kind"],
            "amount": float(row["amount"]),
            "currency_id": customer.preferred_currency_id.id,
            "date_start": self._get_day(row["from"]),
            "date_end": self._get_day(row["until"]) if row["until"] else False,
            "review_date": self._get_day(row["review"]) if row["review"] else False,
        }
