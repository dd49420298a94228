from datetime import date, timedelta

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..rate_lock.common import TODAY
from .net_position_common import NetPositionCommon

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
JANUARY = date(2027, 1, 1)

#: as static/src/hedging/net_position_list.js says
ON_A_PAGE = 1000


@tagged("post_install", "-at_install")
class TestNetPosition(NetPositionCommon):
    # === LEDGER === #

    def test_receivables_are_those_of_the_ledger(self):
        for amount, due in ((900, TODAY), (400, JANUARY), (50, TODAY)):
            self._posted(amount, invoice_date_due=due)
        self._posted(100, "out_refund", invoice_date_due=TODAY)
        self._posted(7_777, currency=self.cny)  # the company's own currency
        self._move_over(5_000)  # a draft is in no ledger
        lines = self.env["account.move.line"].search(
            [
                ("company_id", "=", self.company.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("currency_id", "=", self.usd.id),
                ("parent_state", "=", "posted"),
            ]
        )
        residual = sum(lines.mapped("amount_residual_currency"))
        self.assertEqual(residual, 1_250)
        self.assertEqual(self._sum("receivable"), residual)
        self.assertEqual(self._sum("receivable", month=JANUARY), 400)

    def test_what_is_late_counts_now(self):
        self._posted(900, invoice_date="2026-09-01", invoice_date_due="2026-09-30")
        self._posted(100, invoice_date_due=TODAY)
        (row,) = self._rows("receivable")
        self.assertEqual(row.month, NOVEMBER)
        self.assertEqual((row.amount, row.amount_late), (1_000, 900))

    def test_what_is_owed_is_negative(self):
        self._posted(600, "in_invoice", invoice_date_due=DECEMBER)
        (row,) = self._rows("payable")
        self.assertEqual((row.amount, row.month), (-600, DECEMBER))
        self.assertEqual(row.one_percent, 42.74)  # 600 × 7.1234 / 100

    def test_a_payment_moves_money_without_counting_twice(self):
        invoice = self._posted(1_000, invoice_date_due=TODAY)
        self._pay(invoice, 400)
        self.assertEqual(self._sum("receivable"), 600)
        self.assertEqual(self._sum("in_transit"), 400)
        self._bank_line(400)
        self.assertEqual(self._sum("bank"), 400)
        # outstanding +400, suspense −400: not matched with each other yet
        self.assertEqual(self._sum("in_transit"), 0)
        self.assertEqual(self._sum(), 1_000)

    def test_bank_is_the_balance_of_the_account(self):
        self._bank_line(2_500)
        self._bank_line(-300)
        account = self.journal.default_account_id
        lines = self.env["account.move.line"].search([("account_id", "=", account.id)])
        self.assertEqual(sum(lines.mapped("amount_currency")), 2_200)
        (row,) = self._rows("bank")
        self.assertEqual((row.amount, row.month), (2_200, NOVEMBER))

    def test_decimals(self):
        self._posted(1_000_000, currency=self.jpy, invoice_date_due=TODAY)
        self._posted(1234.567, currency=self.kwd, invoice_date_due=TODAY)
        (yen,) = self._rows("receivable", self.jpy)
        (dinars,) = self._rows("receivable", self.kwd)
        self.assertEqual((yen.amount, yen.amount_company), (1_000_000, 47_800.0))
        self.assertEqual(dinars.amount, 1234.567)
        self.assertEqual(dinars.amount_company, 28_623.68)

    # === FORWARDS === #

    def test_forwards_and_the_covered_share(self):
        self._posted(10_000, invoice_date_due=DECEMBER)
        self._active_forward(4_000, value_date=DECEMBER)
        self._forward(9_000, value_date=DECEMBER)  # a draft is no contract
        bought = self._active_forward(1_000, side="buy", value_date=DECEMBER)
        rows = self._rows()
        self.assertEqual(rows.mapped("month"), [DECEMBER] * 2)
        self.assertEqual(self._sum("forward"), -3_000)
        for row in rows:
            self.assertAlmostEqual(row.covered_share, 0.3)
        bought._cancel("Closed out")
        self.assertEqual(self._sum("forward"), -4_000)
        self.assertEqual(self._sum(), 6_000)

    def test_totals(self):
        self._posted(10_000, invoice_date_due=DECEMBER)
        self._posted(10_000, invoice_date_due=JANUARY)
        self._active_forward(5_000, value_date=JANUARY)
        self._posted(500, currency=self.eur, invoice_date_due=JANUARY)
        self.env.invalidate_all()
        figures = ["amount:sum", "covered_share:avg", "amount_company:sum"]
        groups = self.env["fx.net.position"]._read_group(
            [], ["currency_id"], figures, order="currency_id"
        )
        found = {currency: values for currency, *values in groups}
        self.assertEqual(found[self.usd], [15_000, 0.25, 106_851.0])
        self.assertEqual(found[self.eur], [500, 0, 3_875.0])
        ((amount, _share, worth),) = self.env["fx.net.position"]._read_group(
            [], [], figures
        )
        self.assertFalse(amount)  # dollars and euros don't add up
        self.assertEqual(worth, 110_726.0)

    def test_groups_of_a_view(self):
        """What the list asks for: all of its figures, and all converted by Odoo."""
        self._posted(1_000, invoice_date_due=TODAY)
        self._posted(500, currency=self.eur, invoice_date_due=JANUARY)
        Position = self.env["fx.net.position"].with_user(self.finance)
        figures = ["amount:sum_currency", "one_percent:sum_currency", "rate_date:max"]
        self.env.invalidate_all()
        groups = Position.formatted_read_group([], ["month:month"], figures)
        self.assertEqual(
            [group["amount:sum_currency"] for group in groups], [1_000, 500]
        )
        (group,) = Position.formatted_read_group([], [], figures)
        self.assertFalse(group["amount:sum_currency"])
        self.assertEqual(group["one_percent:sum_currency"], -109.98)

    # === RATES === #

    def test_figures_name_their_rate(self):
        self._posted(1_000, invoice_date_due=TODAY)
        (row,) = self._rows()
        self.assertEqual(row.amount_company, 7_123.4)
        self.assertEqual(row.one_percent, -71.23)
        self.assertEqual(row.rate_date, TODAY)
        self.assertIn("1 USD = 7.1234 CNY", row.rate_note)
        self.assertIn("11/20/2026", row.rate_note)

    def test_no_rate_is_no_figure(self):
        self._posted(1_000, invoice_date_due=TODAY)
        (gbp,) = self._activate("GBP")
        gbp.rate_ids.unlink()
        self._active_forward(500, side="buy", currency_id=gbp.id)
        (row,) = self._rows(currency=gbp)
        self.assertEqual((row.amount, row.rate), (500, 0))
        self.assertFalse(row.rate_date)
        self.assertEqual((row.amount_company, row.one_percent), (0, 0))
        self.assertEqual(row.rate_note, "No rate of GBP is known: enter one.")
        self.assertEqual(row.search([("rate", "=", False)]), row)
        # nor does a total pretend to hold it
        Position = self.env["fx.net.position"]
        ((worth,),) = Position._read_group([], [], ["amount_company:sum"])
        self.assertFalse(worth)

    # === COMPANIES AND RIGHTS === #

    def test_two_companies_and_a_branch(self):
        branch = self._create_company(
            "Harbour West", self.cny, parent_id=self.company.id
        )
        self.env.user.company_ids |= branch
        self._active_forward(100, company_id=branch.id)
        self._active_forward(200)
        self._active_forward(
            300, company_id=self.other_company.id, currency_id=self.eur.id
        )
        self.assertEqual(self._sum(), -200)
        companies = self.company | branch | self.other_company
        Position = self.env["fx.net.position"].with_context(
            allowed_company_ids=companies.ids
        )
        rows = Position.search([])
        self.assertEqual(set(rows.mapped("amount")), {-100, -200, -300})
        own = rows.filtered(lambda row: row.company_id == branch)
        self.assertAlmostEqual(1 / own.rate, 7.1234, 6)
        other = rows.filtered(lambda row: row.company_id == self.other_company)
        self.assertEqual(other.company_currency_id, self.usd)
        self.assertEqual(other.amount_company, -333.33)  # 300 / 0.9
        groups = Position._read_group([], [], ["amount_company:sum"])
        self.assertFalse(groups[0][0])  # neither do yuan and dollars

    def test_rights(self):
        self._posted(1_000, invoice_date_due=TODAY)
        self._order_over(500)
        Position = self.env["fx.net.position"]
        for user in (self.plain_seller, self.user):
            with self.assertRaises(AccessError):
                Position.with_user(user).search([])
        rows = Position.with_user(self.finance).search([])
        self.assertEqual(set(rows.mapped("amount")), {1_000, 500})
        with self.assertRaises(AccessError):
            rows[0].amount = 5

    def test_a_company_that_is_not_the_user_s(self):
        stranger = self._create_company("Elsewhere", self.eur)
        Position = self.env["fx.net.position"].with_user(self.finance)
        with self.assertRaises(AccessError):
            Position.with_context(allowed_company_ids=stranger.ids).search([])

    # === COST === #

    def _count_queries(self):
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.cr.sql_log_count
        self.env["fx.net.position"].search([]).mapped("amount")
        return self.cr.sql_log_count - start

    def test_what_is_grouped_is_gathered_once(self):
        """A client asks for groups, for what is in each and for their totals at once:
        the ledger is gone through once for all of it, and once again the next time."""
        for currency in (self.usd, self.eur):
            self._posted(1_000, currency=currency)
        Position = self.env["fx.net.position"]
        spec = {"amount": {}, "currency_id": {"fields": {"display_name": {}}}}

        def ask():
            return Position.web_read_group(
                [],
                ["currency_id"],
                ["amount:sum"],
                auto_unfold=True,
                unfold_read_specification=spec,
            )["groups"]

        groups = ask()
        self.assertEqual({group["amount:sum"] for group in groups}, {1_000})
        self.assertEqual([len(group["__records"]) for group in groups], [1, 1])
        few = self._count_of(ask)
        self._posted(500, currency=self.usd)
        self.assertEqual({group["amount:sum"] for group in ask()}, {1_000, 1_500})
        self.assertLessEqual(few - self._count_queries(), 12)

    def _count_of(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.cr.sql_log_count
        work()
        return self.cr.sql_log_count - start

    def test_queries_do_not_grow_with_documents(self):
        def add(number):
            for n in range(number):
                self._order_over(500)
                due = TODAY + timedelta(days=40 * n)
                self._posted(1_000, invoice_date_due=due)
                self._active_forward(100, value_date=due)

        add(1)
        self._count_queries()  # what is read once and kept
        few = self._count_queries()
        add(6)
        self.assertEqual(self._count_queries(), few)

    # === THE LIST === #

    def _open_list(self, groupby="currency_id"):
        """What the list asks for, as its view says."""
        Position = self.env["fx.net.position"].with_user(self.finance)
        Position = Position.with_context(
            allowed_company_ids=self.company.ids, max_number_opened_groups=1000
        )
        arch = etree.fromstring(Position.get_view(view_type="list")["arch"])
        self.env.invalidate_all()
        return Position.web_read_group(
            [],
            [groupby],
            ["amount_company:sum_currency", "size:max", "one_percent:sum_currency"],
            limit=ON_A_PAGE,
            order=arch.get("default_order"),
            auto_unfold=arch.get("expand") == "1",
            unfold_read_specification={"amount_company": {}},
            unfold_read_default_limit=ON_A_PAGE,
        )

    def test_17_25_no_currency_is_on_a_second_page(self):
        """Fourteen of them, of which the dollar was the eleventh."""
        names = "AUD CAD CHF CZK DKK EUR GBP HKD JPY KWD MXN NOK SEK USD".split()
        currencies = self._activate(*names)
        for number, currency in enumerate(currencies, 1):
            currency.rate_ids.unlink()
            self._set_rate(currency, TODAY, 1.0)
            self._active_forward(
                10 * number, side="buy", currency_id=currency.id, value_date=DECEMBER
            )
        answer = self._open_list()
        self.assertEqual(answer["length"], 14)
        self.assertEqual(len(answer["groups"]), 14)
        self.assertTrue(all(group["__records"] for group in answer["groups"]))
        order = [group["currency_id"][1] for group in answer["groups"]]
        self.assertEqual(order, names[::-1], "the largest first")

    def test_17_25_ordered_by_size_whatever_the_sign(self):
        self._posted(100, currency=self.eur, invoice_date_due=TODAY)
        self._posted(5_000, "in_invoice", invoice_date_due=TODAY)
        self._posted(900, currency=self.eur, invoice_date_due=JANUARY)
        groups = self._open_list()["groups"]
        self.assertEqual(
            [group["currency_id"][0] for group in groups], [self.usd.id, self.eur.id]
        )
        self.assertAlmostEqual(groups[0]["size:max"], 35_617.0)
        self.assertAlmostEqual(groups[1]["size:max"], 7_750.0)
        (gbp,) = self._activate("GBP")
        gbp.rate_ids.unlink()
        self._active_forward(5, side="buy", currency_id=gbp.id)
        groups = self._open_list()["groups"]
        self.assertEqual(groups[0]["currency_id"][0], gbp.id, "what has no rate leads")
        self.assertIs(groups[0]["amount_company:sum_currency"], False)

    def test_17_25_cards_are_ordered_by_size_too(self):
        """They ask for no sums."""
        self._posted(100, currency=self.eur, invoice_date_due=TODAY)
        self._posted(5_000, "in_invoice", invoice_date_due=TODAY)
        Position = self.env["fx.net.position"].with_user(self.finance)
        Position = Position.with_context(allowed_company_ids=self.company.ids)
        arch = etree.fromstring(Position.get_view(view_type="kanban")["arch"])
        self.env.invalidate_all()
        answer = Position.web_read_group(
            [], ["currency_id"], [], order=arch.get("default_order")
        )
        found = [group["currency_id"][0] for group in answer["groups"]]
        self.assertEqual(found, [self.usd.id, self.eur.id])

    def test_17_25_months_stay_in_order(self):
        self._posted(100, invoice_date_due=TODAY)
        self._posted(9_000, currency=self.eur, invoice_date_due=JANUARY)
        groups = self._open_list("month:month")["groups"]
        months = [group["month:month"][0] for group in groups]
        self.assertEqual(months, ["2026-11-01", "2027-01-01"])

    def test_17_25_a_total_in_company_currency(self):
        arch = etree.fromstring(
            self.env["fx.net.position"].get_view(view_type="list")["arch"]
        )
        for name in ("amount_company", "one_percent"):
            self.assertTrue(arch.xpath(f"//field[@name='{name}'][@sum]"), name)
        for name in ("amount", "amount_late", "amount_exposure"):
            self.assertFalse(arch.xpath(f"//field[@name='{name}'][@sum]"), name)

    def test_17_25_the_documents_show_their_own_currency(self):
        self._bank_line(2_500)
        self._bank_line(-300)
        (row,) = self._rows("bank")
        action = row.action_open_documents()
        view_id = dict((kind, of) for of, kind in action["views"])["list"]
        Line = self.env["account.move.line"]
        arch = etree.fromstring(Line.get_view(view_id, "list")["arch"])
        self.assertTrue(arch.xpath("//field[@name='amount_currency'][@sum]"))
        lines = Line.search(action["domain"])
        self.assertEqual(sum(lines.mapped("amount_currency")), row.amount)
        self.assertEqual(len(lines), 2)

    def test_17_28_a_fall_of_what_is_held_is_a_loss(self):
        self._posted(1_000, invoice_date_due=TODAY)
        (row,) = self._rows()
        self.assertEqual(row._fields["one_percent"].string, "Impact of 1% Fall")
        self.assertEqual(row.one_percent, -71.23)
