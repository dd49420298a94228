from datetime import timedelta

from odoo import Command, models

#: who sells to which customers
SALES = {
    "americas": ("us", "ca", "mx"),
    "europe": ("de", "fr", "gb", "ch"),
    "asia": ("jp", "hk", "au", "sg", "kr"),
}
#: open business in these regions is the administrator's: a visitor who logs in as such
#: finds something under "My Quotations" and "My Pipeline"
ADMINISTRATORS = ("americas", "europe")
REGION = {key: region for region, keys in SALES.items() for key in keys}
#: how long a lock of a confirmed order held
LOCK_DAYS = 14
#: what is expected of an open opportunity, by stage
PROBABILITY = {"1": 10.0, "2": 35.0, "3": 70.0}


class MultiCurrencyDemo(models.AbstractModel):
    """Quotations, orders with their locks, and the opportunities behind them."""

    _inherit = "multicurrency.demo"

    def _load_orders(self):
        """Make quotations, lock some, and confirm what became an order.

        :return: {key of the row in ``orders.csv``: sale.order}
        """
        rows = self._read_rows("orders.csv")
        records = self.env["sale.order"].create([self._prepare_order(r) for r in rows])
        orders = dict(zip((row["id"] for row in rows), records, strict=True))
        self._name_records({f"order_{key}": order for key, order in orders.items()})
        sold = {row["id"]: row for row in rows if row["state"] == "sale"}
        records.browse(orders[key].id for key in sold).action_confirm()
        for key, row in sold.items():
            day = self._get_day(row["ordered"])
            orders[key].date_order = self._get_moment(day)
        agreed = self._load_agreements(orders)
        sent = [orders[row["id"]].id for row in rows if row["state"] == "sent"]
        records.browse(sent).action_quotation_sent()
        locks = self._lock_orders(rows, orders)
        made = [self._get_day(row["locked"] or row["ordered"]) for row in rows]
        self._backdate(dict(zip(records, map(self._get_moment, made), strict=True)))
        self._backdate(agreed)
        locks._expire_ended()
        return orders

    def _prepare_order(self, row):
        """Values of a quotation; its currency and prices come from the customer."""
        customer, region = (
            self._ref(f"customer_{row['customer']}"),
            REGION[row["customer"]],
        )
        lines = [line.split(":") for line in row["lines"].split()]
        until = row["until"]
        return {
            "partner_id": customer.id,
            "user_id": self._get_seller(region, is_open=row["state"] != "sale").id,
            "team_id": self._ref(f"team_{region}").id,
            "date_order": self._get_moment(
                self._get_day(row["locked"] or row["ordered"])
            ),
            "validity_date": self._get_day(-int(until)) if until else False,
            "order_line": [
                Command.create(
                    {
                        "product_id": self._get_product(code).id,
                        "product_uom_qty": float(quantity),
                    }
                )
                for code, quantity in lines
            ],
        }

    def _get_product(self, code):
        return self._ref(f"product_{code.lower().replace('-', '_')}")

    def _get_seller(self, region, is_open):
        """Who sells in a region; ``is_open``: not decided yet."""
        if is_open and region in ADMINISTRATORS:
            return self.env.ref("base.user_admin")
        return self._ref(f"user_{region}")

    # === LOCKS === #

    def _lock_orders(self, rows, orders):
        """Lock as "Lock Rate" does, at the market rate of the day of the lock.

        :return: the ``fx.rate.lock`` records; those that are over are still active
        """
        locks = {}
        for row in rows:
            if not row["locked"]:
                continue
            order, first = orders[row["id"]], self._get_day(row["locked"])
            vals = self._prepare_lock(order, first)
            lock = self.env["fx.rate.lock"]._create_guarded([vals])
            lock.action_activate()
            is_over = lock._has_ended()
            if is_over or order.state == "sale":
                # taken up on its first day: the note doesn't say what came later
                lock._write_guarded({"state": "used"})
            self._put_under(order, lock, reprice=False)
            if is_over and order.state != "sale":
                lock._write_guarded({"state": "active"})
            locks[lock] = self._get_moment(first)
        self._backdate(locks)
        return self.env["fx.rate.lock"].concat(*locks)

    def _put_under(self, order, lock, reprice):
        """Put an order under a lock that may be over by now; if it was ordered while
        that ran, the rate holds for what was ordered."""
        with order._one_change():
            order._take_rate_lock(lock, reprice)
            if order.state == "sale":
                order._agree_amount()

    def _prepare_lock(self, order, first):
        """Values of a lock that began on a day of the past.

        :param first: its first day
        """
        currency = order.currency_id
        spot = currency._find_spot(order.company_id, first)[currency.id]
        return {
            **order._prepare_rate_lock(spot),
            "user_id": order.user_id.id,
            "date_start": first,
            "date_end": order.validity_date or first + timedelta(days=LOCK_DAYS),
        }

    # === OPPORTUNITIES === #

    def _load_opportunities(self, orders):
        """Make opportunities in the customers' currencies, some of them decided.

        :param orders: as :meth:`_load_orders` returns it
        """
        rows = self._read_rows("opportunities.csv")
        leads = self.env["crm.lead"].create([self._prepare_lead(row) for row in rows])
        for row, lead in zip(rows, leads, strict=True):
            if order := orders.get(row["orders"]):
                order.opportunity_id = lead
                lead.expected_revenue_customer = order.amount_untaxed
            if row["stage"] == "won":
                lead.action_set_won()
            elif row["stage"] == "lost":
                reason = self.env.ref("crm.lost_reason_1", raise_if_not_found=False)
                lead.action_set_lost(lost_reason_id=reason.id if reason else False)
        keys = [row["id"] for row in rows]
        self._name_records(
            {f"lead_{key}": lead for key, lead in zip(keys, leads, strict=True)}
        )
        opened = [self._get_moment(self._get_day(row["opened"])) for row in rows]
        self._backdate(dict(zip(leads, opened, strict=True)))

    def _prepare_lead(self, row):
        customer, region = (
            self._ref(f"customer_{row['customer']}"),
            REGION[row["customer"]],
        )
        purchasing = self._ref(f"contact_{row['customer']}_purchasing")
        values = {
            "type": "opportunity",
            "name": row["name"],
            "partner_id": purchasing.id,
            "partner_name": customer.name,
            "company_id": customer.company_id.id,
            "user_id": self._get_seller(region, is_open=bool(row["closes"])).id,
            "team_id": self._ref(f"team_{region}").id,
        }
        if "iap_enrich_done" in self.env["crm.lead"]._fields:
            values["iap_enrich_done"] = True  # nobody looks these people up
        if row["amount"]:
            values["expected_revenue_customer"] = float(row["amount"])
        if probability := PROBABILITY.get(row["stage"]):
            values["probability"] = probability
        if row["closes"]:
            values["date_deadline"] = self._get_day(-int(row["closes"]))
        stage = self.env.ref(f"crm.stage_lead{row['stage']}", raise_if_not_found=False)
        if stage:
            values["stage_id"] = stage.id
        return values
