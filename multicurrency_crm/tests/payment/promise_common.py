"""A customer who owes dollars and pounds to a company that keeps euro, and those who
talk to it."""

from datetime import date, timedelta

from freezegun import freeze_time

from odoo.tests import new_test_user

from ..bank.claim_common import FINANCE, SELLER, ClaimCommon

TODAY = date(2026, 3, 11)  # a Wednesday


class PromiseCommon(ClaimCommon):
    """As on 11 March 2026; three days of grace."""

    @classmethod
    def setUpClass(cls):
        cls._frozen = freeze_time(f"{TODAY} 09:00:00")
        cls._frozen.start()
        cls.addClassCleanup(cls._frozen.stop)
        super().setUpClass()
        cls.books.partner_id.tz = "UTC"

    @classmethod
    def _in(cls, days):
        return TODAY + timedelta(days=days)

    @classmethod
    def _owe(cls, amount, currency=None, *, due=10, **values):
        """An invoice of the salesperson's customer, due in so many days."""
        day = str(cls._in(-30))
        return cls._bill(
            amount, currency or cls.usd, day, due=str(cls._in(due)), **values
        )

    @classmethod
    def _promise(cls, amount, days, moves=None, *, currency=None, user=None, **said):
        """:return: the promise to pay in so many days, as the tests read it"""
        user = user or cls.seller
        Promise = cls._as(cls.env["payment.promise"], user, user.company_ids)
        env = Promise.env
        promise = Promise._make(
            said.pop("partner", cls.buyer).with_env(env),
            amount,
            (currency or cls.usd).with_env(env),
            cls._in(days),
            moves.with_env(env) if moves else None,
            **said,
        )
        return promise.with_env(cls.env)

    def _night_after(self, days):
        """Let the job work, in so many days."""
        with freeze_time(f"{self._in(days)} 02:00:00"):
            self.env["payment.promise"]._cron_judge()
        self.env.invalidate_all()

    @classmethod
    def _clerk(cls, login, company):
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,{FINANCE}",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )


__all__ = ["FINANCE", "SELLER", "TODAY", "PromiseCommon"]
