"""Amounts of two currencies are never added up: neither by a pivot, nor by RPC, nor in
Odoo's own export."""

import io
import json

import openpyxl

from odoo.http import Request
from odoo.tests import HttpCase, freeze_time, tagged

from .statement_common import StatementCommon

LINE = "customer.statement.line"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestStatementTotals(StatementCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.finance.group_ids |= cls.env.ref("base.group_allow_export")
        # open: USD 122.22 + 500 + 250, 60 of money that is nobody's yet, and GBP 7
        cls._sell()
        cls._invoice(7.0, cls.gbp, "2026-01-30")
        cls.statement = cls._state()
        cls.of_it = [("statement_id", "=", cls.statement.id)]
        cls.env.flush_all()

    def _group(self, model, by, *figures):
        Model = self.env[model].with_user(self.finance)
        return {
            of[by][1] if isinstance(of[by], tuple) else of[by]: [
                of[figure] for figure in figures
            ]
            for of in Model.formatted_read_group(self.of_it, [by], figures)
        }

    # === BY RPC === #

    def test_lines_of_several_currencies_have_no_total(self):
        figures = ("residual:sum", "residual:sum_currency", "residual_booked:sum")
        by_kind = self._group(LINE, "kind", *figures)
        amount, converted, booked = by_kind["invoice"]
        self.assertIs(amount, False)
        self.assertIs(converted, False)
        # 122.22 / 1.1 + 500 / 1.1 + 250 / 1.1 + 7 / 0.9
        self.assertAlmostEqual(booked, 111.11 + 454.55 + 227.27 + 7.78)
        by_currency = self._group(LINE, "currency_id", "residual:sum")
        self.assertEqual(by_currency, {"USD": [812.22], "GBP": [7.0]})

    def test_rows_of_several_currencies_have_no_total(self):
        Row = self.env["customer.statement.currency"].with_user(self.finance)
        [total] = Row.formatted_read_group(
            self.of_it, [], ["closing:sum", "days_30:sum", "closing_booked:sum"]
        )
        self.assertIs(total["closing:sum"], False)
        self.assertIs(total["days_30:sum"], False)
        self.assertEqual(total["closing_booked:sum"], self.statement.total_booked)

    def test_statements_of_two_books_have_no_total(self):
        other = self._create_company("Pier Trading", self.jpy)
        own = self.statement.company_id
        twin = self.env["customer.statement"]._create_guarded(
            [
                {
                    "partner_id": self.buyer.id,
                    "company_id": company.id,
                    "date_from": "2025-12-01",
                    "date_to": "2025-12-31",
                    "total_booked": 100.0,
                }
                for company in (own, other)
            ]
        )
        Statement = self.env["customer.statement"].sudo()
        [total] = Statement.formatted_read_group(
            [("id", "in", twin.ids)], [], ["total_booked:sum"]
        )
        self.assertIs(total["total_booked:sum"], False)
        [total] = Statement.formatted_read_group(
            [("id", "in", twin[0].ids)], [], ["total_booked:sum"]
        )
        self.assertEqual(total["total_booked:sum"], 100.0)

    # === IN ODOO'S EXPORT === #

    def _export(self, model, groupby, names, domain=None):
        """:return: {label of a group: its totals}"""
        self.authenticate(self.finance.login, self.finance.login)
        fields = self.env[model].fields_get(names)
        asked = {
            "model": model,
            "fields": [
                {"name": name, "label": name, "type": fields[name]["type"]}
                for name in names
            ],
            "ids": False,
            "domain": self.of_it if domain is None else domain,
            "import_compat": False,
            "groupby": groupby,
            "context": {"allowed_company_ids": self.books.ids},
        }
        form = {"data": json.dumps(asked), "csrf_token": Request.csrf_token(self)}
        answer = self.url_open("/web/export/xlsx", data=form)
        self.assertEqual(answer.status_code, 200, answer.text)
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        return {
            row[0].rpartition(" (")[0]: [total and round(total, 2) for total in row[1:]]
            for row in sheet.iter_rows(values_only=True)
            if str(row[0]).endswith(")")
        }

    def test_export_by_kind_has_no_total_of_currencies(self):
        names = ["name", "residual", "residual_booked"]
        totals = self._export(LINE, ["kind"], names)
        self.assertEqual(totals["invoice"], [None, 800.71])
        invoices = [*self.of_it, ("kind", "=", "invoice")]
        nested = self._export(LINE, ["kind", "currency_id"], names, invoices)
        self.assertEqual(nested["invoice"], [None, 800.71])
        self.assertEqual(nested["    GBP"], [7.0, 7.78])
        totals = self._export(LINE, ["currency_id"], names)
        self.assertEqual(totals["USD"][0], 812.22)

    def test_export_of_the_ageing(self):
        names = ["document", "amount", "booked"]
        totals = self._export(
            "customer.ageing",
            ["partner_id"],
            names,
            [["partner_id", "=", self.buyer.id]],
        )
        self.assertEqual(totals["Buyer"], [None, self.statement.total_booked])

    def test_export_of_what_is_none_of_ours(self):
        names = ["name", "amount_residual"]
        posted = [["move_type", "=", "out_invoice"], ["currency_id", "=", self.usd.id]]
        self.finance.group_ids |= self.env.ref("account.group_account_invoice")
        totals = self._export("account.move", ["state"], names, posted)
        self.assertEqual(totals, {"posted": [872.22]})
