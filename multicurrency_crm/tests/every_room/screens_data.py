"""A company in the middle of its work: a record for each screen, in several states."""

import datetime
from base64 import b64encode

from odoo import Command, fields

from ...models.collection.collection_call import Word
from ...models.lifecycle.customer_follow_up import Spoken
from ..bank.claim_common import receive
from ..closing.revaluation_common import RevaluationSetUp
from .screens_common import ScreensCommon


class ScreensData(RevaluationSetUp, ScreensCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_chart()
        cls.today = fields.Date.today()
        cls.later = cls.today + datetime.timedelta(days=60)
        cls._set_rate(cls.usd, cls.today, 0.14)
        cls.records = {}
        cls._make_rates()
        cls._make_promises()
        cls._make_forwards()
        cls._make_conversions()
        cls._make_credit()
        cls._make_statements()
        cls._make_revaluations()
        cls._make_receipts()
        cls._make_flows()
        cls._make_claims()
        cls._make_routes()
        cls._make_plans()
        cls._make_calls()
        cls._make_follow_ups()
        cls._make_letters()
        cls._make_history()
        cls._keep(cls.customer, cls.env["crm.lead"].create(cls._lead_values()))
        cls._keep(*cls._set_rate(cls.eur, cls.today, 0.13), cls.usd, cls.company)
        terms = cls.env["account.payment.term"].create({"name": "30 days"})
        cls._keep(terms, cls.colleagues["user", 1])
        #: what a dialog starts with: {model: values}
        cls.wizard_values = {
            "sale.order.lock.rate": {
                "order_id": cls.records["sale.order"][0].id,
                "rate_choice": "typed",
            },
            "fx.rate.lock.extend": {
                "lock_id": cls.locked.rate_lock_id.id,
                "rate_choice": "typed",
                "reason": "The customer asked for it",
                "date_end": cls.later,
            },
            "fx.rate.backfill": {},
            "customer.statement.make": {},
            "fx.revaluation.make": {},
            "bank.match.make": {"receipt_id": cls.matching.receipt_id.id},
            "bank.match.make.line": {
                "wizard_id": cls.matching.id,
                "item_id": cls.owed.id,
            },
            "bank.match.make.proposal": {"wizard_id": cls.matching.id},
            "currency.flow.make": {},
            "payment.promise.make": {"partner_id": cls.customer.id, "amount": 5.0},
            "payment.claim.make": {
                "receipt_id": cls.records["payment.claimable"][0].id
            },
            "payment.claim.return": {
                "claim_id": cls.records["payment.claim"][1].id,
                "reason": "Another customer's",
            },
            "payment.plan.tick": {"plan_id": cls.records["payment.plan"][1].id},
            "collection.call.make": {
                "partner_id": cls.customer.id,
                "company_id": cls.company.id,
                "outcome": "again",
            },
            "customer.reminder.outlook": {
                "rule_id": cls.records["customer.reminder.rule"][0].id
            },
            "customer.today.done": {"activity_id": cls.planned.id},
            "customer.follow.up.make": {
                "partner_id": cls.customer.id,
                "kind": "phone",
                "outcome": "later",
            },
            "sale.order.overdraw.lock": {"order_id": cls.capped.id},
            "multicurrency.first.steps": {},
            "res.config.settings": {},
        }
        cls.env.flush_all()

    @classmethod
    def _keep(cls, *records):
        for record in records:
            known = cls.records.setdefault(record._name, record.browse())
            cls.records[record._name] = known | record
        return records

    @classmethod
    def _make_rates(cls):
        Provider = cls.env["fx.rate.provider"]
        values = {"company_ids": [Command.set(cls.company.ids)]}
        online, by_hand, unused = cls._keep(
            *Provider.create(
                [
                    {"name": "Screens ECB", "service": "ecb", **values},
                    {"name": "Screens file", "service": "manual_file", **values},
                    {"name": "Screens CNB", "service": "cnb"},
                ]
            )
        )
        cls.online, cls.by_hand = online, by_hand
        cls._keep(
            cls.env["fx.rate.run"]._create_guarded(
                [
                    {
                        "provider_id": online.id,
                        "company_id": cls.company.id,
                        "origin": "button",
                        "state": "failed",
                        "started_at": fields.Datetime.now(),
                        "finished_at": fields.Datetime.now(),
                    }
                ]
            )
        )
        held = {
            "provider_id": online.id,
            "company_id": cls.company.id,
            "currency_id": cls.usd.id,
            "rate": 0.18,
            "quoted": "1 EUR = 1.3 USD; 1 EUR = 7.2 CNY",
            "kind": "mid",
            "previous_rate": 0.14,
            "jump": 0.28,
            "reason": "jump",
            "factor": 0,
        }
        yesterday = cls.today - datetime.timedelta(days=1)
        cls.env["fx.rate.hold"]._hold([{**held, "date": yesterday}])
        cls._keep(*cls.env["fx.rate.hold"].search([("provider_id", "=", online.id)]))
        cls._keep(
            cls.env["fx.rate.named"].create(
                {
                    "company_id": cls.company.id,
                    "currency_id": cls.usd.id,
                    "rate": 0.14,
                    "kind": "budget",
                }
            ),
            *cls.env["fx.rate.margin"].create({"days": 30, "basis_points": 20.0}),
        )

    @classmethod
    def _make_promises(cls):
        cls.customer.preferred_currency_id = cls.usd
        draft, sent, locked, confirmed = (
            cls._create_order(currency_id=cls.usd.id, user_id=False) for _n in range(4)
        )
        sent.action_quotation_sent()
        locked.action_lock_rate()
        confirmed.action_lock_rate()
        confirmed.action_confirm()
        invoice = confirmed._create_invoices()
        invoice.invoice_user_id = False
        posted = invoice.copy({"invoice_date": cls.today})
        posted.action_post()
        cls._keep(draft, sent, locked, confirmed, invoice, posted)
        agreements = [
            cls.env["fx.rate.lock"].create(
                {
                    "kind": "agreement",
                    "company_id": cls.company.id,
                    "partner_id": cls.customer.id,
                    "currency_id": cls.usd.id,
                    "quoted_rate": quoted,
                    "date_start": cls.today,
                    "date_end": cls.later,
                    "amount_cap": 1000.0,
                }
            )
            for quoted in ("7.1", "7.2", "9.9")
        ]
        agreements[0].action_activate()
        cls._keep(*agreements, locked.rate_lock_id, confirmed.rate_lock_id)
        seller = cls.env(user=cls.colleagues["trader", 1], su=False)
        agreements[2].with_user(cls.colleagues["finance", 1]).action_activate()
        cls._keep(*cls.env["fx.rate.approval"].search([]), *draft.with_env(seller))
        cls.locked, cls.invoice = locked, invoice
        cls.capped = cls._create_order(currency_id=cls.usd.id)

    @classmethod
    def _make_forwards(cls):
        bank = cls.env["res.partner"].create({"name": "Bank of the Harbour"})
        draft, active = cls.env["fx.forward"].create(
            [
                {
                    "counterparty_id": bank.id,
                    "currency_id": cls.usd.id,
                    "company_id": cls.company.id,
                    "amount": 5000.0,
                    "quoted_rate": "7.1",
                    "value_date": cls.later,
                }
            ]
            * 2
        )
        active.action_activate()
        cover = cls.env["fx.forward.allocation"].create(
            {"forward_id": active.id, "order_id": cls.locked.id, "amount": 100.0}
        )
        cls._keep(draft, active, cover)

    @classmethod
    def _make_conversions(cls):
        banks = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        dollars = cls.env["account.journal"].create(
            {
                "name": "Dollars",
                "code": "DOLL",
                "type": "bank",
                "company_id": cls.company.id,
                "currency_id": cls.usd.id,
            }
        )
        changed = {
            "date": cls.today,
            "journal_from_id": dollars.id,
            "journal_to_id": banks.id,
            "amount_from": 100.0,
            "bank_rate": "7.1",
        }
        draft, posted = cls.env["fx.conversion"].create([changed] * 2)
        posted.action_post()
        cls._keep(draft, posted)
        cls._keep(cls.env["fx.conversion.report"].browse(posted.ids))

    @classmethod
    def _make_credit(cls):
        policy = cls.env["credit.policy"].create(
            {"name": "Everybody", "company_id": cls.company.id}
        )
        floor = cls.env["credit.policy.floor"].create(
            {"policy_id": policy.id, "currency_id": cls.usd.id, "amount": 10.0}
        )
        rule = policy.rule_ids[:1]
        cls._keep(policy, floor, rule, *policy.check_ids[:2], *rule.band_ids)
        cls._keep(policy.loss_rate_ids[:1])
        finance = cls.env["credit.limit"].with_user(cls.colleagues["finance", 1])
        values = {
            "partner_id": cls.customer.id,
            "company_id": cls.company.id,
            "amount": 100.0,
            "currency_id": cls.usd.id,
        }
        running = finance.create(values)
        running.with_user(cls.colleagues["credit_manager", 1]).action_approve()
        asked = finance.create({**values, "kind": "temporary", "date_end": cls.later})
        cls._keep(running.with_env(cls.env), asked.with_env(cls.env))
        cls._keep(
            cls.env["credit.manual.grade"].create(
                {
                    "partner_id": cls.customer.id,
                    "company_id": cls.company.id,
                    "grade": "b",
                    "reason": "A parent that pays",
                    "date_end": cls.later,
                }
            )
        )
        order = cls._create_order(currency_id=cls.usd.id, user_id=False)
        order.order_line.price_unit = 5000.0
        order.with_user(cls.colleagues["trader", 1]).action_request_credit_review()
        cls._keep(order, *order.credit_review_ids)
        cls.customer._assess_credit(cls.company)
        assessed = cls.customer.with_company(cls.company).credit_assessment_id
        cls._keep(assessed)

    @classmethod
    def _make_statements(cls):
        Statement = cls.env["customer.statement"]
        start = cls.today - datetime.timedelta(days=6)
        verified = Statement._make(cls.customer, start, cls.today)
        verified.action_verify()
        cls._keep(
            verified,
            *Statement._make(cls.customer, cls.today, cls.today),
            *verified.line_ids[:2],
            *verified.currency_line_ids,
        )

    @classmethod
    def _make_revaluations(cls):
        cls._set_up(cls.company)
        posted = cls._revalue(cls.today, company=cls.company)
        computed = cls._revalue(cls.today, company=cls.company, post=False)
        draft = cls.env["fx.revaluation"].create({"date": cls.today})
        cls._keep(posted, computed, draft, *posted.line_ids)

    @classmethod
    def _make_receipts(cls):
        """One receipt that is matched, and one that waits."""
        journal = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        matched, waiting = [
            cls.env["bank.receipt"]._find_of(line)
            for line in cls.env["account.bank.statement.line"].create(
                [
                    {
                        "journal_id": journal.id,
                        "date": cls.today,
                        "amount": amount,
                        "payment_ref": "Credit",
                        "partner_name": "CUSTOMER",
                    }
                    for amount in (70.0, 30.0)
                ]
            )
        ]
        cls._keep(waiting, matched._allocate(cls.customer, {}, advance=True))
        cls.matching = cls.env["bank.match.make"].create({"receipt_id": waiting.id})
        cls.owed = cls.env["account.move.line"].search(
            [
                ("company_id", "=", cls.company.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ],
            limit=1,
        )

    @classmethod
    def _make_calls(cls):
        """A customer that is late, and one that disputes what it owes."""
        Call = cls.env["collection.call"]
        said = Word("dispute", "Broken", moves=cls.owed.move_id)
        if not said.moves._is_disputable():
            said = Word("again", "Away")
        account = cls.env["collection.account"]._take(cls.customer, cls.company)
        cls._keep(
            Call._record(account, said, cls.colleagues["trader", 1]),
            Call._note(cls.customer, cls.company, Word("again", "On holiday")),
            cls.env["collection.account"]._find(cls.customer, cls.company),
        )

    @classmethod
    def _make_follow_ups(cls):
        said = Spoken("visit", "samples", "Two of each", next_date=cls.later)
        cls._keep(
            cls.env["customer.follow.up"]._note(cls.customer, said),
            *cls.env["customer.timeline"].search(
                [("partner_id", "=", cls.customer.id)], limit=3
            ),
        )

    @classmethod
    def _make_flows(cls):
        Flow = cls.env["currency.flow"]
        start = cls.today - datetime.timedelta(days=6)
        verified = Flow._make(cls.company, start, cls.today)
        verified.action_verify()
        draft = Flow._make(cls.company, cls.today, cls.today)
        cls._keep(verified, draft, *verified.line_ids, *verified.account_ids)

    @classmethod
    def _make_claims(cls):
        receipts = [
            receive(cls.env, cls.company, cls.usd, cls.today) for _n in range(3)
        ]
        mine = cls.env(user=cls.colleagues["trader", 1], su=False)
        claims = [
            mine["payment.claim"]
            ._claim(receipt.with_env(mine), cls.customer.with_env(mine))
            .with_env(cls.env)
            for receipt in receipts[1:]
        ]
        claims[1].action_approve()
        cls._keep(receipts[0], *claims)
        cls._keep(
            cls.env["payment.promise"]._make(
                cls.customer, 5.0, cls.usd, cls.today, channel="call"
            )
        )

    @classmethod
    def _make_routes(cls):
        """A route that works, one that doesn't, and what is found about them."""
        journal = cls.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", cls.company.id)], limit=1
        )
        journal.set_bank_account("SCREENS 11")
        values = {"company_id": cls.company.id, "journal_id": journal.id}
        works, idle = cls.env["payment.route"].create(
            [
                {**values, "currency_id": cls.usd.id, "charge_bearer": "our"},
                {**values, "currency_id": cls.eur.id, "amount_to": 1000.0},
            ]
        )
        cls._keep(works, idle)
        for model in ("payment.route.gap", "payment.receipt.report"):
            cls._keep(*cls.env[model].search([("company_id", "=", cls.company.id)])[:2])

    @classmethod
    def _make_plans(cls):
        line = {"percentage": 1.0, "trigger": "arrival"}
        template = cls.env["payment.plan.template"].create(
            {"name": "On arrival", "line_ids": [Command.create(line)]}
        )
        plans = cls.env["payment.plan"]
        for state in ("draft", "sale"):
            # of a customer without a limit
            order = cls._create_order(
                cls.env["res.partner"].create({"name": f"Planned, {state}"}),
                currency_id=cls.usd.id,
                payment_plan_ids=[
                    Command.create({"percentage": 0.3, "trigger": "order"}),
                    Command.create({"percentage": 0.7, "trigger": "bill_of_lading"}),
                ],
            )
            if state == "sale":
                order.action_confirm()
            plans |= order.payment_plan_ids
        cls._keep(template, *template.line_ids, *plans)

    @classmethod
    def _make_letters(cls):
        """A run of which a letter waits, one left and one failed."""
        Level = cls.env["collection.level"]
        level = Level.create({"name": "Reminder", "days": 1, "fee": 5.0})
        block = cls.env["collection.block"].create(
            {
                "partner_id": cls.customer.copy().id,
                "reason": "Being talked about",
                "date_to": cls.later,
            }
        )
        run = cls.env["collection.run"]._begin(cls.company, cls.env.user)
        run.action_simulate()
        states = ("draft", "sent", "failed", "skipped")
        letters = cls.env["collection.letter"]._create_guarded(
            [
                {
                    "run_id": run.id,
                    "company_id": cls.company.id,
                    "partner_id": cls.customer.id,
                    "date": cls.today,
                    "currency_id": cls.usd.id,
                    "level_id": level.id,
                    "channel": "letter" if state == "sent" else "email",
                    "state": state,
                    "amount": 5.0,
                }
                for state in states
            ]
        )
        lines = cls.env["collection.letter.line"]._create_guarded(
            [
                {
                    "letter_id": letter.id,
                    "move_line_id": cls.owed.id,
                    "move_id": cls.owed.move_id.id,
                    "name": cls.owed.move_id.name,
                    "due": cls.today,
                    "residual": 5.0,
                    "level_id": level.id,
                }
                for letter in letters
            ]
        )
        cls._keep(level, block, run, *letters, *lines)

    @classmethod
    def _make_history(cls):
        """A file that is published, one of which a row has to be mended, a new one."""
        chosen = {"company_id": cls.company.id, "type": "general"}
        cls.company.history_journal_id = cls.env["account.journal"].create(
            {**chosen, "name": "Opening", "code": "SCROP"}
        )
        cls.company.history_account_id = cls.env["account.account"].create(
            {"name": "Opening", "code": "399701", "account_type": "equity"}
        )
        cls.customer.ref = "SCREENS-1"
        head = "Customer Code,Document Number,Date,Currency,"
        row = f"SCREENS-1,OLD-%s,{cls.today},%s,5.5"
        files = [
            f"{head}Open Amount\n{row % (1, 'USD')}",
            f"{head}Amount\n{row % (2, 'EUR')}\n{row % (3, 'XYZ')}",
            "",
        ]
        imports = cls.env["customer.import"].create(
            [
                {"file": b64encode(text.encode()), "file_name": f"screens {at}.csv"}
                for at, text in enumerate(files)
            ]
        )
        published, to_mend, _new = imports
        (published | to_mend).action_dry_run()
        to_mend.skip_bad = True
        for record in published | to_mend:
            record.action_publish()
        cls._keep(*imports, *published.entry_ids)
        for name in ("row_ids", "column_ids", "total_ids"):
            cls._keep(*(published | to_mend)[name])
        cls.company.lifecycle_followed = True
        cls.env["customer.life"]._cron_follow()
        cls._keep(
            *cls.env["customer.life"]._find(cls.customer, cls.company).sudo(False),
            *cls.env["customer.milestone"].search([], limit=1),
            *cls.env["customer.stage.interval"].search([], limit=1),
            *cls._make_reminders(),
            *cls.env["customer.past.document"].search([]),
            *cls._make_suggestions(),
            cls.env["customer.data.rule"].create({"field": "vat"}),
        )

    @classmethod
    def _make_reminders(cls):
        """:return: a rule with a step, and what it reminded of"""
        rule = cls.env["customer.reminder.rule"].create(
            {
                "name": "Met",
                "event": "milestone",
                "milestone_kind": cls.env["customer.milestone"]
                .search([("partner_id", "=", cls.customer.id)], limit=1)
                .kind,
                "look_back": 365,
                "step_ids": [Command.create({"how": "activity"})],
            }
        )
        rule.action_switch_on()
        cls.env.flush_all()
        calendar = cls.company._get_working_calendar()
        cls.env["customer.reminder"]._begin(rule.sudo(), calendar)
        reminders = cls.env["customer.reminder"].search([("rule_id", "=", rule.id)])
        reminders.sudo()._take_steps()
        return rule, rule.step_ids, reminders[:1], reminders.line_ids[:1]

    @classmethod
    def _make_suggestions(cls):
        order = cls._create_order(user_id=False)
        cls.env["customer.life"]._cron_follow()
        quoted = [("res_model", "=", "sale.order"), ("res_id", "=", order.id)]
        cls.env["customer.milestone"].search(quoted)._write_guarded(
            {"date": cls.today - datetime.timedelta(days=90)}
        )
        cls.env.flush_all()
        Suggestion = cls.env["customer.suggestion"]
        Suggestion._find_anew(cls.company, cls.customer.ids)
        cls.planned = cls.customer.activity_schedule(
            "mail.mail_activity_data_todo", cls.today, user_id=cls.env.uid
        )
        found = [("res_id", "=", order.id), ("kind", "=", "silence")]
        return (
            *Suggestion.search(found),
            *cls.env["customer.today"].search(found),
            *cls.env["customer.today"].search([("activity_id", "=", cls.planned.id)]),
        )

    @classmethod
    def _lead_values(cls):
        return {
            "name": "Pumps",
            "partner_id": cls.customer.id,
            "company_id": cls.company.id,
            "user_id": False,
            "revenue_currency_id": cls.usd.id,
            "expected_revenue_customer": 100.0,
            "type": "opportunity",
        }
