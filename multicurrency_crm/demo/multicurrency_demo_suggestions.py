from odoo import Command, models

#: who orders every month: (key, name, country, preferred currency, currency of the
#: orders, days since each of them, whether the administrator sells to them)
REGULARS = (
    ("nl", "Rotterdam Pump Service", "NL", "EUR", "EUR", (132, 101, 71, 41), False),
    ("tr", "Izmir Process Valves", "TR", "USD", "EUR", (64, 41, 17), True),
)
#: what the limit of the second one leaves for the next order, as a share of it
LEFT = 0.4
#: who waits for a better price: (key, name, country, whether the rate is locked, and
#: the region's own people sell to them)
WAITING = (
    ("fi", "Turku Shipyard Services", "FI", False),
    ("dk", "Esbjerg Offshore Pumps", "DK", True),
)
#: in which currencies, and how many days ago, they may have been quoted
QUOTED = ("EUR", "USD", "GBP", "AUD", "CHF")
DAYS = range(10, 29)


class MultiCurrencyDemo(models.AbstractModel):
    """Customers for whom each night suggests something: a reorder, a limit that is too
    low, another currency, a better rate, a cheaper lock."""

    _inherit = "multicurrency.demo"

    def _load_suggestions(self):
        """Make these customers; the night that follows looks at them."""
        for key, name, country, chosen, ordered, days, is_open in REGULARS:
            partner = self._make_regular(key, name, country, chosen, is_open)
            for ago in days:
                self._sell(partner, ordered, ago).action_confirm()
            self._date_orders(partner, days)
        self._lower_limit(partner)
        code, ago = self._find_dearer()
        for key, name, country, is_locked in WAITING:
            partner = self._make_regular(key, name, country, code, not is_locked)
            order = self._sell(partner, code, ago)
            self._date_orders(partner, (ago,))
            if is_locked:
                vals = self._prepare_lock(order, self._get_day(ago))
                lock = self.env["fx.rate.lock"]._create_guarded([vals])
                lock.action_activate()
                self._put_under(order, lock, reprice=False)
                self._backdate({lock: self._get_moment(lock.date_start)})

    def _get_currency(self, code):
        return self.env["res.currency"].search([("name", "=", code)])

    def _make_regular(self, key, name, country, code, is_open):
        partner = self.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "country_id": self.env.ref(f"base.{country.lower()}").id,
                "email": f"purchasing@{key}.example",
                "user_id": self._get_seller("europe", is_open).id,
                "preferred_currency_id": self._get_currency(code).id,
            }
        )
        self._name_records({f"regular_{key}": partner})
        return partner

    def _sell(self, partner, code, ago):
        """Quote a few pumps in a currency."""
        return self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "currency_id": self._get_currency(code).id,
                "user_id": partner.user_id.id,
                "team_id": self._ref("team_europe").id,
                "date_order": self._get_moment(self._get_day(ago)),
                "validity_date": self._get_day(-21),
                "order_line": [
                    Command.create(
                        {
                            "product_id": self._get_product("CP-40").id,
                            "product_uom_qty": 2.0,
                        }
                    )
                ],
            }
        )

    def _date_orders(self, partner, days):
        """Move orders, in the order of their making, to so many days ago."""
        orders = self.env["sale.order"].search(
            [("partner_id", "=", partner.id)], order="id"
        )
        moments = [self._get_moment(self._get_day(ago)) for ago in days]
        for order, moment in zip(orders, moments, strict=True):
            order.date_order = moment
        self._backdate(dict(zip(orders, moments, strict=True)))

    def _lower_limit(self, partner):
        """Approve a limit that leaves too little for the customer's next order."""
        company = self._get_company()
        partner._assess_credit(company)
        orders = self.env["sale.order"].search([("partner_id", "=", partner.id)])
        usual = max(orders.mapped("amount_total_company"))
        Limit = self.env["credit.limit"].with_user(self._ref("user_finance"))
        limit = Limit.create(
            {
                "partner_id": partner.id,
                "company_id": company.id,
                "amount": round(partner.credit_exposure + LEFT * usual, -2),
                "currency_id": company.currency_id.id,
                "date_start": self._get_day(60),
            }
        )
        limit.sudo(self.env.su).with_env(self.env).action_approve()
        partner._assess_credit(company)

    def _find_dearer(self):
        """Find in which currency, and how many days ago, a price was quoted that could
        be lower today.

        :return: (code, days)
        """
        company, best = self._get_company(), (0.0, QUOTED[0], DAYS[-1])
        for code in QUOTED:
            currency = self._get_currency(code)
            now = currency._find_spot(company)[currency.id].rate
            for ago in DAYS:
                then = currency._find_spot(company, self._get_day(ago))
                share = 1 - now / then[currency.id].rate
                best = max(best, (share, code, ago))
        return best[1:]
