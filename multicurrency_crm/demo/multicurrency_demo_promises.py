from decimal import Decimal

from odoo import models

#: a typed rate that its salesperson may not promise alone: (order, share above the
#: market's value of the currency)
TYPED = ("au_4", Decimal("1.065"))
#: an order that its customer still wants, after the end of its lock
ENDED = "kr_4"


class MultiCurrencyDemo(models.AbstractModel):
    """Rates agreed with customers, and what waits for a manager."""

    _inherit = "multicurrency.demo"

    # === AGREEMENTS === #

    def _load_agreements(self, orders):
        """Make the agreements, and put the confirmed orders named there under them;
        quotations that are sent later take a running one by themselves.

        :param orders: {key of the row in ``orders.csv``: sale.order}
        :return: {agreement: moment of its making}
        """
        made, names = {}, {}
        for row in self._read_rows("agreements.csv"):
            first = self._get_day(max(int(row["from"]), 0))
            vals = self._prepare_agreement(row, first)
            lock = self.env["fx.rate.lock"]._create_guarded([vals])
            names[f"agreement_{row['id']}"] = lock
            made[lock] = self._get_moment(first)
            if int(row["from"]) <= 0:
                continue  # agreed on later: a draft
            # not by its button, whose evidence is the rate of today
            state = "used" if lock._has_ended() else "active"
            lock._write_guarded({"state": state})
            for key in row["orders"].split():
                self._put_under(orders[key], lock, reprice=True)
        self._name_records(names)
        return made

    def _prepare_agreement(self, row, day):
        """Values of an agreement at a round rate.

        :param day: on which it was made, with the market's rate of that day
        """
        company, customer = (
            self._get_company(),
            self._ref(f"customer_{row['customer']}"),
        )
        currency = customer.preferred_currency_id
        spot = currency._find_spot(company, day)[currency.id]
        share = 1 - Decimal(row["basis_points"]) / 10_000
        digits = Decimal("0.01" if spot.rate < 1 else "0.0001")
        quoted = (Decimal(1) / Decimal(spot.rate) * share).quantize(digits)
        return {
            "kind": "agreement",
            "company_id": company.id,
            "partner_id": customer.id,
            "currency_id": currency.id,
            "user_id": self._ref("user_finance").id,
            "quoted_rate": f"{quoted:f}",
            "quote_direction": "company_per_unit",
            **self.env["fx.rate.lock"]._prepare_evidence(spot),
            "typed_by": self._ref("user_finance").id,
            "typed_on": day,
            "tolerance": company.lock_tolerance,
            "amount_cap": float(row["cap"]),
            "date_start": self._get_day(row["from"]),
            "date_end": self._get_day(-int(row["until"])),
            "invoice_by": self._get_day(-int(row["until"]) - company.lock_invoice_days),
        }

    # === CUSTOMERS, APPROVALS, REMINDERS === #

    def _load_promises(self, orders):
        """What customers have by exception, what waits for a manager's decision, and
        the reminder of a lock that ends.

        :param orders: {key of the row in ``orders.csv``: sale.order}
        """
        self._ref("customer_us").rate_lock_timing = "send"
        self._ref("customer_de").print_rate_lock = True
        seller = self._ref("user_asia")
        orders[ENDED].with_user(seller).action_request_lock_approval()
        self._type_rate(orders[TYPED[0]].with_user(seller), TYPED[1])
        company = self._get_company()
        self.env["fx.rate.lock"].search(
            [
                ("company_id", "=", company.id),
                ("kind", "=", "order"),
                ("state", "=", "active"),
                ("date_end", "<=", self._get_day(-company.lock_reminder_days)),
            ]
        )._remind_of_end()

    def _type_rate(self, order, share):
        """Lock at a rate that the customer was promised by word of mouth.

        :param share: of the market's value of the currency, as Decimal
        """
        spot = order._find_lock_spots()[order]
        quoted = (Decimal(1) / Decimal(spot.rate) * share).quantize(Decimal("0.01"))
        order._lock_rate(quoted=(f"{quoted:f}", "company_per_unit"))
