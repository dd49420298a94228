import io
import json
import re

from openpyxl import load_workbook

from odoo.http import Request
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from .ageing_common import AgeingCommon

FEBRUARY = "2026-02-28"


class Reckoner:
    """Reckons the formulas of a sheet: sums of ranges, and cells added up."""

    def __init__(self, sheet):
        self.sheet = sheet

    def value(self, name):
        held = self.sheet[name].value
        if not isinstance(held, str) or not held.startswith("="):
            return held or 0
        if found := re.fullmatch(r"=SUM\((\w+)(?::(\w+))?\)", held):
            cells = self.sheet[found[1] : found[2] or found[1]]
            return sum(self.value(of.coordinate) for row in cells for of in row)
        parts = re.findall(r"([+-]?)([A-Z]+\d+)", held[1:])
        assert "".join(sign + of for sign, of in parts) == held[1:], held
        return sum(
            (-1 if sign == "-" else 1) * self.value(name) for sign, name in parts
        )


class SheetCommon(AgeingCommon):
    def _read(self, data):
        """:return: ({(first text, currency): row number}, formulas, kept values)"""
        formulas = load_workbook(io.BytesIO(data)).active
        kept = load_workbook(io.BytesIO(data), data_only=True).active
        rows = {
            (row[0].value, row[3].value if len(row) > 3 else None): row[0].row
            for row in formulas.iter_rows()
            if row[0].value
        }
        return rows, formulas, kept

    def _make(self, domain=(), user=None, **context):
        self.env.flush_all()
        self.env.invalidate_all()
        sheet = self.env["customer.ageing.sheet"].with_user(user or self.finance)
        context = {"ageing_date": FEBRUARY, **context}
        return self._read(sheet.with_context(**context)._make_workbook(domain))


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestAgeingSheet(SheetCommon):
    def test_totals_reckoned_again(self):
        other = self._customer('=HYPERLINK("http://x")')
        self._entry(220.0, 201.0, self.usd, "2026-02-27", partner=other)
        rows, formulas, kept = self._make()
        reckon = Reckoner(formulas).value
        usd = rows["Total USD", "USD"]
        # 770 + 220 − 55; of 700 + 201 − 50; at 1.25: 616 + 176 − 44
        self.assertAlmostEqual(reckon(f"K{usd}"), 935.0)
        self.assertAlmostEqual(reckon(f"F{usd}"), 990.0)
        self.assertAlmostEqual(reckon(f"J{usd}"), -55.0)
        self.assertAlmostEqual(reckon(f"L{usd}"), 851.0)
        self.assertAlmostEqual(reckon(f"O{usd}"), 748.0)
        self.assertAlmostEqual(reckon(f"P{usd}"), -103.0)
        yen = rows["Total JPY", "JPY"]
        self.assertAlmostEqual(reckon(f"K{yen}"), 160000.0)
        dinars = rows["Buyer", "KWD"]
        self.assertAlmostEqual(reckon(f"K{dinars}"), 34.017)
        self.assertEqual(
            formulas[f"K{dinars}"].number_format, "#,##0.000;[Red]-#,##0.000"
        )
        self.assertEqual(formulas[f"K{yen}"].number_format, "#,##0;[Red]-#,##0")
        total = rows["Total in EUR", None]
        self.assertAlmostEqual(reckon(f"L{total}"), 1951.05)
        self.assertAlmostEqual(reckon(f"O{total}"), 1848.05)
        self.assertAlmostEqual(reckon(f"P{total}"), -103.0)
        # who doesn't calculate reads the same
        for row in formulas.iter_rows():
            for cell in row:
                if str(cell.value).startswith("=SUM") or re.match(
                    r"=[A-P]\d", str(cell.value)
                ):
                    name = cell.coordinate
                    self.assertAlmostEqual(kept[name].value, reckon(name), 3, name)

    def test_texts_are_never_formulas(self):
        other = self._customer("=1+1")
        self._entry(220.0, 200.0, self.usd, "2026-02-27", partner=other)
        rows, formulas, _kept = self._make()
        cell = formulas[f"A{rows['=1+1', 'USD']}"]
        self.assertEqual((cell.value, cell.data_type), ("=1+1", "s"))

    def test_rate_missing(self):
        (chf,) = self._activate("CHF")
        chf.rate_ids.unlink()
        self._entry(500.0, 520.0, chf, "2026-02-02")
        rows, formulas, _kept = self._make()
        row, total = rows["Buyer", "CHF"], rows["Total in EUR", None]
        self.assertIsNone(formulas[f"O{row}"].value)
        self.assertEqual(formulas[f"N{row}"].value, "no rate known")
        self.assertEqual(formulas[f"O{total}"].value, "a rate is missing")
        self.assertEqual(formulas[f"P{total}"].value, "a rate is missing")
        self.assertAlmostEqual(Reckoner(formulas).value(f"L{total}"), 2270.05)

    def test_what_is_filtered_and_whose(self):
        stranger = self._customer(
            "Of a Colleague", user_id=self.env.ref("base.user_admin").id
        )
        self._entry(5.0, 5.0, self.eur, "2026-02-02", partner=stranger)
        rows, _formulas, _kept = self._make(user=self.seller)
        self.assertNotIn(("Of a Colleague", "EUR"), rows)
        rows, formulas, _kept = self._make([("age", "=", "unallocated")])
        self.assertEqual(formulas["A3"].value, "Only what the screen was filtered for.")
        self.assertEqual(
            [key for key in rows if key[1] not in (None, "Currency")],
            [("Buyer", "USD"), ("Total USD", "USD")],
        )

    def test_nothing_open(self):
        rows, _formulas, _kept = self._make(ageing_date="2025-01-01")
        self.assertIn(("Ageing on Jan 1, 2025", None), rows)


@tagged("post_install", "-at_install")
class TestAgeingDownload(SheetCommon, HttpCase):
    def test_download(self):
        self.authenticate("ageing_seller", "ageing_seller")
        answer = self.url_open(
            "/multicurrency_crm/ageing",
            data={
                "csrf_token": Request.csrf_token(self),
                "day": FEBRUARY,
                "of": "",
                "companies": str(self.books.id),
                "domain": json.dumps([["currency_id", "=", self.usd.id]]),
            },
        )
        self.assertEqual(answer.status_code, 200)
        self.assertIn("2026-02-28.xlsx", answer.headers["Content-Disposition"])
        rows, formulas, _kept = self._read(answer.content)
        self.assertEqual(formulas[f"K{rows['Buyer', 'USD']}"].value[:5], "=SUM(")
        self.assertNotIn(("Buyer", "JPY"), rows)
        # payables aren't a salesperson's, nor is another company
        bill = self._invoice(220.0, self.usd, "2026-01-10", kind="in_invoice")
        self.env.flush_all()
        answer = self.url_open(f"/multicurrency_crm/ageing?day={FEBRUARY}&of=payable")
        rows, _formulas, _kept = self._read(answer.content)
        self.assertNotIn((bill.partner_id.name, "USD"), rows)
        strange = f"companies={self.other_company.id}"
        with mute_logger("odoo.http"):
            answer = self.url_open(f"/multicurrency_crm/ageing?{strange}")
        self.assertNotEqual(answer.status_code, 200)
