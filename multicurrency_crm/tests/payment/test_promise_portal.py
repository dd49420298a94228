"""A customer tells on the portal that it has paid, and finance looks for it."""

import base64
import io

from odoo.http import Request
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from ...models.payment.payment_promise_slip import LARGEST, MOST_A_DAY
from ..statement.test_statement_portal import PortalCommon

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
# imported for what they share, and not to be run once more
__all__ = ["TestPaidPortal"]


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestPaidPortal(PortalCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.promise_on_portal = True
        cls.env.company.promise_user_id = cls.finance
        cls.invoice._portal_ensure_token()
        cls.token = cls.invoice.access_token
        cls.env.flush_all()
        cls.path = f"/my/invoices/{cls.invoice.id}"
        cls.code = cls.invoice.currency_id.name

    def _tell(self, path=None, slip=None, **form):
        form = {
            "csrf_token": Request.csrf_token(self),
            "amount": "150.25",
            "currency": self.code,
            "date": "2026-03-01",
            "name": "Ms Okafor",
            "email": "okafor@buyer.example",
            **form,
        }
        files = {"slip": ("../../x.html", io.BytesIO(slip))} if slip else None
        return self.url_open(
            f"{path or self.path}/paid", data=form, files=files, method="POST"
        )

    def _find(self):
        self.env.invalidate_all()
        return self.env["payment.promise"].search(
            [("partner_id", "=", self.buyer.id)], order="id"
        )

    def test_by_the_link_with_a_slip(self):
        self._log_in()
        page = self._open(f"{self.path}/paid?access_token={self.token}")
        self.assertIn("I have paid", page)
        owed = self.invoice.amount_residual
        answer = self._tell(access_token=self.token, slip=PNG, note="T/T <b>7</b>")
        self.assertIn("you paid 150.25", answer.text.replace("\xa0", " "))
        promise = self._find()
        self.assertEqual(
            (promise.state, promise.amount, promise.channel, promise.move_id),
            ("open", 150.25, "portal", self.invoice),
        )
        self.assertFalse(promise.user_id)
        self.assertEqual(promise.said_from, "okafor@buyer.example")
        self.assertEqual(promise.slip_id.mimetype, "image/png")
        self.assertNotIn("html", promise.slip_id.name)
        self.assertFalse(promise.slip_id.public)
        activity = promise.activity_ids
        self.assertEqual(activity.user_id, self.finance)
        self.assertIn("&lt;b&gt;7", activity.note)
        self.assertEqual(self.invoice.amount_residual, owed)
        self.assertEqual(
            promise.slip_id.with_user(self.finance).raw, promise.slip_id.raw
        )

    def test_told_twice_it_is_there_once(self):
        self._log_in()
        self._tell(access_token=self.token)
        self._tell(access_token=self.token, slip=PDF)
        promise = self._find()
        self.assertEqual(len(promise), 1)
        self.assertEqual(promise.slip_id.mimetype, "application/pdf")
        self.assertEqual(len(promise.activity_ids), 1)

    def test_it_takes_the_place_of_nothing(self):
        """A colleague's promise is judged as it was made, whatever the link's holder
        tells; and each word of the customer's stays as it was told."""
        due = self.env["payment.promise"]._make(
            self.buyer, 90.0, self.invoice.currency_id, "2026-03-05", self.invoice
        )
        self.env.flush_all()
        self._log_in()
        for amount, day in (("0.01", "2026-03-01"), ("31", "2026-03-01")):
            self._tell(access_token=self.token, amount=amount, date=day)
        small, larger = self._find() - due
        self.assertEqual(set((due | small | larger).mapped("state")), {"open"})
        self.assertEqual(self.invoice.with_user(self.finance).promise_id, due)
        dialog = self.env["payment.promise.make"].create(
            {"partner_id": self.buyer.id, "move_ids": self.invoice.ids}
        )
        self.assertIn("90.00", dialog.replaced_note)
        self.assertNotIn("31.00", dialog.replaced_note)
        newer = self.env["payment.promise"]._make(
            self.buyer, 80.0, self.invoice.currency_id, "2026-03-12", self.invoice
        )
        self.assertEqual((due.state, newer.state), ("replaced", "open"))
        with freeze_time("2026-03-20"):
            self.env["payment.promise"]._cron_judge()
        self.env.invalidate_all()
        states = [promise.state for promise in (due, small, larger, newer)]
        self.assertEqual(states, ["replaced", "broken", "broken", "broken"])

    def test_a_word_on_the_account_takes_the_place_of_nothing(self):
        Promise, rare = self.env["payment.promise"], self.kwd
        values = (self.buyer, 7.0, rare, "2026-03-05")
        due = Promise._make(*values)
        told = Promise._make(*values[:3], "2026-03-01", channel="portal")
        more = Promise._make(*values[:1], 5.0, rare, "2026-03-01", channel="portal")
        self.assertTrue(all(one.is_on_account for one in due | told | more))
        self.assertEqual(set((due | told | more).mapped("state")), {"open"})
        again = Promise._make(*values[:1], 5.0, rare, "2026-03-01", channel="portal")
        self.assertEqual(again, more)
        twin = self.buyer.copy()
        Promise._make(twin, 9.0, rare, "2026-03-06")
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.buyer | twin).ids, self.buyer
        )
        self.env.invalidate_all()
        states = [promise.state for promise in (due, told, more)]
        self.assertEqual(states, ["replaced", "open", "open"])

    def test_by_its_own_account_it_is_named_by_that(self):
        self._log_in(self.customer)
        self._tell(name="Somebody else", email="x@y.example")
        self.assertEqual(self._find().said_by, self.customer.name)

    def test_by_a_statement_all_that_is_open_in_the_currency(self):
        self._log_in()
        token = self.statement.access_token
        page = self._open(f"{self.url}/paid?access_token={token}")
        self.assertIn("I have paid", page)
        self._tell(self.url, access_token=token, amount="99999")
        promise = self._find()
        self.assertEqual(promise.amount, 99999)
        self.assertIn(self.invoice, promise.move_ids)

    def test_what_does_not_go_is_said_and_leaves_nothing(self):
        self._log_in()
        for form, said in (
            ({"amount": "nan"}, "in digits"),
            ({"amount": "-5"}, "in digits"),
            ({"amount": "1e300"}, "in digits"),
            ({"amount": "0.001"}, "above zero"),
            ({"date": "2026-03-09"}, "day on which you have paid"),
            ({"date": "2019-03-09"}, "day on which you have paid"),
            ({"date": "soon"}, "day on which you have paid"),
            ({"currency": "XXX"}, "choose the currency"),
            ({"name": " "}, "enter your name"),
            ({"email": "none"}, "valid e-mail"),
            ({"note": "x" * 5000}, "at most 1000"),
            ({"slip": b"<svg onload=alert(1)>"}, "PDF, JPEG or PNG"),
            ({"slip": b"<html><script>"}, "PDF, JPEG or PNG"),
            ({"slip": PNG + b"0" * LARGEST}, "too large"),
        ):
            with self.subTest(form=str(form)[:60]):
                answer = self._tell(access_token=self.token, **form)
                self.assertEqual(answer.status_code, 200)
                self.assertIn(said, answer.text)
                self.assertFalse(self._find())

    def test_files_for_texts_and_a_text_for_the_file(self):
        self._log_in()
        form = {"csrf_token": Request.csrf_token(self), "access_token": self.token}
        for name in ("amount", "currency", "date", "name", "email", "note", "token"):
            answer = self.url_open(
                f"{self.path}/paid", data=form, files={name: ("x.txt", b"text")}
            )
            self.assertEqual(answer.status_code, 200)
        self._tell(access_token=self.token, slip=None, note="no slip", **{"slip_": "x"})
        self.assertFalse(self._find().slip_id)
        for name in ("error", "paid_error", "told", "form", "title"):
            page = self.url_open(
                f"{self.path}/paid?access_token={self.token}&{name}=Evil+text"
            ).text
            self.assertNotIn("Evil text", page)

    def test_not_more_often_than_people_pay(self):
        self._log_in()
        for number in range(MOST_A_DAY):
            self._tell(access_token=self.token, amount=str(10 + number))
        answer = self._tell(access_token=self.token, amount="77")
        self.assertIn("many payments today", answer.text)
        self.assertEqual(len(self._find()), MOST_A_DAY)

    def test_nobody_else_tells(self):
        self._log_in(self.stranger)
        self._tell()
        self._log_in()
        self._tell()
        self._tell(access_token="wrong")
        self._tell(self.url, access_token=self.token)
        self.assertFalse(self._find())
        with mute_logger("odoo.http"):
            answer = self._tell(access_token=self.token, csrf_token="forged")
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self._find())

    def test_a_colleague_does_not_tell_for_the_customer(self):
        self.authenticate(self.finance.login, self.finance.login)
        answer = self._tell(access_token=self.token)
        self.assertIn("Colleagues note promises", answer.text)
        self.assertFalse(self._find())

    def test_off_nothing_is_shown_or_taken(self):
        self._log_in()
        token = f"?access_token={self.token}"
        self.assertIn("I have paid", self.url_open(self.path + token).text)
        self.env.company.promise_on_portal = False
        self.env.flush_all()
        self.assertNotIn("I have paid", self.url_open(self.path + token).text)
        self._tell(access_token=self.token)
        self._tell(self.url, access_token=self.statement.access_token)
        self.assertFalse(self._find())

    def test_what_is_paid_is_not_told_once_more(self):
        self._log_in()
        draft = self.invoice.copy()
        draft._portal_ensure_token()
        self.env.flush_all()
        self._tell(f"/my/invoices/{draft.id}", access_token=draft.access_token)
        self._tell(f"/my/invoices/{2**40}", access_token=self.token)
        self.assertFalse(self._find())
