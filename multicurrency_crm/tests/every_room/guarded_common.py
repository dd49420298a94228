"""One record of each model with guarded fields, and values to forge them with."""

from base64 import b64encode
from datetime import timedelta

from odoo import Command, fields
from odoo.tests import new_test_user

from ...models.collection.collection_call import Word
from ...models.lifecycle.customer_follow_up import Spoken
from ..bank.claim_common import receive
from ..credit.credit_common import TODAY, CreditCommon

#: who tries: login → groups
ROLES = {
    "seller_own": "sales_team.group_sale_salesman",
    "seller_all": "sales_team.group_sale_salesman_all_leads",
    "biller": "account.group_account_invoice",
    "user": "sales_team.group_sale_salesman,multicurrency_crm.group_user",
    "finance": "account.group_account_invoice,multicurrency_crm.group_finance",
    "credit_manager": "sales_team.group_sale_manager,account.group_account_manager,"
    "multicurrency_crm.group_credit_manager",
    "manager": "sales_team.group_sale_manager,account.group_account_manager,"
    "multicurrency_crm.group_manager",
    "administrator": "base.group_system,sales_team.group_sale_manager,"
    "account.group_account_manager,multicurrency_crm.group_manager",
}


class GuardedCommon(CreditCommon):
    """A company in which everything that is guarded has happened once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.roles = {
            name: new_test_user(
                cls.env,
                f"forger_{name}",
                groups=f"base.group_user,{groups}",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for name, groups in ROLES.items()
        }
        cls.buyer = cls._customer()
        cls.records = cls._make_records()

    @classmethod
    def _make_records(cls):
        """:return: {model: one record, made as the addon makes it}"""
        env, company, buyer = cls.env, cls.company, cls.buyer
        cls.dollars = env["account.journal"].create(
            {
                "name": "Dollars",
                "code": "DOLL",
                "type": "bank",
                "company_id": company.id,
                "currency_id": cls.usd.id,
            }
        )
        cls._limit(buyer, 500.0)
        cls._invoice(buyer, 100.0, ago=90)
        draft = env["credit.limit"].create(cls._new("credit.limit"))
        grade = env["credit.manual.grade"].create(cls._new("credit.manual.grade"))
        buyer.with_company(company)._set_credit_hold(company, True, "Old debts")
        (buyer | cls._customer("Another"))._assess_credit(company)
        held = cls._order_of(buyer, 900.0)
        held.action_request_credit_review()
        locked = cls._order_of(cls._customer("Locked"), 700.0, cls.usd)
        locked.action_lock_rate()
        asked = cls._order_of(cls._customer("Asked"), 700.0, cls.usd)
        [lock] = asked._lock_rate(quoted=("9.5", "company_per_unit"))
        forward = env["fx.forward"].create(cls._new("fx.forward"))
        forward.action_activate()
        cover = env["fx.forward.allocation"].create(
            {"forward_id": forward.id, "order_id": locked.id, "amount": 10.0}
        )
        conversion = env["fx.conversion"].create(cls._new("fx.conversion"))
        conversion.write({"forward_id": forward.id, "amount_from": 100.0})
        provider = env["fx.rate.provider"].create(cls._new("fx.rate.provider"))
        hold = env["fx.rate.hold"]._hold(
            [
                {
                    "provider_id": provider.id,
                    "company_id": company.id,
                    "currency_id": cls.usd.id,
                    "date": TODAY,
                    "rate": 0.2,
                    "quoted": "1 USD = 5 CNY",
                    "kind": "mid",
                    "reason": "jump",
                }
            ]
        )
        run = env["fx.rate.run"]._create_guarded(
            [
                {
                    "provider_id": provider.id,
                    "company_id": company.id,
                    "origin": "file",
                    "started_at": fields.Datetime.now(),
                    "finished_at": fields.Datetime.now(),
                    "state": "failed",
                }
            ]
        )
        chunk = env["credit.assessment.chunk"]._create_guarded(
            [
                {
                    "company_id": company.id,
                    "date": TODAY,
                    "first_id": 1,
                    "last_id": 2,
                    "customers": 1,
                }
            ]
        )
        moved = cls._customer("Moved")
        cls._limit(moved, 5.0)
        moved.with_user(cls.seller).parent_id = cls._customer("New head")
        moved.with_user(cls.seller).is_company = False
        policy = cls.policy
        floor = env["credit.policy.floor"].create(
            {"policy_id": policy.id, "currency_id": cls.usd.id, "amount": 1.0}
        )
        peer = env["credit.peer"].create(
            {"policy_id": policy.id, "factor": "age", "date": TODAY}
        )
        stated = env["customer.statement.run"]._begin(
            company, TODAY - timedelta(days=6), TODAY, env.user
        )
        stated._make_those(buyer.ids)
        stated._note_failure(moved.id, "Nobody knows")
        statement = env["customer.statement"].search([("partner_id", "=", buyer.id)])
        revalued = env["fx.revaluation"].create(cls._new("fx.revaluation"))
        valued = env["fx.revaluation.line"]._create_guarded(
            [
                {
                    "revaluation_id": revalued.id,
                    "item": 7,
                    "account_id": buyer.property_account_receivable_id.id,
                    "currency_id": cls.usd.id,
                    "delta": 10.0,
                }
            ]
        )
        matched = env["bank.match"]._create_guarded(
            [
                {
                    "company_id": company.id,
                    "date": TODAY,
                    "partner_id": buyer.id,
                    "currency_id": cls.usd.id,
                    "amount": 10.0,
                }
            ]
        )
        flow = env["currency.flow"]._make(company, TODAY - timedelta(days=6), TODAY)
        told = {"flow_id": flow.id, "kind": "cash", "currency_id": cls.kwd.id}
        account = buyer.property_account_payable_id
        claim = env["payment.claim"]._claim(
            receive(env, company, cls.usd, TODAY), buyer
        )
        call = env["collection.call"]._note(buyer, company, Word("again", "Away"))
        followed = env["customer.follow.up"]._note(buyer, Spoken("phone", "later"))
        promise = env["payment.promise"]._make(buyer, 50.0, cls.cny, TODAY)
        plan = env["payment.plan"].create(
            {"order_id": locked.id, "percentage": 1.0, "trigger": "arrival"}
        )
        made = [
            plan,
            call,
            followed,
            env["collection.account"]._find(buyer, company),
            *cls._make_letters(),
            *cls._make_history(),
            *cls._make_life(),
            claim,
            promise,
            revalued,
            valued,
            matched,
            flow,
            env["currency.flow.line"]._create_guarded([told]),
            env["currency.flow.account"]._create_guarded(
                [{**told, "account_id": account.id}]
            ),
            stated,
            stated.failure_ids,
            statement,
            statement.currency_line_ids[:1],
            statement.line_ids[:1],
            draft,
            grade,
            buyer,
            held,
            locked,
            locked.order_line[:1],
            lock,
            forward,
            cover,
            conversion,
            provider,
            hold,
            run,
            chunk,
            floor,
            peer,
            held.credit_review_ids,
            lock.approval_ids,
            buyer.with_company(company).credit_assessment_id,
            env["credit.account"]._find(buyer, company),
            env["fx.rate.change"].search([], limit=1),
            env["credit.transfer"].search([("partner_id", "=", moved.id)], limit=1),
            env["crm.lead"].create(cls._new("crm.lead")),
            env["account.move"].create(cls._new("account.move")),
            policy.check_ids[:1],
            policy.rule_ids[:1],
            policy.rule_ids.band_ids[:1],
            policy.loss_rate_ids[:1],
        ]
        return {record._name: record for record in made}

    @classmethod
    def _make_letters(cls):
        """:return: a run of letters, one that was prepared, and what it is about"""
        # by a colleague, who needs no address
        level = {"name": "Forged", "days": 1, "channel": "activity"}
        cls.env["collection.level"].create(level)
        late = cls._customer("Late")
        cls._invoice(late, 70.0, ago=90)
        run = cls.env["collection.run"]._begin(cls.company, cls.env.user)
        run._prepare_those(late.ids)
        run._note_failure(late.id, "Nobody knows")
        letter = run.letter_ids
        return (
            run,
            run.failure_ids,
            letter,
            letter.line_ids[:1],
            letter.reminder_ids[:1],
        )

    @classmethod
    def _find_import(cls):
        mine = [("file_name", "=", "forged.csv")]
        return cls.env["customer.import"].search(mine, limit=1)

    @classmethod
    def _find_import_currency(cls):
        """:return: a currency of which the import has no total yet"""
        known = cls._find_import().total_ids.currency_id
        every = cls.env["res.currency"].with_context(active_test=False)
        return every.search([("id", "not in", known.ids)], limit=1)

    @classmethod
    def _make_history(cls):
        """:return: a file of past documents that was published, with its parts"""
        env, company = cls.env, cls.company
        partner = cls._customer("Brought in")
        partner.ref = "FORGED-1"
        text = f"Customer Code,Document Number,Date,Amount\nFORGED-1,OLD,{TODAY},5.5"
        record = env["customer.import"].create(
            {
                **cls._new("customer.import"),
                "file": b64encode(text.encode()),
                "kind": "past",
                "currency_id": cls.usd.id,
            }
        )
        record.action_dry_run()
        record.action_publish()
        entry = {
            "import_id": record.id,
            "company_id": company.id,
            "partner_id": partner.id,
            "currency_id": cls.usd.id,
        }
        return (
            record,
            record.row_ids,
            record.column_ids[:1],
            record.total_ids,
            env["customer.import.entry"]._create_guarded([entry]),
            env["customer.import.layout"].search([], limit=1),
            env["customer.import.turn"].search([("company_id", "=", company.id)]),
            env["customer.past.document"].search([("import_id", "=", record.id)]),
        )

    @classmethod
    def _make_life(cls):
        """:return: where a customer stands, and what happened"""
        env, company = cls.env, cls.company
        company.lifecycle_followed = True
        env["customer.life"]._cron_follow()
        life = env["customer.life"]._find(cls.buyer, company).sudo(False)
        mine = [("partner_id", "=", cls.buyer.id)]
        return (
            life,
            env["customer.life.run"].search([("company_id", "=", company.id)]),
            env["customer.milestone"].search(mine, limit=1),
            env["customer.stage.interval"].search(mine, limit=1),
            *cls._make_reminders(),
            cls._make_suggestion(),
        )

    @classmethod
    def _make_reminders(cls):
        """:return: a rule, what it reminded of, and what it did"""
        env = cls.env
        rule = env["customer.reminder.rule"].create(cls._new("customer.reminder.rule"))
        rule.step_ids = [Command.create({"how": "activity"})]
        rule.action_switch_on()
        calendar = cls.company._get_working_calendar()
        env.flush_all()
        env["customer.reminder"]._begin(rule.sudo(), calendar)
        reminders = env["customer.reminder"].search([("rule_id", "=", rule.id)])
        reminders.sudo()._take_steps()
        rule.action_switch_off()
        return rule, reminders[:1].sudo(False), reminders.line_ids[:1]

    @classmethod
    def _make_suggestion(cls):
        """:return: that an old quotation is likely to be lost"""
        order = cls._order_of(cls.buyer, 70.0)
        cls.env["customer.life"]._cron_follow()
        cls.env["customer.milestone"].search(
            [("res_model", "=", "sale.order"), ("res_id", "=", order.id)]
        )._write_guarded({"date": TODAY - timedelta(days=60)})
        cls.env.flush_all()
        Suggestion = cls.env["customer.suggestion"]
        Suggestion._find_anew(cls.company, cls.buyer.ids)
        return Suggestion.search([("res_id", "=", order.id)], limit=1)

    @classmethod
    def _new(cls, model):
        """:return: what people enter for a new record of a model; None: nobody does"""
        currency, company, buyer = cls.usd, cls.company, cls.buyer
        end = TODAY + timedelta(days=30)
        line = {"product_id": cls.product.id, "price_unit": 10.0, "tax_ids": []}
        journal = cls.env["account.journal"].search(
            [("company_id", "=", company.id), ("type", "=", "general")], limit=1
        )
        return {
            "customer.import": {
                "company_id": company.id,
                "file_name": "forged.csv",
                "date": TODAY,
            },
            "customer.import.total": {
                "import_id": cls._find_import().id,
                "currency_id": cls._find_import_currency().id,
            },
            "customer.reminder.rule": {
                "company_id": company.id,
                "name": "Forged",
                "event": "milestone",
                "milestone_kind": "first_contact",
                "look_back": 365,
            },
            "fx.revaluation": {
                "company_id": company.id,
                "date": TODAY,
                "journal_id": journal.id,
            },
            "credit.limit": {
                "partner_id": buyer.id,
                "company_id": company.id,
                "kind": "temporary",
                "amount": 1.0,
                "currency_id": currency.id,
                "date_start": TODAY,
                "date_end": end,
            },
            "credit.manual.grade": {
                "partner_id": buyer.id,
                "company_id": company.id,
                "grade": "c",
                "reason": "Known",
                "date_end": end,
            },
            "fx.rate.lock": {
                "kind": "agreement",
                "company_id": company.id,
                "partner_id": buyer.id,
                "currency_id": currency.id,
                "quoted_rate": "7.1",
                "date_start": TODAY,
                "date_end": end,
            },
            "fx.forward": {
                "company_id": company.id,
                "counterparty_id": buyer.id,
                "side": "sell",
                "currency_id": currency.id,
                "amount": 1000.0,
                "quoted_rate": "7.1",
                "value_date": end,
            },
            "fx.conversion": {
                "company_id": company.id,
                "date": TODAY,
                "journal_id": journal.id,
                "journal_from_id": cls.dollars.id,
                "journal_to_id": cls.bank.id,
                "amount_from": 10.0,
                "bank_rate": "7.1",
            },
            "payment.plan": {
                "order_id": cls.env["sale.order"].search([], limit=1).id,
                "percentage": 0.5,
            },
            "fx.rate.provider": {
                "name": "Village bank",
                "service": "ecb",
                "company_ids": [Command.set(company.ids)],
            },
            "res.partner": {"name": "Forged", "is_company": True},
            "crm.lead": {
                "name": "Pumps",
                "type": "opportunity",
                "partner_id": buyer.id,
                "company_id": company.id,
                "revenue_currency_id": currency.id,
                "expected_revenue_customer": 100.0,
            },
            "sale.order": {
                "partner_id": buyer.id,
                "company_id": company.id,
                "currency_id": currency.id,
                "order_line": [Command.create(dict(line))],
            },
            "account.move": {
                "move_type": "out_invoice",
                "partner_id": buyer.id,
                "company_id": company.id,
                "currency_id": currency.id,
                "invoice_line_ids": [Command.create({**line, "name": "Goods"})],
            },
        }.get(model)

    @classmethod
    def _forge(cls, record, name):
        """:return: a value for a field, unlike the one that it has and unlike any that
        the addon would give it"""
        field = record._fields[name]
        value = record.sudo()[name]
        if field.type == "selection":
            usual = field.default and field.default(record)
            values = [k for k in field.get_values(cls.env) if k not in (value, usual)]
            liked = [key for key in values if key in ("approved", "accepted", "active")]
            return (liked or values)[0]
        if field.type == "many2one":
            Model = cls.env[field.comodel_name].sudo().with_context(active_test=False)
            return Model.search([("id", "!=", value.id)], order="id", limit=1).id
        if field.type in ("one2many", "many2many"):
            return [Command.clear()]
        return {
            "boolean": lambda: not value,
            "integer": lambda: 987654,
            "many2one_reference": lambda: 987654,
            "float": lambda: 987654.25,
            "monetary": lambda: 987654.25,
            "date": lambda: fields.Date.to_date("2001-02-03"),
            "datetime": lambda: fields.Datetime.to_datetime("2001-02-03 04:05:06"),
            "json": lambda: {"forged": 1},
        }.get(field.type, lambda: "FORGED")()
