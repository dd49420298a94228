"""Any sale, walked from quotation to its last document."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st

from odoo import Command

from ..hypothesis_profile import examples
from .common import TODAY, RateLockCommon

#: Days of down payment, part, credit note of the part, and final invoice.
DOWN, PART, BACK, FINAL = (TODAY + timedelta(days=days) for days in (2, 9, 15, 30))


@dataclass(frozen=True)
class Story:
    """One sale from quotation to last document."""

    books: str  # company currency
    money: str  # document currency
    quoted: str  # the promise
    direction: str
    drifts: tuple  # market / promise on each of the four days
    lines: tuple  # (price in the smallest unit, ordered, delivered first, sent back)
    down: tuple  # (method, share in percent)
    tax: float

    @property
    def promised(self):
        """Company currency for 1 unit, exact to Decimal's 28 digits."""
        value = Decimal(self.quoted)
        return value if self.direction == "company_per_unit" else 1 / value


@st.composite
def rates(draw):
    """From 0.0001 to 30,000, each magnitude as likely, up to five digits."""
    digits, places = draw(st.integers(1, 99_999)), draw(st.integers(0, 4))
    return format(min(Decimal(digits).scaleb(-places), Decimal(30_000)), "f")


@st.composite
def sold(draw):
    ordered = draw(st.integers(1, 9))
    delivered = draw(st.integers(0, ordered))
    price = draw(st.integers(1, 9_999_999))
    return price, ordered, delivered, draw(st.integers(0, delivered))


@st.composite
def stories(draw, taxes=(0.0, 13.0)):
    books = draw(st.sampled_from(("CNY", "JPY", "KWD")))
    drift = st.integers(70, 140).filter(lambda percent: percent != 100)
    share = st.decimals("0.5", "99.5", places=2).map(float)
    return Story(
        books=books,
        money=draw(
            st.sampled_from([code for code in ("JPY", "USD", "KWD") if code != books])
        ),
        quoted=draw(rates()),
        direction=draw(st.sampled_from(("company_per_unit", "unit_per_company"))),
        drifts=draw(st.tuples(*[drift] * 4)),
        lines=tuple(draw(st.lists(sold(), min_size=1, max_size=3))),
        down=draw(st.tuples(st.sampled_from(("percentage", "fixed")), share)),
        tax=draw(st.sampled_from(taxes)),
    )


class BooksPropertiesCommon(RateLockCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.house = {"CNY": cls.company}
        for currency in cls.jpy | cls.kwd:
            company = cls._create_company(f"Harbour {currency.name}", currency)
            cls._load_chart(company)
            cls.house[currency.name] = company
        cls.env.user.company_ids |= cls.env["res.company"].concat(*cls.house.values())
        cls.service = cls.env["product.product"].create(
            {
                "name": "Installation",
                "type": "service",
                "invoice_policy": "delivery",
                "taxes_id": False,
            }
        )
        cls.taxes = {
            (company, 13.0): cls._create_tax(company, 13.0)
            for company in cls.house.values()
        }

    @classmethod
    def _create_tax(cls, company, amount):
        return cls.env["account.tax"].create(
            {
                "name": f"{amount}%",
                "amount": amount,
                "company_id": company.id,
                "country_id": company.account_fiscal_country_id.id,
                "tax_group_id": cls.env["account.tax.group"]
                .search([("company_id", "=", company.id)], limit=1)
                .id,
            }
        )

    def _for_any(self, strategy, usual, check):
        """Run ``check(story)`` for drawn stories, each in books without the others.

        None is made simpler after a failure: each takes a second or two.

        :param usual: how many stories
        """

        @settings(max_examples=examples(usual), phases=[Phase.generate])
        @given(strategy)
        def run(story):
            with self.cr.savepoint() as savepoint:
                check(story)
                savepoint.close(rollback=True)

        run()

    # === A STORY === #

    def _sell(self, story, lock=True):
        """The confirmed order of a story, and the documents that came of it."""
        company = self.house[story.books].with_env(self.env)
        company = company.with_context(allowed_company_ids=company.ids)
        money = getattr(self, story.money.lower()).with_env(company.env)
        self._set_market(story, company, money)
        order = self._quote(story, company, money)
        if lock:
            order._lock_rate(quoted=(story.quoted, story.direction))
        order.action_confirm()
        return order, self._walk(story, order)

    def _set_market(self, story, company, money):
        promised = float(1 / story.promised)
        days = zip((DOWN, PART, BACK, FINAL), story.drifts, strict=True)
        for day, percent in ((TODAY, 100), *days):
            rate = money.rate_ids.filtered_domain(
                [("company_id", "=", company.id), ("name", "=", day)]
            )
            if rate:
                rate.rate = promised * 100 / percent
            else:
                self._set_rate(money, day, promised * 100 / percent, company)

    def _quote(self, story, company, money):
        tax = self.taxes.get((company, story.tax))
        return company.env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "company_id": company.id,
                "currency_id": money.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.service.id,
                            "product_uom_qty": ordered,
                            "price_unit": price * money.rounding,
                            "tax_ids": [Command.set(tax.ids if tax else [])],
                        }
                    )
                    for price, ordered, _delivered, _back in story.lines
                ],
            }
        )

    def _walk(self, story, order):
        """Down payment, a part, a credit note of some of it, the rest."""
        sold = order.order_line
        moves = down = self._pay_down(story, order)
        self._post_on(down, DOWN, DOWN)
        for line, (_price, _ordered, delivered, _back) in zip(
            sold, story.lines, strict=True
        ):
            line.qty_delivered = delivered
        if any(delivered for _price, _ordered, delivered, _back in story.lines):
            part = order._create_invoices()
            self._post_on(part, PART, PART)
            moves |= part | self._take_back(story, sold, part)
        for line in sold:
            line.qty_delivered = line.product_uom_qty
        final = order._create_invoices(final=True)
        self._post_on(final, FINAL, FINAL)
        return moves | final

    def _pay_down(self, story, order):
        method, share = story.down
        fixed = order.currency_id.round(order.amount_total * share / 100)
        wizard = order.env["sale.advance.payment.inv"].create(
            {
                "advance_payment_method": method,
                "sale_order_ids": [Command.set(order.ids)],
                "amount": share,
                "fixed_amount": fixed or order.currency_id.rounding,
            }
        )
        return wizard._create_invoices(order)

    def _take_back(self, story, sold, part):
        """The credit note of a part, which a locked order's books take at the rate of
        the part, whatever its day; Odoo does so on the part's own day."""
        if not any(back for *_line, back in story.lines):
            return part.browse()
        day = BACK if part.rate_locked else PART
        wizard = (
            part.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=part.ids)
            .create({"date": day, "journal_id": part.journal_id.id})
        )
        wizard.refund_moves()
        refund = wizard.new_move_ids
        back = dict(zip(sold, story.lines, strict=True))
        for line in refund.invoice_line_ids:
            line.quantity = back[line.sale_line_ids][-1]
        self._post_on(refund, day, day)
        return refund

    # === WHAT HOLDS === #

    def assertBalanced(self, moves):
        for move in moves:
            balance = sum(Decimal(str(line.balance)) for line in move.line_ids)
            self.assertEqual(balance, 0, move.name)

    def assertOwnAmounts(self, moves, plain):
        """Each document of ``moves`` has the lines of its like in ``plain``."""
        self.assertEqual(len(moves), len(plain))
        for move, like in zip(moves, plain, strict=True):
            note(f"{move.name} like {like.name}")
            self.assertEqual(self._get_amounts(move), self._get_amounts(like))

    def _get_amounts(self, move):
        return move.invoice_currency_rate, sorted(
            (
                line.display_type,
                line.account_id.id,
                line.amount_currency,
                line.balance,
                line.quantity,
            )
            for line in move.line_ids
        )
