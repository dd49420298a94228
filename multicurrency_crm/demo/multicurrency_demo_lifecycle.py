from odoo import Command, models

from ..models.lifecycle.customer_follow_up import Spoken

#: where the first opportunity with a customer came from, by the customer's key
SOURCES = {
    "us": "Referral",
    "de": "Hannover Fair",
    "fr": "Hannover Fair",
    "gb": "Web Form",
    "jp": "Canton Fair",
    "kr": "Canton Fair",
    "hk": "Referral",
    "au": "Web Form",
    "ca": "Web Form",
    "ch": "Hannover Fair",
    "sg": "Canton Fair",
    "mx": "Referral",
}
#: what was said: (opportunity, by what, what came of it, days ago, the next contact in
#: so many days or None, what was said)
FOLLOW_UPS = (
    (
        *("us_rollout", "teams", "terms", 6, 2),
        "Asks whether the price holds until the board meets.",
    ),
    ("us_rollout", "email", "quotation", 20, None, "Sent the drawings they asked for."),
    ("us_service", "phone", "later", 4, 9, "Budget is decided next quarter."),
    (
        *("de_brewery", "visit", "interested", 12, -1),
        "Walked the line with the plant manager; wants the stainless version.",
    ),
    ("de_desal", "email", "samples", 3, 5, "Needs a seal sample before the tender."),
    ("jp_plant", "fair", "interested", 15, 1, "Met at the fair; delivery date is key."),
    ("kr_yard", "phone", "unreached", 2, 0, "No answer; try again in the morning."),
    ("hk_tower", "wechat", "order", 1, 3, "Order follows after the holiday."),
    (
        "au_mine",
        "whatsapp",
        "terms",
        8,
        4,
        "Competitor is 3 % below; asks for 45 days.",
    ),
    ("sg_yard", "teams", "complaint", 5, 1, "Two couplings came late last time."),
)
#: who isn't a customer yet, or only just: (key, name, country, region, source, days
#: since the opportunity, how far it has come)
PROSPECTS = (
    ("lt", "Kaunas Waterworks", "LT", "europe", "Hannover Fair", 26, "lead"),
    ("pt", "Bombas do Douro", "PT", "europe", "Web Form", 41, "quotation"),
    ("no", "Bergen Marine Technic", "NO", "europe", "Referral", 33, "order"),
    ("br", "Recife Irrigation", "BR", "americas", "Web Form", 75, "lost"),
    ("th", "Rayong Process Pumps", "TH", "asia", "Canton Fair", 130, "quotation"),
    ("cl", "Antofagasta Mining Supply", "CL", "americas", "Referral", 46, "quotation"),
)


class MultiCurrencyDemo(models.AbstractModel):
    """A year of the company's customers, as the night finds it."""

    _inherit = "multicurrency.demo"

    def _load_lifecycle(self):
        """Say where opportunities came from, and look at the customers once."""
        names = sorted(set(SOURCES.values()))
        sources = self.env["utm.source"].create([{"name": name} for name in names])
        by_name = dict(zip(names, sources, strict=True))
        for key, name in SOURCES.items():
            people = self._ref(f"customer_{key}") + self._ref(
                f"contact_{key}_purchasing"
            )
            leads = self.env["crm.lead"].with_context(active_test=False)
            leads.search([("partner_id", "in", people.ids)]).source_id = by_name[name]
        for prospect in PROSPECTS:
            self._meet(by_name, *prospect)
        company = self._get_company()
        company.lifecycle_followed = True
        for follow_up in FOLLOW_UPS:
            self._follow_up(*follow_up)
        self._load_suggestions()
        self.env["customer.life"]._cron_follow()

    def _follow_up(self, key, kind, outcome, ago, ahead, note):
        """Note what the salesperson of an opportunity said with its customer."""
        lead = self._ref(f"lead_{key}").with_context(**self.env.context)
        own = lead.with_user(lead.user_id)
        following = None if ahead is None else self._get_day(-max(ahead, 0))
        row = own.env["customer.follow.up"]._note(
            own,
            Spoken(
                kind,
                outcome,
                note=note,
                contact=own.partner_id,
                moment=self._get_moment(self._get_day(ago)),
                next_date=following,
            ),
        )
        if ahead is not None and ahead < 0:
            # that day has passed since
            row.sudo().activity_id.date_deadline = self._get_day(-ahead)

    def _meet(self, sources, key, name, country, region, source, ago, step):
        """Make a prospect with its opportunity, and what it came to.

        :param sources: {name: ``utm.source``}
        """
        seller = self._get_seller(region, is_open=False)
        partner = self.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "country_id": self.env.ref(f"base.{country.lower()}").id,
                "email": f"purchasing@{key}.example",
                "user_id": seller.id,
                "preferred_currency_id": self._get_company().currency_id.id,
            }
        )
        lead = self.env["crm.lead"].create(
            {
                "type": "opportunity",
                "name": f"Pumps for {name}",
                "partner_id": partner.id,
                "company_id": self._get_company().id,
                "user_id": seller.id,
                "team_id": self._ref(f"team_{region}").id,
                "source_id": sources[source].id,
            }
        )
        made = {lead: self._get_moment(self._get_day(ago))}
        if step == "lost":
            lead.action_set_lost()
            lead.date_closed = self._get_moment(self._get_day(ago // 2))
        self._backdate(made)
        if step in ("quotation", "order"):
            self._offer(lead, step == "order", self._get_day(ago - 7))
        self._name_records({f"prospect_{key}": partner})

    def _offer(self, lead, is_order, day):
        """Quote to a prospect in the books' own currency, and have it order."""
        order = self.env["sale.order"].create(
            {
                "partner_id": lead.partner_id.id,
                "opportunity_id": lead.id,
                "user_id": lead.user_id.id,
                "team_id": lead.team_id.id,
                "date_order": self._get_moment(day),
                "order_line": [
                    Command.create(
                        {
                            "product_id": self._get_product("CP-40").id,
                            "product_uom_qty": 6.0,
                        }
                    )
                ],
            }
        )
        if is_order:
            order.action_confirm()
            order.date_order = self._get_moment(day)
        self._backdate({order: self._get_moment(day)})
