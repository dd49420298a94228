"""What a receipt may pay: examples, and what always holds."""

import time
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.matching import (
    MOST_PROPOSALS,
    PAYERS,
    ZERO,
    Item,
    Receipt,
    Tolerance,
    compare_names,
    find_tails,
    find_telling_words,
    get_payer,
    is_sure,
    propose,
    share_out,
)

DAY = date(2026, 10, 5)
USD, EUR = 1, 2
CENT = Decimal("0.01")
#: a share of 1 %, at most 30
FEES = Tolerance(Decimal("0.01"), Decimal(30))


def owed(number, amount, *names, partner=7, days=0, currency=USD, recorded=False):
    return Item(
        number,
        partner,
        currency,
        Decimal(amount),
        DAY + timedelta(days),
        names,
        recorded,
    )


def came(amount, text="", currency=USD, tolerance=FEES, step=CENT):
    return Receipt(Decimal(amount), currency, step, text, tolerance)


def shown(proposals):
    """[(items, reasons)] of proposals."""
    return [(tuple(item for item, _a in one.parts), one.reasons) for one in proposals]


@tagged("post_install", "-at_install")
class TestProposals(BaseCase):
    def test_number_in_the_text_and_the_same_amount_come_first(self):
        items = [
            owed(1, 4000, "INV/2026/00011"),
            owed(2, 4000, "INV/2026/00012", days=3),
            owed(3, 4000, "INV/2026/00112", days=5),
        ]
        first, *others = propose(
            came(4000, "Payment inv 2026-00012 tks"), items, {7: "name"}
        )
        self.assertEqual(first.parts, ((2, Decimal(4000)),))
        self.assertEqual(first.reasons, ("name", "number", "single", "exact"))
        self.assertTrue(is_sure([first, *others]))

    def test_a_number_is_no_part_of_a_longer_one(self):
        items = [owed(1, 70, "INV/2026/0001")]
        (found,) = propose(came(70, "INV/2026/00012"), items, {})
        self.assertEqual(found.reasons, ("single", "exact"))

    def test_last_digits_count_less_than_the_number(self):
        items = [owed(1, 70, "INV/2026/00345"), owed(2, 70, "INV/2026/00346")]
        first, second = propose(came(70, "inv 345"), items, {})
        self.assertEqual(shown([first, second])[0], ((1,), ("tail", "single", "exact")))
        self.assertEqual(second.parts[0][0], 2)

    def test_charges_are_named_and_never_beyond_the_lower_bound(self):
        items = [owed(1, 10_000, "A-1")]
        (found,) = propose(came("9975"), items, {})
        self.assertEqual((found.charges, found.rest), (Decimal(25), ZERO))
        self.assertEqual(found.reasons, ("single", "charges"))
        # 1 % would be 100, the amount is 30
        self.assertEqual(propose(came("9969.99"), items, {}), ())
        # 1 % of 1,000 is 10, which is lower than 30
        small = [owed(1, 1000, "A-1")]
        self.assertEqual(propose(came("989.99"), small, {}), ())
        self.assertEqual(propose(came("990"), small, {})[0].charges, Decimal(10))

    def test_several_items_of_one_customer(self):
        items = [owed(n, a, days=n) for n, a in enumerate((310, 125, 480, 77, 615))]
        pair = propose(came(387), items, {})  # 310 + 77
        self.assertEqual(shown(pair), [((0, 3), ("some", "exact"))])
        run = propose(came(682), items, {})  # 125 + 480 + 77
        self.assertEqual(shown(run), [((1, 2, 3), ("run", "exact"))])

    def test_a_known_payer_without_a_fit_pays_the_oldest_first(self):
        items = [owed(1, 500, days=9), owed(2, 300, days=1)]
        (found,) = propose(came(450), items, {7: "learned_account"})
        self.assertEqual(found.parts, ((2, Decimal(300)), (1, Decimal(150))))
        self.assertEqual(found.reasons, ("learned_account", "oldest", "part"))
        self.assertEqual(propose(came(450), items, {}), ())

    def test_what_a_text_names_is_paid_in_part(self):
        items = [owed(1, 500, "INV/2026/00077"), owed(2, 900, "INV/2026/00078", days=2)]
        (found, *_) = propose(came(200, "deposit INV/2026/00078"), items, {})
        self.assertEqual(found.parts, ((2, Decimal(200)),))
        self.assertEqual(found.reasons, ("number", "single", "part"))

    def test_what_is_beyond_the_items_is_left(self):
        (found,) = propose(came("510"), [owed(1, 500)], {7: "account"})
        self.assertEqual((found.rest, found.charges), (Decimal(10), ZERO))

    def test_never_across_currencies(self):
        items = [owed(1, 500, "INV/2026/00077", currency=EUR)]
        self.assertEqual(propose(came(500, "INV/2026/00077"), items, {7: "chosen"}), ())

    def test_a_payment_that_waits_comes_before_the_invoice(self):
        items = [owed(1, 500, "INV/1"), owed(2, 500, "PAY/1", recorded=True)]
        first, second = propose(came(500), items, {7: "name"})
        self.assertEqual((first.parts[0][0], second.parts[0][0]), (2, 1))
        # and is never added to it
        self.assertEqual(propose(came(1000), items, {}), ())

    def test_a_payment_that_waits_comes_whole(self):
        waits = [owed(2, 4000, "PAY/1", recorded=True)]
        for text in ("", "PAY/1"):
            self.assertEqual(propose(came(123, text), waits, {7: "chosen"}), ())
        (found,) = propose(came(4100), waits, {7: "chosen"})
        self.assertEqual((found.parts, found.rest), (((2, Decimal(4000)),), 100))
        invoice = owed(1, 500, "INV/1")
        (found,) = propose(came(123), [invoice, *waits], {7: "chosen"})
        self.assertEqual(found.parts, ((1, Decimal(123)),))

    def test_customers_who_owe_the_same_are_not_sure(self):
        items = [owed(1, 500), owed(2, 500, partner=8)]
        proposals = propose(came(500), items, {})
        self.assertEqual(len(proposals), 2)
        self.assertFalse(is_sure(proposals))
        known = propose(came(500), items, {8: "learned_account"})
        self.assertEqual(known[0].partner_id, 8)
        self.assertTrue(is_sure(known))

    def test_an_amount_or_a_name_that_is_alike_names_nobody(self):
        items = [owed(1, 500, "INV/2026/00345")]
        for text, payers, named in (
            ("", {}, None),
            ("345", {7: "similar"}, None),
            ("", {7: "name"}, 7),
            ("INV/2026/00345", {}, 7),
        ):
            proposals = propose(came(500, text), items, payers)
            self.assertEqual(get_payer(proposals), named)
            self.assertEqual(is_sure(proposals), named is not None)
        self.assertIsNone(get_payer(()))

    def test_two_who_are_named_alike_leave_it_open(self):
        items = [owed(1, 500), owed(2, 500, partner=8)]
        proposals = propose(came(500), items, {7: "name", 8: "name"})
        self.assertIsNone(get_payer(proposals))
        proposals = propose(came(500), items, {7: "name", 8: "learned_account"})
        self.assertEqual(get_payer(proposals), 8)

    def test_a_name_and_a_run_of_the_same_amount_are_sure(self):
        items = [owed(n, a, days=n) for n, a in enumerate((310, 125, 480, 77, 615))]
        proposals = propose(came(682), items, {7: "name"})
        self.assertEqual(proposals[0].reasons, ("name", "run", "exact"))
        self.assertTrue(is_sure(proposals))

    def test_full_width_digits_and_chinese_beside_a_number(self):
        items = [owed(1, 70, "INV/2026/00345")]
        for text in ("货款INV２０２６００３４５号", "付INV/2026/00345发票"):
            (found,) = propose(came(70, text), items, {})
            self.assertIn("number", found.reasons)

    def test_yen_and_dinars(self):
        yen = [owed(1, 1_000_000)]
        receipt = came(999_980, step=Decimal(1), tolerance=FEES)
        self.assertEqual(propose(receipt, yen, {})[0].charges, Decimal(20))
        fils = [owed(1, "100.005")]
        receipt = came("100.001", step=Decimal("0.001"))
        self.assertEqual(propose(receipt, fils, {})[0].charges, Decimal("0.004"))


@tagged("post_install", "-at_install")
class TestNames(BaseCase):
    def test_names_as_banks_write_them(self):
        same = (
            ("ACME TRADING CO.,LTD.", "Acme Trading Co., Ltd"),
            ("MULLER GMBH", "Müller GmbH"),
            ("宁波海港贸易有限公司", "宁波海港贸易"),
            ("THE SILK HOUSE", "Silk House Pty. Ltd."),
        )
        for payer, name in same:
            self.assertEqual(compare_names(payer, name), "name", payer)
        self.assertEqual(
            compare_names("GREAT LAKES MARINE EQUIP", "Great Lakes Marine Equipment"),
            "similar",
        )
        other = (
            ("ACME TRADING LTD", "Apex Trading Ltd"),
            ("LTD", "Co"),
            ("", "Acme"),
            ("Lee", "Lee Import"),
        )
        for payer, name in other:
            self.assertEqual(compare_names(payer, name), "", payer)

    def test_words_to_look_up(self):
        self.assertEqual(
            find_telling_words("The Harbour of Split d.o.o."), ["harbour", "split"]
        )
        self.assertEqual(find_telling_words("Co. Ltd."), ["ltd"])
        self.assertEqual(find_tails("INV/2026/00012 x 12"), [12, 2026])


amounts = st.integers(1, 400).map(lambda cents: Decimal(cents) * CENT)
items_of_few = st.lists(
    st.builds(
        Item,
        id=st.integers(1, 10_000),
        partner_id=st.integers(1, 3),
        currency_id=st.sampled_from((USD, EUR)),
        residual=amounts,
        due=st.dates(DAY, DAY + timedelta(40)),
        numbers=st.sampled_from(((), ("INV/2026/00007",), ("SO 4711", "x"))),
        recorded=st.booleans(),
    ),
    max_size=14,
    unique_by=lambda item: item.id,
)
receipts = st.builds(
    Receipt,
    amount=amounts,
    currency_id=st.just(USD),
    text=st.sampled_from(("", "4711", "pay INV 2026 00007", "٣ ²")),
    tolerance=st.builds(
        Tolerance, st.sampled_from((ZERO, Decimal("0.05"))), st.just(Decimal("0.09"))
    ),
)
payers_of_few = st.dictionaries(st.integers(1, 3), st.sampled_from(list(PAYERS)))


@tagged("post_install", "-at_install")
class TestAlways(BaseCase):
    @given(receipts, items_of_few, payers_of_few)
    def test_nothing_is_over_allocated(self, receipt, items, payers):
        known = {item.id: item for item in items}
        for one in propose(receipt, items, payers):
            self.assertEqual(one.settled() - one.charges + one.rest, receipt.amount)
            self.assertGreaterEqual(one.rest, 0)
            self.assertGreaterEqual(one.charges, 0)
            self.assertFalse(one.rest and one.charges)
            limit = receipt.tolerance.limit(one.settled(), receipt.step)
            self.assertLessEqual(one.charges, limit)
            self.assertEqual(len({item for item, _a in one.parts}), len(one.parts))
            for item_id, amount in one.parts:
                item = known[item_id]
                self.assertTrue(0 < amount <= item.residual)
                self.assertEqual(item.currency_id, receipt.currency_id)
                self.assertEqual(item.partner_id, one.partner_id)
            self.assertEqual(len({known[item].recorded for item, _a in one.parts}), 1)
            if known[one.parts[0][0]].recorded:
                taken = [known[item].residual == amount for item, amount in one.parts]
                self.assertTrue(all(taken))

    @given(receipts, items_of_few, payers_of_few, st.randoms())
    def test_the_order_says_nothing(self, receipt, items, payers, random):
        found = propose(receipt, items, payers)
        self.assertLessEqual(len(found), MOST_PROPOSALS)
        self.assertEqual(
            sorted((one.score for one in found), reverse=True),
            [one.score for one in found],
        )
        shuffled = list(items)
        random.shuffle(shuffled)
        self.assertEqual(propose(receipt, shuffled, payers), found)

    @given(receipts, items_of_few)
    def test_an_item_of_that_amount_is_always_found(self, receipt, items):
        twin = Item(99_999, 9, USD, receipt.amount, DAY)
        found = propose(receipt, [twin], {})
        self.assertEqual([one.parts for one in found], [((99_999, receipt.amount),)])
        # and nothing is ever proposed for what didn't come in
        nothing = Receipt(ZERO, USD)
        self.assertEqual(propose(nothing, items, {}), ())

    @given(
        st.decimals(0, 100_000, places=2),
        st.lists(st.integers(4, 10_000).map(Decimal), min_size=1, max_size=9),
    )
    def test_shares_add_up(self, booked, weights):
        parts = share_out(booked, weights, CENT, sum(weights))
        self.assertEqual(sum(parts), booked)
        self.assertTrue(all(part >= 0 for part in parts))
        # charges, which come off the other side, too
        with_charges = [*weights, Decimal(-3)]
        parts = share_out(booked, with_charges, CENT, sum(with_charges))
        self.assertLessEqual(parts[-1], 0)

    def test_work_is_bounded(self):
        items = [
            owed(n, 100 + n % 977, f"INV/2026/{n:05}", partner=n % 300, days=n % 90)
            for n in range(20_000)
        ]
        payers = dict.fromkeys(range(300), "similar")
        begun = time.process_time()
        found = propose(
            came(4711, "INV 2026 00017 and a long text " * 90), items, payers
        )
        self.assertEqual(len(found), MOST_PROPOSALS)
        self.assertLess(time.process_time() - begun, 10)
