from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .agreement_common import AgreementCommon
from .common import TODAY


@tagged("post_install", "-at_install")
class TestAgreement(AgreementCommon):
    def test_a_quotation_takes_it_by_itself(self):
        agreement = self._agree()
        order = self._create_quotation()
        self.assertEqual(order.rate_lock_id, agreement)
        self.assertEqual(order.locked_rate, agreement.rate)
        self.assertEqual(order.rate_lock_state, "locked")
        line = order.order_line
        self.assertAlmostEqual(line.price_unit, line.product_id.list_price / 7.0, 2)
        order.action_confirm()
        self.assertEqual(order.rate_lock_state, "used")
        self.assertEqual(agreement.state, "active")
        self.assertAlmostEqual(agreement.amount_drawn, order.amount_total, 2)

    def test_a_new_quotation_with_lines_is_priced_once(self):
        """It has its rate before it has lines: each costs as many queries as without
        an agreement."""
        pricelist = self._create_pricelist(self.usd)
        agreement = self._agree(days=10)
        stranger = self.env["res.partner"].create({"name": "Stranger"})

        def count(partner, lines):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            order = self._create_order(partner, lines, pricelist_id=pricelist.id)
            self.env.flush_all()
            return order, self.env.cr.sql_log_count - before

        for partner in (self.customer, stranger):
            count(partner, 1)  # what is read once and kept
        order, many = count(self.customer, 6)
        _order, one = count(self.customer, 1)
        _order, many_plain = count(stranger, 6)
        plain, one_plain = count(stranger, 1)
        self.assertLessEqual(many - one, many_plain - one_plain)
        self.assertFalse(plain.rate_lock_id)
        self.assertEqual(order.rate_lock_id, agreement)
        self.assertEqual(order.currency_rate, agreement.rate)
        self.assertEqual(order.validity_date, agreement.date_end)
        self.assertEqual(order.order_line.mapped("price_unit"), [100.0] * 6)
        self.assertEqual(order.amount_untaxed, 1_200.0)
        self.assertIn(agreement.name, order.message_ids[0].body)
        self.assertIn("converted again", order.message_ids[0].body)
        self.assertIn(order.name, "".join(agreement.message_ids.mapped("body")))

    def test_of_several_a_new_quotation_takes_the_one_with_room_for_it(self):
        """The newest has room for 500: an order of 1,200 takes the other one."""
        pricelist = self._create_pricelist(self.usd)
        roomy = self._agree(cap=5_000.0, date_start=TODAY - timedelta(days=9))
        small = self._agree("7.05", cap=500.0)
        self.assertEqual({roomy.state, small.state}, {"active"})
        order = self._create_order(lines=6, pricelist_id=pricelist.id)
        self.assertEqual(order.rate_lock_id, roomy)
        self.assertEqual(order.amount_untaxed, 1_200.0)

    def test_a_new_one_is_called_so(self):
        form = Form(self.env["fx.rate.lock"].with_context(default_kind="agreement"))
        self.assertEqual(form.name, "New Agreement")
        agreement = self._agree()
        lock = self._lock(self._create_quotation(self.eur))
        self.assertEqual(agreement._creation_message(), "Rate agreement created")
        self.assertEqual(lock._creation_message(), "Rate Lock created")

    def test_a_company_without_numbers_names_each_by_its_kind(self):
        self.env["ir.sequence"].search([("code", "like", "fx.rate.")]).active = False
        Lock = self.env["fx.rate.lock"]
        self.assertEqual(Lock._get_next_name({"kind": "agreement"}), "New Agreement")
        self.assertEqual(Lock._get_next_name({"kind": "order"}), "New Lock")

    def test_asked_about_what_is_unusual_once_nothing_is_wrong(self):
        agreement = self.env["fx.rate.lock"].create(
            {
                "kind": "agreement",
                "partner_id": self.customer.id,
                "currency_id": self.usd.id,
                "quoted_rate": "7.1",
                "date_start": TODAY - timedelta(days=9),
                "date_end": TODAY - timedelta(days=1),
            }
        )
        self.assertTrue(agreement.cap_note)
        with self.assertRaisesRegex(UserError, "over already"):
            agreement.action_ask_activate()
        agreement.date_end = TODAY + timedelta(days=9)
        with self.assertRaises(AccessError):
            agreement.with_user(self.plain_seller).action_ask_activate()
        asked = agreement.action_ask_activate()
        self.assertEqual(agreement.state, "draft")
        self.assertEqual(asked["params"]["method"], "action_activate")
        self.assertRegex(asked["params"]["question"], "^No cap.*all the same")
        agreement.amount_cap = 100
        agreement.action_ask_activate()
        self.assertEqual(agreement.state, "active", "nothing to ask")

    def test_only_of_that_customer_and_currency(self):
        agreement = self._agree()
        self.assertFalse(self._create_quotation(self.eur).rate_lock_id)
        other = self.env["res.partner"].create({"name": "Somebody else"})
        stranger = self._create_quotation(partner_id=other.id)
        self.assertFalse(stranger.rate_lock_id)
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        order = self._create_quotation(partner_id=contact.id)
        self.assertEqual(order.rate_lock_id, agreement)

    def test_not_before_its_start_nor_after_its_end(self):
        self._agree(date_start=TODAY + timedelta(days=3), days=5)
        self.assertFalse(self._create_quotation().rate_lock_id)
        with freeze_time(f"{TODAY + timedelta(days=5)} 04:00:00"):
            self.assertTrue(self._create_quotation().rate_lock_id)
        with freeze_time(f"{TODAY + timedelta(days=6)} 04:00:00"):
            self.assertFalse(self._create_quotation().rate_lock_id)

    def test_the_newest_with_room(self):
        older = self._agree(cap=100_000, date_start=TODAY - timedelta(days=9))
        newest = self._agree("7.05", cap=500)
        first = self._create_order(currency_id=self.usd.id)
        self.assertEqual(first.rate_lock_id, newest)
        first.action_confirm()
        self.assertGreater(newest.amount_available, 0)
        second = self._create_order(lines=3, currency_id=self.usd.id)
        self.assertEqual(second.rate_lock_id, older)
        self.assertEqual(second.order_line.mapped("price_unit"), [100.0] * 3)

    def test_a_copy_carries_none_until_it_is_sent(self):
        agreement = self._agree()
        order = self._create_quotation()
        copy = order.copy()
        self.assertFalse(copy.rate_lock_id)
        self.assertFalse(copy.locked_rate)
        self._send(copy)
        self.assertEqual(copy.rate_lock_id, agreement)

    def test_an_order_leaves_it_alone(self):
        agreement = self._agree()
        order, other = self._create_quotation(), self._create_quotation()
        with self.assertRaisesRegex(UserError, "Say why"):
            order._release_rate(" ")
        order._release_rate("wants another rate")
        self.assertFalse(order.rate_locked)
        self.assertEqual(order.rate_lock_state, "released")
        self.assertEqual(agreement.state, "active")
        self.assertTrue(other.rate_locked)
        self.assertIn("wants another rate", agreement.message_ids[0].body)
        self._send(order)
        self.assertFalse(order.rate_locked, "who left stays out")
        other.unlink()
        self.assertEqual(agreement.state, "active", "the others keep theirs")

    def _open_release(self, record, user, **values):
        record = record.with_user(user)
        action = (
            record.action_release_rate()
            if record._name == "sale.order"
            else record.action_release()
        )
        wizard = self.env[action["res_model"]].with_user(user)
        return wizard.with_context(**action["context"]).create(
            {"reason": "Typo", **values}
        )

    def test_the_button_of_an_order_takes_it_out_alone(self):
        agreement = self._agree(cap=5000, user_id=self.finance.id)
        order, other = (
            self._create_quotation(price=100.0, user_id=self.user.id) for _n in "12"
        )
        wizard = self._open_release(order, self.user)
        self.assertIn(f"{order.name} alone leaves", wizard.consequence)
        wizard.action_apply()
        self.assertEqual((order.locked_rate, agreement.state), (0, "active"))
        other.action_confirm()
        self.assertEqual(agreement.amount_drawn, 300)
        # after the confirmation, and of colleagues' quotations, a manager does
        theirs = self._create_quotation(price=100.0, user_id=self.manager.id)
        with self.assertRaisesRegex(AccessError, "ask one of them"):
            self._open_release(other, self.user)
        with self.assertRaises(AccessError):
            self._open_release(theirs, self.user)
        self._open_release(other, self.manager).action_apply()
        self.assertTrue(theirs.locked_rate)
        self.assertEqual(agreement.state, "active")
        whole = self._open_release(agreement, self.manager)
        self.assertIn("ends for all: 1 orders", whole.consequence)
        whole.action_apply()
        self.assertEqual((theirs.locked_rate, agreement.state), (0, "released"))

    def test_states_are_found_by_order(self):
        agreement = self._agree()
        quotation, ordered, left = (self._create_quotation() for _ in range(3))
        ordered.action_confirm()
        left._release_rate("other rate")
        for state, order in (
            ("locked", quotation),
            ("used", ordered),
            ("released", left),
        ):
            self.assertEqual(order.rate_lock_state, state)
            found = self.env["sale.order"].search(
                [("rate_lock_state", "=", state), ("rate_lock_id", "=", agreement.id)]
            )
            self.assertEqual(found, order)

    def test_finance_agrees_in_the_form(self):
        form = Form(
            self.env["fx.rate.lock"]
            .with_user(self.finance)
            .with_context(default_kind="agreement")
        )
        form.partner_id = self.customer
        form.currency_id = self.usd
        form.quoted_rate = "7.1"
        form.date_end = TODAY + timedelta(days=30)
        form.amount_cap = 10_000
        agreement = form.save()
        agreement.action_activate()
        self.assertEqual(agreement.state, "active")
        self.assertEqual(agreement.quoted_rate, "7.1")
        self.assertTrue(agreement.source)
        self.assertEqual(agreement.invoice_by, TODAY + timedelta(days=120))
        for values in ({"state": "draft"}, {"amount_overdraw": 9}, {"amount_cap": 1}):
            with self.assertRaises(UserError):
                agreement.write(values)
        with self.assertRaises(AccessError):
            agreement.with_user(self.user).write({"note": "mine"})

    def test_a_rate_far_from_the_market_waits_for_a_manager(self):
        agreement = self._agree("6.5")
        self.assertEqual(agreement.state, "draft")
        self.assertFalse(self._create_quotation().rate_lock_id)
        approval = self.env["fx.rate.approval"].search([("lock_id", "=", agreement.id)])
        approval.with_user(self.manager).action_approve()
        self.assertEqual(agreement.state, "active")
        self.assertEqual(self._create_quotation().rate_lock_id, agreement)

    def test_running_side_by_side(self):
        """Six for one customer pass, but not without a word."""
        first = self._agree()
        self.assertFalse(first.overlap_note)
        second = self._agree(quoted="7.01")
        self.assertIn(first.name, second.overlap_note)
        self.env.invalidate_all()
        self.assertIn(second.name, first.overlap_note)
        later = self._agree(days=120, date_start=first.date_end + timedelta(1))
        self.assertFalse(later.overlap_note)
        second.sudo()._write_guarded({"state": "released"})
        self.env.invalidate_all()
        self.assertFalse(first.overlap_note)

    def test_bad_terms_are_refused(self):
        over = {
            "date_start": TODAY - timedelta(days=9),
            "date_end": TODAY - timedelta(days=1),
        }
        for values, sentence in (
            ({"quoted": "abc"}, "can't be locked"),
            (over, "over already"),
            ({"currency_id": self.company.currency_id.id}, "own currency"),
        ):
            with self.assertRaisesRegex(UserError, sentence):
                self._agree(**values)

    def test_customers_without_one_cost_no_query(self):
        self._create_quotation()
        order = self._create_quotation()
        with self.assertQueryCount(0):
            order._take_agreement()
