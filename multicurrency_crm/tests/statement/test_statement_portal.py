"""A customer reads its statements on the portal, confirms or disputes them; nobody else
does."""

from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.http import Request
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from ...models.statement.customer_statement_answer import COMMENT, Answer
from .statement_common import StatementCommon

HTTP = "odoo.http"


class PortalCommon(StatementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._sell()
        cls.statement = cls._verified()
        cls.statement.with_user(cls.finance).action_send_now()
        cls.customer = cls._create_customer_user("statement_customer", cls.buyer)
        cls.stranger = cls._create_customer_user(
            "statement_stranger", cls._customer("Stranger")
        )
        cls.statement._portal_ensure_token()
        cls.env.flush_all()
        cls.url = f"/my/statements/{cls.statement.id}"

    def _line(self, move=None):
        return self.statement.line_ids.filtered(
            lambda line: (
                line.move_id == (move or self.invoice) and line.kind == "invoice"
            )
        )

    def _log_in(self, user=None):
        self.authenticate(user and user.login, user and user.login)

    def _post(self, what, token=None, csrf=True, **form):
        if csrf:
            form["csrf_token"] = Request.csrf_token(self)
        if token:
            form["access_token"] = token
        return self.url_open(
            f"{self.url}/{what}", data=form, method="POST", allow_redirects=True
        )

    def _logged(self):
        return " ".join(
            body or "" for body in self.statement.message_ids.mapped("body")
        )

    def _open(self, path=None):
        """What a page says: its text, without scripts."""
        page = html.fromstring(self.url_open(path or self.url).text).find(".//main")
        return " ".join(" ".join(page.itertext()).replace("\xa0", " ").split())

    def _reload(self):
        self.env.invalidate_all()
        return self.statement


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestStatementPortal(PortalCommon, HttpCase):
    # === READING === #

    def test_the_customer_reads_its_own(self):
        self._log_in(self.customer)
        listed = self.url_open("/my/statements").text
        self.assertIn(self.url, listed)
        self.assertIn("812.22", listed)
        page = self._open()
        for said in (
            "812.22",
            "settled with 800.00",
            "21 days late",
            self.invoice.name,
        ):
            self.assertIn(said, page)
        for secret in ("EUR", "738.38", "111.11"):
            self.assertNotIn(secret, page)

    def test_counted_at_home(self):
        self._log_in(self.customer)
        counted = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["statement_count"]}
        )
        self.assertEqual(counted, {"statement_count": 1})
        self.assertIn("/my/statements", self.url_open("/my").text)
        self._log_in(self.stranger)
        counted = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["statement_count"]}
        )
        self.assertEqual(counted, {"statement_count": 0})

    def test_the_pdf(self):
        self._log_in(self.customer)
        answer = self.url_open(f"{self.url}?report_type=html")
        self.assertIn("812.22", answer.text)
        self.assertNotIn("738.38", answer.text)

    def test_others_and_the_public_are_sent_away(self):
        for user in (self.stranger, None):
            self._log_in(user)
            for path in (
                self.url,
                f"{self.url}?access_token=wrong",
                f"{self.url}?report_type=pdf",
                f"{self.url}?access_token=",
            ):
                with self.subTest(user=user and user.login, path=path):
                    answer = self.url_open(path, allow_redirects=False)
                    self.assertEqual(answer.status_code, 303)
                    self.assertNotIn("812.22", answer.text)
        self._log_in(self.stranger)
        self.assertNotIn(self.url, self.url_open("/my/statements").text)

    def test_by_token(self):
        self._log_in()
        page = self.url_open(f"{self.url}?access_token={self.statement.access_token}")
        self.assertIn("812.22", page.text)
        self.assertIn("Your e-mail address", page.text)

    def test_by_token_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.buyer.lang = "de_DE"
        self.env.flush_all()
        self._log_in()
        page = self.url_open(f"{self.url}?access_token={self.statement.access_token}")
        self.assertIn("812,22", page.text)

    def test_what_wasnt_sent_isnt_shown(self):
        draft = self._state(start="2026-02-01", end="2026-02-28")
        token = draft._portal_ensure_token()
        self.env.flush_all()
        self._log_in(self.customer)
        listed = self.url_open("/my/statements").text
        self.assertNotIn(f"{draft.access_url}<", listed.replace('"', "<"))
        for suffix in ("", f"?access_token={token}"):
            answer = self.url_open(
                f"/my/statements/{draft.id}{suffix}", allow_redirects=False
            )
            self.assertEqual(answer.status_code, 303)

    def test_a_superseded_one_says_that_a_newer_is_there(self):
        self._invoice(5.0, self.usd, "2026-01-30")
        newer = self._state()
        self.env.flush_all()
        self._log_in(self.customer)
        page = self.url_open(self.url).text
        self.assertIn("a newer one of this period follows", page)
        self.assertNotIn(newer.access_url, page, "it wasn't sent yet")
        self.assertNotIn('id="answer"', page)
        newer.action_verify()
        newer.action_send_now()
        self.env.flush_all()
        self.assertIn(newer.access_url, self.url_open(self.url).text)

    def test_nothing_by_rpc(self):
        """All that customers know of statements is on their pages."""
        self.assertEqual(
            {
                name
                for name in self.env.registry
                if name.startswith("customer.statement")
                for user in (self.customer, self.env.ref("base.public_user"))
                if not self.env[name]._abstract
                and self.env[name].with_user(user).has_access("read")
            },
            set(),
        )
        mine = self.statement.with_user(self.customer)
        for ask in (
            lambda: mine.read(["total_booked"]),
            lambda: mine.search_read([], ["partner_id"]),
            lambda: mine.currency_line_ids.read(["closing_booked"]),
            lambda: mine.action_confirm(),
            lambda: mine.action_send(),
            lambda: mine.write({"access_token": "known"}),
        ):
            with self.assertRaises(AccessError):
                ask()

    # === CONFIRMING === #

    def test_confirmed_by_the_customer(self):
        self._log_in(self.customer)
        page = self._post("confirm", note="Fine", name="Somebody else")
        self.assertIn("Confirmed on", page.text)
        self.assertRecordValues(
            self._reload(),
            [
                {
                    "state": "confirmed",
                    "answer_name": "Statement Customer",
                    "answer_email": "statement_customer@buyer.example",
                    "answer_note": "Fine",
                    "answer_recorded_by": False,
                }
            ],
        )
        self.assertTrue(self.statement.answered_on)
        self.assertIn("The customer confirmed it", self._logged())
        self.assertFalse(self.statement.activity_ids)

    def test_confirmed_by_token_with_name_and_address(self):
        self._log_in()
        token = self.statement.access_token
        page = self._post("confirm", token, name="  ", email="lin@buyer.example")
        self.assertIn("Please enter your name", page.text)
        page = self._post("confirm", token, name="Lin", email="nobody")
        self.assertIn("Please enter a valid e-mail address", page.text)
        self.assertEqual(self._reload().state, "sent")
        page = self._post("confirm", token, name="Lin", email="lin@buyer.example")
        self.assertIn("Confirmed on", page.text)
        self.assertRecordValues(
            self._reload(),
            [
                {
                    "state": "confirmed",
                    "answer_name": "Lin",
                    "answer_email": "lin@buyer.example",
                }
            ],
        )

    def test_confirmed_it_isnt_disputed_by_the_way(self):
        self._log_in(self.customer)
        self._post("confirm")
        page = self._post("dispute", **{f"line_{self._line().id}": "No!"})
        self.assertIn("This statement is confirmed", page.text)
        self._reload()
        self.assertEqual(self.statement.state, "confirmed")
        self.assertFalse(self.invoice.credit_disputed_since)
        # until finance opens it again
        self.statement.with_user(self.finance)._reopen("They telephoned")
        self.env.flush_all()
        self._post("dispute", **{f"line_{self._line().id}": "No!"})
        self.assertEqual(self._reload().state, "disputed")

    def test_a_comment_isnt_lost_to_the_wrong_button(self):
        self._log_in(self.customer)
        page = self._post("confirm", **{f"line_{self._line().id}": "Paid twice"})
        self.assertIn("press Dispute", page.text)
        self.assertIn("Paid twice", page.text)
        self.assertEqual(self._reload().state, "sent")

    # === DISPUTING === #

    def test_disputed_by_line(self):
        self._log_in(self.customer)
        comment = "The goods <b>came</b> broken"
        page = self._post("dispute", **{f"line_{self._line().id}": comment})
        self.assertIn("Disputed on", page.text)
        self.assertNotIn("<b>came</b>", page.text)
        self._reload()
        self.assertEqual(self.statement.state, "disputed")
        self.assertRecordValues(
            self._line(),
            [{"dispute_comment": comment, "disputed_on": self.books._get_today()}],
        )
        # whoever verified it, and the salesperson
        self.assertEqual(
            self.statement.activity_ids.user_id, self.seller | self.finance
        )
        self.assertIn(self.invoice.name, self.statement.activity_ids[0].note)
        others = self.statement.line_ids.move_id - self.invoice
        self.assertFalse(any(others.mapped("credit_disputed_since")))

    def test_what_was_typed_is_text(self):
        """Neither a link nor an image lives in what colleagues read, and lines stay."""
        self._log_in(self.customer)
        typed = {
            "note": "<a href='https://bad.example'>our bank</a>\nsecond line",
            f"line_{self._line().id}": "<img src='https://bad.example/x.png'>\nbroken",
        }
        self._post("dispute", **typed)
        self._reload()
        for said in (*self.statement.activity_ids.mapped("note"), self._logged()):
            self.assertIn("second line", said)
            page = html.fromstring(f"<div>{said}</div>")
            self.assertFalse(page.xpath("//a[contains(@href, 'bad')] | //img"), said)
            self.assertIn("&lt;img", said)
            self.assertRegex(said, r"our bank&lt;/a&gt;<br/?>second line<br/?>")
            self.assertRegex(said, r"<br/?>broken")

    def test_an_address_writes_nothing_on_the_page(self):
        """Who makes an address would write in our name."""
        said = "Our bank account has changed"
        for user, token in ((self.customer, ""), (None, self.statement.access_token)):
            self._log_in(user)
            plain = self.url_open(f"{self.url}?access_token={token}").status_code
            self.assertEqual(plain, 200)
            for name in (
                *("answer_error", "error", "warning", "success", "message", "note"),
                *("name", "email", "comments", "statement", "blocks", "newer_url"),
                *("values", "form", "limits", "title", "page_name", "newer"),
            ):
                with self.subTest(user=user and user.login, name=name):
                    page = self.url_open(
                        f"{self.url}?access_token={token}&{name}={said}"
                    )
                    self.assertEqual(page.status_code, 200)
                    self.assertNotIn(said, page.text.replace("%20", " "))

    def test_disputed_as_a_whole(self):
        """A payment that isn't there has no line."""
        self._log_in(self.customer)
        page = self._post("dispute", note=" ")
        self.assertIn("Please say what is wrong", page.text)
        self.assertEqual(self._reload().state, "sent")
        self._post("dispute", note="We paid 500 on 30 January")
        self.assertEqual(self._reload().state, "disputed")
        self.assertFalse(self.statement.line_ids.filtered("disputed_on"))

    def test_a_dispute_that_is_known_keeps_its_day(self):
        self.invoice.action_credit_dispute()
        self.invoice.sudo().write({"credit_dispute_reason": "known"})
        since = self.invoice.credit_disputed_since
        self.env.flush_all()
        self._log_in(self.customer)
        self._post("dispute", **{f"line_{self._line().id}": "again"})
        self._reload()
        self.assertEqual(self.invoice.credit_disputed_since, since)
        self.assertEqual(self.invoice.credit_dispute_reason, "known")

    # === FORGED === #

    def test_forged_by_others(self):
        form = {f"line_{self._line().id}": "x", "name": "M", "email": "m@x.example"}
        for user, token in (
            (self.stranger, None),
            (self.stranger, "wrong"),
            (None, None),
            (None, "wrong"),
        ):
            self._log_in(user)
            for what in ("confirm", "dispute"):
                with self.subTest(user=user and user.login, token=token, what=what):
                    self._post(what, token, **form)
                    self.assertEqual(self._reload().state, "sent")
                    self.assertFalse(self._line().disputed_on)

    @mute_logger(HTTP)
    def test_forged_from_another_site(self):
        """Without the token of the form, and by a link."""
        self._log_in(self.customer)
        answer = self._post("confirm", csrf=False)
        self.assertEqual(answer.status_code, 400)
        answer = self.url_open(f"{self.url}/confirm")
        self.assertIn(answer.status_code, (404, 405))
        self.assertEqual(self._reload().state, "sent")

    def test_lines_of_another_statement(self):
        other = self._customer("Other")
        invoice = self._invoice(9.0, self.usd, "2026-01-10", partner_id=other.id)
        line = self._state(other).line_ids
        self.env.flush_all()
        self._log_in(self.customer)
        for name in (f"line_{line.id}", "line_999999999", "line_x", "line_-1"):
            with self.subTest(name):
                self._post("dispute", **{name: "mine?"})
                self.assertEqual(self._reload().state, "sent")
        self.assertFalse(line.disputed_on)
        self.assertFalse(invoice.credit_disputed_since)

    def test_a_comment_without_end(self):
        self._log_in(self.customer)
        name = f"line_{self._line().id}"
        page = self._post("dispute", **{name: "x" * (COMMENT + 1)})
        self.assertIn(f"at most {COMMENT} characters", page.text)
        page = self._post("confirm", note="x" * (COMMENT + 1))
        self.assertIn(f"at most {COMMENT} characters", page.text)
        self.assertEqual(self._reload().state, "sent")
        self._post("dispute", **{name: "x" * COMMENT})
        self.assertEqual(self._reload().state, "disputed")

    def test_a_colleague_doesnt_answer_as_the_customer(self):
        self._log_in(self.finance)
        self.assertIn("812.22", self.url_open(self.url).text)
        page = self._post("confirm")
        self.assertIn("Colleagues answer for a customer", page.text)
        self.assertEqual(self._reload().state, "sent")

    # === FINANCE, FOR THE CUSTOMER === #

    def _answer(self, kind, user=None, **values):
        action = getattr(
            self.statement.with_user(user or self.finance), f"action_{kind}"
        )()
        wizard = (
            self.env[action["res_model"]]
            .with_user(user or self.finance)
            .with_context(**action["context"])
            .create({"reason": "by telephone", **values})
        )
        return wizard.action_apply()

    def test_finance_confirms_for_the_customer(self):
        self._answer("confirm", said_by="Mr Lin")
        self.assertRecordValues(
            self.statement,
            [
                {
                    "state": "confirmed",
                    "answer_name": "Mr Lin",
                    "answer_note": "by telephone",
                    "answer_recorded_by": self.finance.id,
                }
            ],
        )
        self.assertIn("recorded by Statement Finance", self._logged())
        with self.assertRaises(UserError):
            self._answer("confirm", said_by="Mr Lin")
        self._answer("reopen")
        self.assertRecordValues(
            self.statement,
            [{"state": "sent", "answer_name": False, "answered_on": False}],
        )

    def test_finance_disputes_for_the_customer(self):
        self._answer("dispute", said_by="Mr Lin", line_ids=self._line().ids)
        self.assertEqual(self.statement.state, "disputed")
        self.assertTrue(self.invoice.credit_disputed_since)

    def test_somebody_said_so(self):
        with self.assertRaises(UserError):
            self._answer("confirm")

    def test_finance_only(self):
        for kind in ("confirm", "dispute", "reopen"):
            with self.subTest(kind), self.assertRaises(AccessError):
                self._answer(kind, self.seller, said_by="Mr Lin")

    def test_what_wasnt_sent_isnt_answered_by_a_customer(self):
        draft = self._state(start="2026-02-01", end="2026-02-28")
        with self.assertRaises(UserError):
            draft._confirm(Answer("Lin", "lin@buyer.example"))
        self.assertEqual(draft.state, "draft")


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestStatementRoad(StatementCommon, HttpCase):
    def test_verified_sent_confirmed(self):
        self._sell()
        statement = self._state()
        self._create_customer_user("statement_customer", self.buyer)
        form = f"/odoo/customer.statement/{statement.id}"
        login = self.finance.login
        self.start_tour(form, "multicurrency_crm_statement_send", login=login)
        self.start_tour(
            "/my/statements",
            "multicurrency_crm_statement_confirm",
            login="statement_customer",
        )
        self.assertEqual(statement.state, "confirmed")
        self.start_tour(form, "multicurrency_crm_statement_confirmed", login=login)
