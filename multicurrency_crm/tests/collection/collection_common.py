"""Customers that pay late, levels by which they are reminded, and runs of letters."""

from datetime import date
from unittest.mock import patch

from odoo import Command

from odoo.addons.base.models.ir_mail_server import IrMail_Server

from ..statement.statement_common import StatementCommon

#: (name, days from due, more)
STEPS = (
    ("Friendly Word", -3, {}),
    ("First Reminder", 7, {}),
    ("Second Reminder", 21, {}),
    ("Last Reminder", 40, {"channel": "letter", "last_action": "hold"}),
)


class CollectionCommon(StatementCommon):
    """Books in euro: 1 EUR = 1.1 USD = 0.9 GBP = 160 JPY."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.levels = cls.env["collection.level"]
        for name, days, values in STEPS:
            cls.levels |= cls._level(name, days, **values)
        cls.friendly, cls.first, cls.second, cls.last = cls.levels

    @classmethod
    def _level(cls, name, days, **values):
        return cls.env["collection.level"].create(
            {
                "name": name,
                "days": days,
                "company_id": cls.books.id,
                "currency_id": cls.eur.id,
                "quiet_days": 0,
                **values,
            }
        )

    @classmethod
    def _service(cls, name="Dunning charge"):
        return cls.env["product.product"].create(
            {"name": name, "type": "service", "taxes_id": [Command.clear()]}
        )

    # === RUNS === #

    def _begin(self, user=None):
        """A run of today, not prepared yet."""
        runs = self.env["collection.run"]
        return runs.browse(self._as_finance(runs, user).action_begin()["res_id"])

    def _run(self):
        """A run of today that is prepared."""
        run = self._begin()
        self._as_finance(run).action_prepare()
        return run

    def _as_finance(self, records, user=None):
        user = user or self.finance
        return self._as(records, user, user.company_id)

    def _letter(self, run=None, partner=None, currency=None):
        """The one letter of a run to a customer."""
        run = run or self._run()
        letter = run.letter_ids.filtered(
            lambda one: one.partner_id == (partner or self.buyer)
        )
        if currency:
            letter = letter.filtered(lambda one: one.currency_id == currency)
        letter.ensure_one()
        return letter

    def _has_letter(self, run=None, partner=None):
        run = run or self._run()
        return bool(
            run.letter_ids.filtered(
                lambda one: (
                    one.partner_id == (partner or self.buyer) and one.state != "skipped"
                )
            )
        )

    # === SENDING === #

    def _send(self, letters):
        """Send letters, and have the mail server take them."""
        letters.with_user(self.finance).action_send()
        self._work()
        self._deliver(letters)
        self._work()

    def _work(self):
        root = self.env.ref("base.user_root")
        self.env["collection.letter"].with_user(root)._cron_send()
        self.env.invalidate_all()

    def _deliver(self, letters):
        """The mail server takes what waits: Odoo's tests deliver none."""
        with patch.multiple(
            IrMail_Server,
            _disable_send=lambda *_args: False,
            _connect__=lambda *_args, **_kwargs: None,
            send_email=lambda _self, message, *_args, **_kwargs: message["Message-Id"],
        ):
            letters.sudo().mail_id.send()

    def _send_run(self, run=None):
        run = run or self._run()
        self._as_finance(run).action_send()
        self._work()
        self._deliver(run.letter_ids)
        self._work()
        return run

    @staticmethod
    def _day(text):
        return date.fromisoformat(text)
