from freezegun import freeze_time

from odoo.tests import tagged

from .conversion_common import NOON, ConversionCommon


@tagged("post_install", "-at_install")
class TestConversionReport(ConversionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOON))
        cls._price(cls.usd, 7.2)
        cls._price(cls.eur, 8.0)

    def _analyse(self, *groups):
        return self.env["fx.conversion.report"]._read_group(
            [("company_id", "=", self.books.id)],
            groups,
            ["average_rate:avg", "average_spot:avg", "against_spot:sum", "amount:sum"],
        )

    def test_averages_are_weighted(self):
        self._convert("USD", "CNY", amount_from=10000, bank_rate="7.1")
        self._convert("USD", "CNY", amount_from=30000, bank_rate="7.18")
        forward = self._contract(40000, "7.25")
        self._convert("USD", "CNY", amount_from=40000, forward_id=forward.id)
        draft = self._convert("USD", "CNY", amount_from=5, bank_rate="7.1")
        draft.action_cancel()
        found = {row[0]: row[1:] for row in self._analyse("kind")}
        # 10,000 at 7.10 and 30,000 at 7.18 are 286,400 for 40,000
        self.assertEqual(found["bank"], (7.16, 7.2, -1600.0, 40000.0))
        self.assertEqual(found["forward"], (7.25, 7.2, 2000.0, 40000.0))
        ((_month, rate, spot, against, amount),) = self._analyse("date:month")
        self.assertEqual((rate, spot, against, amount), (7.205, 7.2, 400.0, 80000.0))

    def test_no_average_of_different_things(self):
        self._convert("USD", "CNY", amount_from=10000, bank_rate="7.1")
        self._convert("CNY", "USD", amount_to=10000, bank_rate="7.3")
        self._convert("EUR", "CNY", amount_from=10000, bank_rate="7.9")
        self._convert("USD", "EUR", amount_from=10000, bank_rate="0.9")
        ((rate, _spot, against, amount),) = self._analyse()
        self.assertFalse(rate or amount)
        self.assertEqual(against, -1000.0 - 1000.0 - 1000.0)
        found = {
            (currency.name, side): (rate, against)
            for currency, side, rate, _spot, against, _amount in self._analyse(
                "currency_id", "side"
            )
        }
        self.assertEqual(
            found,
            {
                ("USD", "sell"): (7.1, -1000.0),
                ("USD", "buy"): (7.3, -1000.0),
                ("EUR", "sell"): (7.9, -1000.0),
                ("USD", "cross"): (7.2, 0.0),
            },
        )

    def test_averages_as_the_company_reads_rates(self):
        self.books.rate_direction = "unit_per_company"
        self._convert("USD", "CNY", amount_from=10000, amount_to=80000)
        self._convert("USD", "CNY", amount_from=30000, amount_to=120000)
        ((rate, _spot, _against, _amount),) = self._analyse()
        self.assertEqual(rate, 0.2)


class TestConversionInOtherBooks(ConversionCommon):
    """Books without cents, and with mills."""

    def _try(self, pairs):
        for sold, bought, values in pairs:
            with self.subTest(f"{sold} {bought}"):
                conversion = self._convert(sold, bought, **values)
                self.assertBalanced(conversion.move_id)
                conversion.action_cancel()
                self.assertEqual(
                    self._nets(conversion.move_id, conversion.cancel_move_id), {}
                )


@tagged("post_install", "-at_install")
class TestConversionInYen(TestConversionInOtherBooks):
    money = "JPY"

    def test_every_side(self):
        self.startPatcher(freeze_time(NOON))
        for currency, price in (
            (self.usd, 155.37),
            (self.kwd, 505.1),
            (self.cny, 21.9),
        ):
            self._price(currency, price)
        self._try(
            [
                ("USD", "JPY", {"amount_from": 1234.56, "bank_rate": "154.91"}),
                ("JPY", "KWD", {"amount_from": 100001, "amount_to": 197.981}),
                (
                    *("USD", "KWD"),
                    {"amount_from": 777.77, "amount_to": 239.123, "charges": 0.001},
                ),
                ("CNY", "USD", {"amount_from": 0.03, "amount_to": 0.01}),
            ]
        )


@tagged("post_install", "-at_install")
class TestConversionInDinars(TestConversionInOtherBooks):
    money = "KWD"

    def test_every_side(self):
        self.startPatcher(freeze_time(NOON))
        for currency, price in (
            (self.usd, 0.3077),
            (self.jpy, 0.00198),
            (self.eur, 0.36),
        ):
            self._price(currency, price)
        self._try(
            [
                ("USD", "KWD", {"amount_from": 1234.57, "bank_rate": "0.3071"}),
                ("KWD", "JPY", {"amount_from": 99.999, "amount_to": 50511}),
                (
                    *("JPY", "EUR"),
                    {"amount_from": 100001, "amount_to": 548.19, "charges": 0.07},
                ),
            ]
        )
