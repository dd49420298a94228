from datetime import timedelta
from decimal import Decimal

from odoo import models


class MultiCurrencyDemo(models.AbstractModel):
    """Forwards with the bank, and what they cover."""

    _inherit = "multicurrency.demo"

    def _load_forwards(self):
        """Make the contracts; one isn't agreed yet, one is settled by a conversion."""
        bank = self.env["res.partner"].create(
            {
                "name": self._ref("bank").name,
                "is_company": True,
                "city": "Ningbo",
                "country_id": self._get_company().country_id.id,
                "company_id": self._get_company().id,
            }
        )
        rows = self._read_rows("forwards.csv")
        forwards = self.env["fx.forward"].create(
            [self._prepare_forward(row, bank) for row in rows]
        )
        self._name_records({"bank_partner": bank})
        self._name_records(
            {
                f"forward_{row['id']}": forward
                for row, forward in zip(rows, forwards, strict=True)
            }
        )
        for row, forward in zip(rows, forwards, strict=True):
            self._cover_by(forward, row["covers"].split())
            if row["state"] != "draft":
                forward.action_activate()
        self._backdate({f: self._get_moment(f.trade_date) for f in forwards})

    def _prepare_forward(self, row, bank):
        """Values of a contract at the spot of its day, moved by the bank's points."""
        currency, traded = (
            self.env.ref(f"base.{row['currency']}"),
            self._get_workday(row["traded"]),
        )
        spot = currency._find_spot(self._get_company(), traded)[currency.id]
        pip = Decimal(1).scaleb(-int(row["digits"]))
        quoted = (Decimal(1) / Decimal(spot.rate)).quantize(pip)
        return {
            "company_id": self._get_company().id,
            "counterparty_id": bank.id,
            "bank_reference": f"FXF-{traded:%y%m%d}-{row['currency']}",
            "user_id": self._ref("user_finance").id,
            "side": row["side"],
            "currency_id": currency.id,
            "amount": float(row["amount"]),
            "trade_date": traded,
            "value_date": self._get_workday(-int(row["value"])),
            "spot_quoted": f"{quoted:f}",
            "forward_points": row["points"],
            "quoted_rate": f"{quoted + int(row['points']) * pip:f}",
            "quote_direction": "company_per_unit",
        }

    def _get_workday(self, days_ago):
        """The day so many days ago (negative: ahead), or the Friday before it."""
        day = self._get_day(days_ago)
        return day - timedelta(days=max(day.weekday() - 4, 0))

    def _cover_by(self, forward, covers):
        """Allocate parts of a contract.

        :param covers: "document:key:percent" texts; a document is an order, an invoice
            or an agreement; never over the contract
        """
        for cover in covers:
            kind, key, percent = cover.split(":")
            document = self._ref(f"{kind}_{key}")
            part = document._get_cover_room() * int(percent) / 100
            self.env["fx.forward.allocation"].create(
                {
                    "forward_id": forward.id,
                    document._cover_field: document.id,
                    "amount": forward.currency_id.round(
                        min(part, forward.amount_available)
                    ),
                }
            )
