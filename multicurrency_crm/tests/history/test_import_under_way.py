"""While half of an import is in, no figure of any room moves."""

from datetime import date
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...models.history import customer_import, customer_import_publishing
from ..closing.revaluation_common import RevaluationSetUp
from .history_common import DAY, HistoryCommon

#: {report: fields that are added up}
REPORTS = {
    "collection.today": ("overdue", "in_favour"),
    "credit.loss.allowance": ("amount", "allowance"),
    "customer.ageing": ("amount", "booked"),
    "fx.net.position": ("amount",),
    "fx.result": ("amount",),
    "payment.forecast": ("amount",),
}
ROWS = [
    ("Customer", "Invoice No", "Date", "Due Date", "Currency", "Open Amount"),
    ("Atacama Minerals", "AM-1", "2026-05-02", "2026-06-01", "USD", "1000.00"),
    ("Atacama Minerals", "AM-2", "2026-05-03", "2026-06-02", "EUR", "250.50"),
    ("Bosphorus Textiles", "BT-1", "2026-05-04", "2026-06-03", "USD", "-75.25"),
    ("Bosphorus Textiles", "BT-2", "2026-05-05", "2026-06-04", "JPY", "120000"),
    ("Bosphorus Textiles", "BT-3", "2026-05-06", "2026-06-05", "KWD", "33.125"),
]


@tagged("post_install", "-at_install")
class TestImportUnderWay(RevaluationSetUp, HistoryCommon):
    @classmethod
    def _in(cls, company):
        return cls.env(context={**cls.env.context, "allowed_company_ids": company.ids})

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up(cls.company)
        cls.env["credit.policy"].create(
            {"name": "Everybody", "company_id": cls.company.id}
        )
        cls.env["collection.level"].create(
            {
                "name": "Friendly",
                "days": 5,
                "company_id": cls.company.id,
                "currency_id": cls.usd.id,
            }
        )
        # what is there before the import, and stays
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.atacama.id,
                "currency_id": cls.usd.id,
                "invoice_date": date(2026, 6, 2),
                "invoice_line_ids": [
                    (0, 0, {"name": "Copper", "price_unit": 70.0, "tax_ids": []})
                ],
            }
        )
        move.action_post()

    # === FIGURES === #

    def _take_figures(self):
        """:return: {name: figures} of all rooms that add up what is owed"""
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        partners = self.atacama | self.bosphorus
        partners._assess_credit(self.company)
        here = partners.with_company(self.company)
        found = {
            "open items": self._find_open(),
            "exposure": here.mapped("credit_exposure"),
            "overdue": here.mapped("credit_overdue"),
            "customer's page": [
                (currency.name, len(items))
                for partner in partners
                for _company, currency, _amounts, items in partner._find_open_amounts(
                    self.company
                )
            ],
            "letters": self._read_letters(partners),
            "statements": self._read_statements(partners),
            "flow": self._read_flow(),
            "revaluation": self._read_revaluation(),
            "cash": self.env["account.move.line"]._find_cash(self.company, DAY),
        }
        for model, names in REPORTS.items():
            rows = self.env[model].with_context(allowed_company_ids=self.company.ids)
            read = rows.search([]).read(names)
            found[model] = sorted(tuple(row[name] for name in names) for row in read)
        return found

    def _read_letters(self, partners):
        source = self.env["collection.source"]
        drafts = source._find_drafts(self.company, partners, self.company._get_today())
        return sorted(
            (draft.partner_id, draft.currency_id, len(draft.plan.choices))
            for draft in drafts
        )

    def _read_statements(self, partners):
        made = self.env["customer.statement"]._make(partners, DAY.replace(day=1), DAY)
        self.assertFalse(made.mapped("differences") and any(made.mapped("differences")))
        found = sorted(
            (one.currency_id.name, one.opening, one.other, one.closing, one.older)
            for one in made.currency_line_ids
        )
        made.unlink()
        return found

    def _read_flow(self):
        flow = self.env["currency.flow"]._make(self.company, DAY.replace(day=1), DAY)
        found = sorted(
            (line.kind, line.currency_id.name, line.closing, line.booked, line.other)
            for line in flow.line_ids
        )
        flow.unlink()
        return found

    def _read_revaluation(self):
        run = self._revalue(DAY, self.company, post=False)
        found = sorted(
            (line.currency_id.name, line.balance_foreign, line.carried, line.delta)
            for line in run.line_ids
        )
        run.unlink()
        return found

    # === TESTS === #

    def test_22_5_half_an_import_moves_no_figure(self):
        before = self._take_figures()
        self.assertEqual(before["open items"], {("Atacama Minerals Ltd.", "USD"): 70.0})
        record = self._check_whole(ROWS)
        self.assertEqual(self._take_figures(), before)
        publish, calls = type(record)._publish_part, []

        def look(one, ids, method):
            result = publish(one, ids, method)
            one.env.flush_all()
            calls.append(one.sudo().entry_ids.move_id.mapped("state"))
            self.assertEqual(self._take_figures(), before, len(calls))
            return result

        with (
            patch.object(customer_import_publishing, "PART", 2),
            patch.object(type(record), "_publish_part", look),
        ):
            record.action_publish()
        self.assertEqual([len(one) for one in calls], [2, 4, 5])
        self.assertEqual({state for call in calls for state in call}, {"posted"})
        after = self._take_figures()
        # all of them count now
        for name, figures in before.items():
            with self.subTest(name):
                if name in ("fx.result", "cash"):
                    self.assertEqual(after[name], figures)
                else:
                    self.assertNotEqual(after[name], figures)
        undo, calls = type(record)._undo_part, []

        def look_back(one, ids, method):
            result = undo(one, ids, method)
            calls.append(ids)
            self.assertEqual(self._take_figures(), before, len(calls))
            return result

        self.company.fiscalyear_lock_date = DAY
        with (
            patch.object(customer_import_publishing, "PART", 2),
            patch.object(type(record), "_undo_part", look_back),
        ):
            record.action_undo()
        self.assertEqual((record.state, len(calls)), ("undone", 3), record.failure)
        today = self.company._get_today()
        self.assertEqual(self._find_open(today), before["open items"])

    def test_22_5_nothing_of_it_is_matched_before_all_is_in(self):
        record = self._check_whole(ROWS)
        with patch.object(customer_import, "AT_ONCE", 0):
            record.action_publish()
        self.assertEqual(record.state, "publishing")
        record.sudo()._publish_part(
            record.sudo()._find_part_ids(), record.sudo()._publish_items
        )
        prepared = self.env["account.move"]._find_prepared_ids()
        self.assertEqual(sorted(prepared), sorted(record.sudo().entry_ids.move_id.ids))
        with self.assertRaisesRegex(UserError, "isn't published"):
            record.action_undo()
        with self.assertRaisesRegex(UserError, "is published"):
            record.unlink()
