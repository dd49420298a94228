"""What a check reads is computed: neither written by a client nor claimed by a flag."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...models.common.process_mark import ProcessMark
from .credit_common import CreditCommon, CreditModuleCommon


class ForgedCommon(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer = cls._customer()
        cls._limit(cls.buyer, 1000.0)
        cls.biller = new_test_user(
            cls.env,
            "forged_biller",
            groups="account.group_account_invoice",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _confirmed(self, amount=900.0):
        order = self._order_of(self.buyer, amount, user_id=self.seller.id)
        order.action_confirm()
        return order

    def _block(self, reason, point):
        check = self.policy.check_ids.filtered(lambda line: line.reason == reason)
        check[f"{point}_strength"] = "block"


@tagged("post_install", "-at_install")
class TestForgedFigures(ForgedCommon):
    """Every name that is closed, by who may write the record."""

    def _list_values(self, record, names):
        """A value for each name that isn't what is stored."""
        by_hand = record._name == "sale.order.line" and (
            record.qty_delivered_method == "manual"
        )
        # what was delivered of these is entered by people
        names = names - {"qty_delivered"} if by_hand else names
        for name in sorted(names & record._fields.keys()):
            field, stored = record._fields[name], record[name]
            if field.type in ("many2many", "one2many"):
                yield name, [Command.clear()] if stored else [Command.link(1)]
            elif field.type == "many2one":
                yield name, False if stored else record.env.company.id
            elif field.type == "selection":
                values = field.get_values(record.env)
                yield name, next(value for value in values if value != stored)
            elif field.type == "boolean":
                yield name, not stored
            else:
                yield name, (stored or 0.0) + 1.0

    def test_15_2_3_written_by_a_client(self):
        """Each figure of each model, in each place where it is stored."""
        order = self._confirmed()
        invoice = self._invoice(self.buyer, 50.0)
        asked = self._transaction(order, 1.0, "draft")
        tried = 0
        for user, record in (
            (self.seller, order),
            (self.seller, order.order_line),
            (self.biller, order),
            (self.biller, invoice),
            (
                self.biller,
                invoice.line_ids.filtered(
                    lambda line: line.account_type == "asset_receivable"
                ),
            ),
            (self.biller, asked),
        ):
            self.env.invalidate_all()
            theirs = record.with_user(user)
            names = record._computed_alone | record._claimed_once
            for name, value in self._list_values(record.sudo(), names):
                tried += 1
                with self.subTest(record=str(record), name=name):
                    with self.assertRaises(AccessError):
                        theirs.write({name: value})
        self.assertGreater(tried, 30)
        self.assertEqual(self._total(self.buyer), 950.0)

    def test_15_2_3_by_a_parents_commands(self):
        order = self._confirmed()
        order = order.with_user(self.seller)
        line = order.order_line
        for command in (
            Command.update(line.id, {"price_total": 1.0}),
            Command.create(
                {
                    "product_id": self.product.id,
                    "price_unit": 50_000.0,
                    "tax_ids": [],
                    "price_total": 1.0,
                }
            ),
        ):
            with self.assertRaises(AccessError):
                order.write({"order_line": [command]})

    def test_15_2_3_by_a_default_of_ones_own(self):
        """Neither the line's total nor the order's comes from a default."""
        seller = self.env["ir.default"].with_user(self.seller)
        seller.set("sale.order.line", "price_total", 1.0, user_id=True)
        seller.set("sale.order.line", "invoice_status", "invoiced", user_id=True)
        seller.set("sale.order", "amount_total", 1.0, user_id=True)
        order = (
            self.env["sale.order"]
            .with_user(self.seller)
            .with_context(default_amount_total=1.0)
            .create(
                {
                    "partner_id": self.buyer.id,
                    "company_id": self.company.id,
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.product.id,
                                "price_unit": 60_000.0,
                                "tax_ids": [],
                            }
                        )
                    ],
                }
            )
        )
        self.assertEqual(order.amount_total, 60_000.0)
        self.assertEqual(order.order_line.price_total, 60_000.0)
        with self.assertRaisesRegex(UserError, "over the limit"):
            order.action_confirm()

    def test_15_2_3_by_an_import(self):
        lines = self.env["sale.order.line"].with_user(self.seller)
        order = self._order_of(self.buyer, 10.0, user_id=self.seller.id)
        result = lines.load(
            ["order_id/.id", "product_id/.id", "name", "price_unit", "price_total"],
            [[str(order.id), str(self.product.id), "Pump", "60000", "1"]],
        )
        self.assertFalse(result["ids"])
        self.assertIn("can't be entered", str(result["messages"]))

    def test_15_2_3_without_a_policy_all_is_odoos(self):
        self.policy.unlink()
        order = self._order_of(self.buyer, 10.0, user_id=self.seller.id)
        order.with_user(self.seller).amount_total = 11.0
        self.assertEqual(order.amount_total, 11.0)

    def test_15_2_3_what_odoo_lets_people_enter(self):
        """Hours delivered, a saved form, a deposit: as before."""
        hours = self.env["product.product"].create(
            {"name": "Hours", "type": "service", "taxes_id": False}
        )
        order = self._confirmed(10.0)
        order.order_line.product_id.type = "service"
        line = self.env["sale.order.line"].create(
            {"order_id": order.id, "product_id": hours.id, "price_unit": 1.0}
        )
        self.assertEqual(line.qty_delivered_method, "manual")
        mine = line.with_user(self.seller)
        mine.qty_delivered = 1.0
        mine.write({"price_total": mine.price_total})
        wizard = self.env["sale.advance.payment.inv"].with_user(self.seller)
        wizard = wizard.create(
            {
                "advance_payment_method": "percentage",
                "amount": 50,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        self.assertTrue(wizard._create_invoices(order.with_user(self.seller)))


@tagged("post_install", "-at_install")
class TestPostedByState(ForgedCommon):
    """Every rule that stands before posting stands before writing the state."""

    def _post_by_state(self, move):
        self.env.invalidate_all()
        move.with_user(self.biller).write({"state": "posted"})

    def test_15_2_3_state_past_a_block(self):
        self._block("over_limit", "post")
        draft = self._invoice(self.buyer, 1500.0, post=False)
        with self.assertRaisesRegex(UserError, "over the limit"):
            self._post_by_state(draft)
        self.assertEqual(draft.state, "draft")
        with self.assertRaises(UserError):
            self.env["account.move"].with_user(self.biller).create(
                {"move_type": "out_invoice", "state": "posted"}
            )

    def test_15_2_3_state_past_the_list_of_currencies(self):
        self.buyer.allowed_currency_ids = self.eur
        self.company.currency_policy = "enforce"
        draft = self._invoice(self.buyer, 10.0, currency=self.usd, post=False)
        with self.assertRaisesRegex(UserError, "does not buy in USD"):
            self._post_by_state(draft)

    def test_15_2_3_state_past_a_missing_rate(self):
        self.company.missing_rate_policy = "stop"
        draft = self._invoice(self.buyer, 10.0, post=False)
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.kwd.id)]
        ).unlink()
        draft.currency_id = self.kwd
        with self.assertRaisesRegex(UserError, "KWD"):
            self._post_by_state(draft)

    def test_15_2_3_what_passes_is_posted(self):
        """And kept as if its button had done it."""
        draft = self._invoice(self.buyer, 10.0, post=False)
        self._post_by_state(draft)
        self.assertEqual(draft.state, "posted")
        self.assertTrue(draft.posted_before and draft.name != "/")
        self.assertEqual(draft.credit_decided_state, "ok")

    def test_15_2_3_a_mark_from_outside(self):
        """Nothing in a context opens the door: not even a mark of one's own."""
        self._block("over_limit", "post")
        draft = self._invoice(self.buyer, 1500.0, post=False)
        for value in (True, 1, "1", ProcessMark("multicurrency_posting")):
            marked = draft.with_user(self.biller).with_context(
                multicurrency_posting=value
            )
            with self.assertRaises(UserError):
                marked.write({"state": "posted"})


@tagged("post_install", "-at_install")
class TestConfirmedByState(ForgedCommon):
    """Every rule that stands before confirming stands before writing the state."""

    def _confirm_each_way(self, values):
        """By writing the state, with something else, and by creating it confirmed."""
        orders = self.env["sale.order"].with_user(self.seller)
        values = {
            "partner_id": self.buyer.id,
            "company_id": self.company.id,
            "user_id": self.seller.id,
            "order_line": [Command.create({"product_id": self.product.id})],
            **values,
        }
        self.product.list_price = 1.0
        yield lambda: orders.create(values).write({"state": "sale"})
        yield lambda: orders.create(values).write({"state": "sale", "note": "Now"})
        yield lambda: orders.create({**values, "state": "sale"})

    def test_15_2_3_state_past_the_list_of_currencies(self):
        self.buyer.allowed_currency_ids = self.eur
        self.company.currency_policy = "enforce"
        for confirm in self._confirm_each_way({"currency_id": self.usd.id}):
            with self.assertRaises(UserError) as stopped:
                confirm()
            self.assertIn("does not buy in USD", str(stopped.exception))

    def test_15_2_3_state_past_a_missing_rate(self):
        # the limit doesn't stop it first
        self.policy.check_ids.confirm_strength = "warn"
        self.company.missing_rate_policy = "stop"
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.kwd.id)]
        ).unlink()
        for confirm in self._confirm_each_way({"currency_id": self.kwd.id}):
            with self.assertRaises(UserError) as stopped:
                confirm()
            self.assertIn("KWD", str(stopped.exception))

    def test_15_2_3_what_passes_is_confirmed(self):
        self.buyer.allowed_currency_ids = self.usd
        self.company.currency_policy = "enforce"
        for confirm in self._confirm_each_way({"currency_id": self.usd.id}):
            confirm()
        orders = self.buyer.sale_order_ids
        self.assertEqual(orders.mapped("state"), ["sale"] * 3)


@tagged("post_install", "-at_install")
class TestClaims(ForgedCommon):
    """A flag is a claim, held against what it claims."""

    def test_15_2_4_a_deposit_that_orders_something(self):
        order = self._confirmed()
        line = {
            "order_id": order.id,
            "product_id": self.product.id,
            "is_downpayment": True,
            "price_unit": 50_000.0,
            "tax_ids": [],
        }
        lines = self.env["sale.order.line"].with_user(self.seller)
        with self.assertRaises(UserError):
            lines.create({**line, "product_uom_qty": 1.0})
        lines = lines.sudo()
        self.policy.check_ids.confirm_strength = "warn"
        lines.create({**line, "product_uom_qty": 1.0})
        self.assertEqual(self._total(self.buyer), 50_900.0)

    def test_15_2_4_a_transaction_that_a_clerk_typed(self):
        """Paid is what a provider says."""
        order = self._order_of(self.buyer, 5000.0, user_id=self.seller.id)
        asked = self._transaction(order, 5000.0, "draft")
        theirs = asked.with_user(self.biller)
        values = asked.copy_data()[0]
        for act in (
            lambda: theirs.write({"state": "done"}),
            lambda: theirs.create({**values, "reference": "T", "state": "done"}),
            lambda: theirs.with_context(default_state="done").create(
                {**values, "reference": "T"}
            ),
            lambda: order.with_user(self.biller).write(
                {"transaction_ids": [Command.link(asked.id)]}
            ),
        ):
            try:
                made = act()
            except AccessError:
                continue
            self.assertEqual(made.state, "draft")
        self.assertEqual(asked.state, "draft")
        with self.assertRaisesRegex(UserError, "over the limit"):
            order.with_user(self.seller).action_confirm()
        asked._set_done()
        order.with_user(self.seller).action_confirm()
        self.assertEqual(order.state, "sale")

    def test_15_2_4_an_invoice_that_says_it_reverses(self):
        """Named a credit note of another, it goes without a rate: it doesn't."""
        self.company.missing_rate_policy = "stop"
        known = self._invoice(self.buyer, 5.0, currency=self.kwd)
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.kwd.id)]
        ).unlink()
        draft = self._invoice(self.buyer, 10.0, currency=self.kwd, post=False)
        draft.reversed_entry_id = known
        with self.assertRaisesRegex(UserError, "KWD"):
            draft.with_user(self.biller).action_post()

    def test_15_2_4_a_job_in_the_context(self):
        """A key of a job's context, sent by somebody at a screen: see is_job()."""
        from ...models.common import nobody_there

        env = self.env(context={"cron_id": 1})
        self.assertTrue(nobody_there.is_job(env))
        self.patch(nobody_there, "request", object())
        self.assertFalse(nobody_there.is_job(env))


@tagged("post_install", "-at_install")
class TestClaimedDelivery(CreditModuleCommon):
    needed = ("sale.order.line", "is_delivery")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.type = "consu"
        cls.order = cls._order_of(cls.buyer, 900.0, user_id=cls.seller.id)
        cls.order.action_confirm()
        fee = cls.env["product.product"].create(
            {"name": "Freight", "type": "service", "taxes_id": False}
        )
        cls.carrier = cls.env["delivery.carrier"].create(
            {"name": "Ship", "product_id": fee.id, "invoice_policy": "real"}
        )

    def _line(self, product, **values):
        return {
            "order_id": self.order.id,
            "product_id": product.id,
            "price_unit": 50_000.0,
            "tax_ids": [],
            "is_delivery": True,
            **values,
        }

    def test_15_2_4_called_a_delivery(self):
        lines = self.env["sale.order.line"].with_user(self.seller)
        with self.assertRaisesRegex(UserError, "over the limit"):
            lines.create(self._line(self.product))

    def test_15_2_4_a_carriers_product_at_any_price(self):
        self.order.carrier_id = self.carrier
        lines = self.env["sale.order.line"].with_user(self.seller)
        with self.assertRaisesRegex(UserError, "over the limit"):
            lines.create(self._line(self.carrier.product_id))
        with self.assertRaisesRegex(UserError, "over the limit"):
            self.order.with_user(self.seller).set_delivery_line(self.carrier, 50_000.0)

    def test_15_2_4_a_delivery_that_becomes_dear(self):
        small = self._line(self.carrier.product_id, price_unit=1.0)
        line = self.env["sale.order.line"].create(small)
        with self.assertRaisesRegex(UserError, "over the limit"):
            line.with_user(self.seller).price_unit = 50_000.0
        with self.assertRaises(AccessError):
            self.order.order_line[0].with_user(self.seller).is_delivery = True

    def test_15_2_4_what_the_carrier_charged(self):
        """Goods on their way: the charge is added, whatever the limit."""
        if "_add_delivery_cost_to_so" not in dir(self.env["stock.picking"]):
            self.skipTest("stock_delivery isn't installed")
        [picking] = self.order.picking_ids
        picking.carrier_id = self.carrier
        picking.carrier_price = 5000.0
        picking._add_delivery_cost_to_so()
        self.assertEqual(self.order.amount_total, 5900.0)
