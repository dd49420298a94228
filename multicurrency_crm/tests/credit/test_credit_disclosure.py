"""Who may not read a figure reads it nowhere; who has no right is told nothing."""

import inspect
import json

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from .credit_common import CreditCommon

#: amounts that only the ledger, or the limit, knows; as people read them
FIGURES = ("1,000", "1,600", "600.00", "100.00", "1,500", "500.00", "800.00")


class DisclosureCommon(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls._customer("Quayside")
        cls._limit(cls.buyer, 1000.0)
        cls.late = cls._invoice(cls.buyer, 100.0, 90)
        cls._assess(cls.buyer)
        cls.portal = cls._member("tell_portal", "base.group_portal")
        cls.portal.partner_id.parent_id = cls.buyer
        cls.order = cls._order_of(
            cls.buyer, 1500.0, user_id=cls.seller.id, require_signature=True
        )
        cls.order.message_subscribe(cls.portal.partner_id.ids)
        cls.order.state = "sent"
        cls.biller = cls._member("tell_biller", "account.group_account_invoice")

    @classmethod
    def _member(cls, login, groups):
        return new_test_user(
            cls.env,
            login,
            password=login,
            groups=groups,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _set_strength(self, reason, point, strength):
        check = self.policy.check_ids.filtered(lambda line: line.reason == reason)
        check[f"{point}_strength"] = strength

    def assertNoFigures(self, text):
        for figure in FIGURES:
            self.assertNotIn(figure, text)


@tagged("post_install", "-at_install")
class TestToldByRpc(DisclosureCommon, HttpCase):
    """As a client's own script calls."""

    def _call(self, user, model, method, *args):
        """:return: the whole answer, as text"""
        self.authenticate(user.login, user.login)
        params = {
            "model": model,
            "method": method,
            "args": list(args),
            "kwargs": {"context": {"allowed_company_ids": self.company.ids}},
        }
        call = {"id": 0, "jsonrpc": "2.0", "method": "call", "params": params}
        url = f"{self.base_url()}/web/dataset/call_kw"
        self.env.flush_all()
        answer = self.opener.post(url, json=call, timeout=60).json()
        answer.get("error", {}).get("data", {}).pop("debug", None)
        self.env.invalidate_all()
        return json.dumps(answer)

    def _fails(self, *args):
        answer = self._call(*args)
        self.assertIn('"error"', answer)
        return answer

    def assertOnlyAccessError(self, error):
        self.assertIn("AccessError", error)
        self.assertNoFigures(error)
        for word in ("limit", "overdue", "grade", "policy", "hold", "approval"):
            self.assertNotIn(word, error.lower())

    def test_15_2_2_a_customer_confirms_by_rpc(self):
        ids = self.order.ids
        for method, *args in (
            ("action_confirm", ids),
            ("write", ids, {"state": "sale"}),
            ("action_request_credit_review", ids),
            ("unlink", ids),
        ):
            error = self._fails(self.portal, "sale.order", method, *args)
            self.assertOnlyAccessError(error)
        self.assertEqual(self.order.state, "sent")

    def test_15_2_2_a_customer_posts_by_rpc(self):
        self._set_strength("over_limit", "post", "block")
        draft = self._invoice(self.buyer, 1500.0, post=False)
        draft.message_subscribe(self.portal.partner_id.ids)
        for method, *args in (
            ("action_post", draft.ids),
            ("write", draft.ids, {"state": "posted"}),
        ):
            error = self._fails(self.portal, "account.move", method, *args)
            self.assertOnlyAccessError(error)
        self.assertEqual(draft.state, "draft")

    def test_15_2_2_a_customer_adds_to_a_confirmed_order_by_rpc(self):
        small = self._order_of(self.buyer, 10.0, user_id=self.seller.id)
        small.message_subscribe(self.portal.partner_id.ids)
        small.action_confirm()
        line = small.order_line
        for model, method, *args in (
            ("sale.order.line", "write", line.ids, {"price_unit": 1500.0}),
            (
                "sale.order",
                "write",
                small.ids,
                {"order_line": [[1, line.id, {"price_unit": 1500.0}]]},
            ),
        ):
            self.assertOnlyAccessError(self._fails(self.portal, model, method, *args))

    def test_15_2_3_a_biller_writes_the_state_by_rpc(self):
        """Blocked by its button, blocked by writing the state."""
        self._set_strength("over_limit", "post", "block")
        draft = self._invoice(self.buyer, 1500.0, post=False)
        for method, *args in (
            ("action_post", draft.ids),
            ("write", draft.ids, {"state": "posted"}),
            ("web_save", draft.ids, {"state": "posted"}, {"state": {}}),
            ("load", ["id", "state"], [[self._name_of(draft), "Posted"]]),
        ):
            told = self._call(self.biller, "account.move", method, *args)
            self.assertIn("over the limit", told, method)
            self.assertNoFigures(told)
            self.assertEqual(draft.state, "draft", method)

    def _name_of(self, record):
        self.env["ir.model.data"].create(
            {
                "module": "__export__",
                "name": f"posted_{record.id}",
                "model": record._name,
                "res_id": record.id,
            }
        )
        return f"__export__.posted_{record.id}"

    def test_15_2_3_a_seller_writes_totals_by_rpc(self):
        line = self.order.order_line
        for model, ids, vals in (
            ("sale.order", self.order.ids, {"amount_total": 1.0}),
            ("sale.order.line", line.ids, {"price_total": 1.0}),
            ("sale.order.line", line.ids, {"invoice_status": "invoiced"}),
            ("sale.order.line", line.ids, {"is_downpayment": True}),
            (
                "sale.order",
                self.order.ids,
                {"order_line": [[1, line.id, {"price_total": 1.0}]]},
            ),
        ):
            error = self._fails(self.seller_by_rpc, model, "write", ids, vals)
            self.assertIn("AccessError", error)
        self.assertEqual(self.order.amount_total, 1500.0)
        error = self._fails(
            self.seller_by_rpc, "sale.order", "action_confirm", self.order.ids
        )
        self.assertIn("over the limit", error)
        self.assertNoFigures(error)

    @property
    def seller_by_rpc(self):
        self.seller.password = self.seller.login
        return self.seller


@tagged("post_install", "-at_install")
class TestToldInSentences(DisclosureCommon):
    """Errors, banners, chatter, activities, requests."""

    def _everything_on(self, record):
        record = record.sudo()
        bodies = record.message_ids.mapped("body")
        notes = record.activity_ids.mapped("note")
        return "\n".join(str(text) for text in [*bodies, *notes] if text)

    def test_15_2_2_sentences_of_a_seller(self):
        order = self.order.with_user(self.seller)
        self.assertIn("over the limit", order.partner_credit_warning)
        self.assertNoFigures(order.partner_credit_warning)
        with self.assertRaisesRegex(UserError, "over the limit") as stopped:
            order.action_confirm()
        self.assertNoFigures(str(stopped.exception))
        with_figures = self.order.with_user(self.decider)
        self.assertIn("1,000.00", with_figures.partner_credit_warning)

    def test_15_2_2_what_a_request_says(self):
        self.order.with_user(self.seller).action_request_credit_review()
        review = self.order.credit_review_ids
        self.assertNoFigures(self._everything_on(self.order))
        self.assertNoFigures(self._everything_on(review))
        self.assertIn("over the limit", review.reasons)
        self.assertNoFigures(review.reasons)
        self.assertIn("1,000.00", review.reasons_in_full)
        asking = self._member("tell_user", "multicurrency_crm.group_user")
        review._write_guarded({"requested_by": asking.id})
        mine = review.with_user(asking)
        self.assertTrue(mine.reasons)
        for name in ("reasons_in_full", "excess", "limit_currency_id", "is_late"):
            with self.assertRaises(AccessError, msg=name):
                mine.read([name])

    def test_15_2_2_nobody_to_ask(self):
        """The activity of whose document it is tells no figure either."""
        Review = self.env.registry["credit.review"]
        self.patch(Review, "_find_deciders", lambda self: self.env["res.users"])
        self.order.with_user(self.seller).action_request_credit_review()
        self.assertTrue(self.order.sudo().activity_ids)
        self.assertNoFigures(self._everything_on(self.order))

    def test_15_2_2_the_reason_of_a_hold(self):
        self._invoice(self.buyer, 700.0, 90)
        self.policy.hold_overdue_days = 30
        self._assess(self.buyer)
        self.assertTrue(self.buyer.credit_hold)
        self.assertIn("800.00", self.buyer.credit_hold_reason)
        self.assertIn("hold", self._everything_on(self.buyer))
        self.assertNoFigures(self._everything_on(self.buyer))
        told = self.buyer.with_user(self.seller).credit_hold_reason
        self.assertTrue(told)
        self.assertNoFigures(told)
        order = self.order.with_user(self.seller)
        self.assertIn("on credit hold", order.partner_credit_warning)
        self.assertNoFigures(order.partner_credit_warning)

    def test_15_2_2_somebody_goes_ahead(self):
        passing = self._create_salesperson(
            "tell_passing", "multicurrency_crm.group_credit_bypass"
        )
        self.order.user_id = passing
        self.order.with_user(passing).action_confirm()
        self.assertEqual(self.order.state, "sale")
        self.assertIn("over the limit", self._everything_on(self.order))
        self.assertNoFigures(self._everything_on(self.order))

    def test_15_2_2_the_report_of_many(self):
        orders = self.order | self._order_of(self.buyer, 1e6, user_id=self.seller.id)
        action = orders.with_user(self.seller).action_confirm_selected()
        report = self.env["sale.order.confirm.report"].browse(action["res_id"])
        self.assertNoFigures("\n".join(report.line_ids.mapped("reason")))


@tagged("post_install", "-at_install")
class TestButtonsOfOthers(DisclosureCommon):
    def _list_buttons(self, Model):
        """What a client may call of the addon's, with a record alone."""
        for name in dir(type(Model)):
            method = getattr(type(Model), name, None)
            ours = "multicurrency_crm" in (getattr(method, "__module__", None) or "")
            if name.startswith("_") or not ours or not inspect.isfunction(method):
                continue
            needed = [
                parameter
                for parameter in list(inspect.signature(method).parameters.values())[1:]
                if parameter.default is parameter.empty
                and parameter.kind in (0, 1)  # positional
            ]
            if not needed:
                yield name

    def test_15_2_2_each_button_as_a_customer(self):
        """Refused by rights, or harmless; a sentence never tells a figure."""
        self.order.with_user(self.seller).action_request_credit_review()
        draft = self._invoice(self.buyer, 1500.0, post=False)
        self._set_strength("over_limit", "post", "block")
        (draft | self.late).message_subscribe(self.portal.partner_id.ids)
        own = {
            name: self.env[name].sudo().search([], limit=1)
            for name, model in self.env.registry.items()
            if model._original_module == "multicurrency_crm" and not model._abstract
        }
        records = [
            self.order,
            draft,
            self.late,
            self.buyer,
            *filter(None, own.values()),
        ]
        tried = 0
        for record in records:
            for name in self._list_buttons(record):
                tried += 1
                with self.subTest(model=record._name, name=name):
                    self._press(record.with_user(self.portal).sudo(False), name)
        self.assertGreater(tried, 20)
        self.assertEqual((self.order.state, draft.state), ("sent", "draft"))

    def _press(self, record, name):
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint():
                told = getattr(record, name)()
                self.env.flush_all()
        except AccessError as error:
            told = error
        except UserError as error:
            told = error
            for word in ("limit", "overdue", "grade"):
                self.assertNotIn(word, str(error).lower())
        self.assertNoFigures(str(told))


@tagged("post_install", "-at_install")
class TestDialogsOfOthers(DisclosureCommon):
    def test_15_2_2_each_dialog_is_its_users_own(self):
        """Every dialog of the addon, whoever may open it."""
        one, other = self.decider, self.second
        both = one | other
        both.group_ids |= self.env.ref("multicurrency_crm.group_manager")
        dialogs = [
            name
            for name, model in self.env.registry.items()
            if model._transient and model._original_module == "multicurrency_crm"
        ]
        self.assertGreater(len(dialogs), 10)
        for name in dialogs:
            mine = self.env[name].with_user(one)
            self.assertTrue(mine.has_access("read"), name)
            self.env.cr.execute(
                "SELECT 1 FROM information_schema.tables WHERE table_name = %s",
                [mine._table],
            )
            self.assertTrue(self.env.cr.fetchone(), name)
            domain = self.env["ir.rule"].with_user(other)._compute_domain(name, "read")
            self.assertIn(("create_uid", "in", {other.id}), _list(domain), name)

    def test_15_2_2_anothers_report(self):
        report = self.order.with_user(self.seller).action_confirm_selected()
        report = self.env["sale.order.confirm.report"].browse(report["res_id"])
        self.assertTrue(report.with_user(self.seller).summary)
        colleague = self._create_salesperson("tell_colleague")
        theirs = report.with_user(colleague)
        self.env.invalidate_all()
        for act in (
            lambda: theirs.read(["confirmed"]),
            lambda: theirs.line_ids.read(["reason"]),
            lambda: report.line_ids.with_user(colleague).read(["reason"]),
            lambda: theirs.unlink(),
            lambda: theirs.write({"confirmed": 7}),
        ):
            with self.assertRaises(AccessError):
                act()
        self.assertFalse(theirs.search([]))


def _list(domain):
    return [
        (part[0], part[1], set(part[2]))
        for part in domain
        if isinstance(part, (list, tuple)) and part[0] == "create_uid"
    ]
