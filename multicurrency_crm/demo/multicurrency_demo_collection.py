from datetime import timedelta

from odoo import models

#: (end of the XML id, name, days from due, more)
LEVELS = (
    ("friendly", "Friendly Reminder", -3, {}),
    ("first", "First Reminder", 3, {}),
    ("second", "Second Reminder", 15, {"min_balance": 500.0}),
    (
        "last",
        "Last Reminder",
        40,
        {
            "min_balance": 2000.0,
            "fee": 200.0,
            "interest_rate": 0.08,
            "last_action": "hand_over",
        },
    ),
)
#: days since the letters that left
SENT = 9
#: customers that got one of them, and who is blocked meanwhile
REMINDED, BLOCKED = 2, 1


class MultiCurrencyDemo(models.AbstractModel):
    """Levels by which late customers are reminded, a run whose letters left last week,
    and one of today that waits to be looked at."""

    _inherit = "multicurrency.demo"

    def _load_collection(self):
        company = self._get_company()
        self._load_levels(company)
        sent = self._prepare_run(company, self._get_day(SENT))
        letters = sent.letter_ids.filtered(lambda one: one.state == "draft")
        for letter in letters[REMINDED:]:
            letter._skip("by_hand")
        for letter in letters[:REMINDED]:
            letter._note_left(letter.contact_id.email)
        moment = self._get_moment(sent.date)
        letters[:REMINDED]._write_guarded({"sent_on": moment})
        sent._write_guarded({"state": "sent", "sent_by": sent.user_id.id})
        self._backdate(dict.fromkeys(letters, moment))
        self._backdate({sent: moment})
        self._block(company, letters[REMINDED:].partner_id[:BLOCKED])
        self._prepare_run(company, self._get_today())

    def _load_levels(self, company):
        service = self.env["product.product"].create(
            {"name": "Reminder charge", "type": "service", "taxes_id": False}
        )
        levels = self.env["collection.level"].create(
            [
                {
                    "name": name,
                    "days": days,
                    "company_id": company.id,
                    "currency_id": company.currency_id.id,
                    "fee_product_id": service.id if "fee" in values else False,
                    **values,
                }
                for _end, name, days, values in LEVELS
            ]
        )
        self._name_records(
            {
                f"collection_level_{end}": level
                for (end, *_rest), level in zip(LEVELS, levels, strict=True)
            }
        )

    def _prepare_run(self, company, day):
        """Prepare a run of finance as it would have been prepared on a day.

        :return: ``collection.run``
        """
        finance = self._ref("user_finance")
        run = self.env["collection.run"]._begin(company, finance, day)
        run = run.with_env(self.env)
        ids = run._find_customer_ids(0)
        run._write_guarded({"total": len(ids)})
        run._prepare_part(ids)
        run._finish()
        return run

    def _block(self, company, customers):
        """Have somebody keep customers from being reminded for two weeks."""
        self.env["collection.block"].create(
            [
                {
                    "partner_id": customer.id,
                    "company_id": company.id,
                    "reason": "Offset with their own claim is being agreed",
                    "date_to": self._get_today() + timedelta(days=14),
                }
                for customer in customers
            ]
        )
