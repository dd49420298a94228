"""One rule for everything that depends on the company: what is chosen or decided is
the main company's. Generated from the registry: what is added later is asked, too."""

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain
from odoo.tests import Form, new_test_user, tagged

from ...models.common.main_company_fields import OfMainCompany
from ..common import MultiCurrencyCommon

MODULE = "multicurrency_crm"

#: What is agreed with somebody: of the company that signed it, for the documents of
#: that company and of the branches below it.
AGREED = {"fx.rate.lock", "fx.forward", "fx.forward.allocation"}

#: What is done: of the company that did it, and figures of one company's documents.
DONE = {
    "fx.rate.approval",
    "fx.conversion",
    "fx.conversion.report",
    "fx.net.position",
    "credit.loss.allowance",
    "customer.ageing",
    "fx.result",
    "fx.revaluation",
    "bank.match",
    "bank.receipt",
    "payment.claim",
    "payment.claimable",
    "payment.receipt.report",
    "collection.today",
    "payment.forecast",
    "payment.promise",
    "payment.plan",
    "customer.import",
    "customer.import.entry",
    "customer.import.row",
    "customer.import.turn",
    "customer.past.document",
    "customer.timeline",
    "customer.milestone",
    "customer.today",
}

#: What the addon itself writes for main companies: nobody enters a company there.
WRITTEN = {
    "credit.account",
    "credit.assessment",
    "credit.assessment.chunk",
    "credit.review",
    "fx.rate.change",
    "fx.rate.hold",
    "fx.rate.run",
    "fx.rate.status",
    "credit.transfer",
    "customer.statement",
    "customer.statement.run",
    "currency.flow",
    "payment.route.gap",
    "collection.account",
    "collection.call",
    "collection.letter",
    "collection.run",
    "customer.follow.up",
    "customer.life",
    "customer.life.run",
    "customer.reminder",
    "customer.reminder.line",
    "customer.stage.interval",
    "customer.suggestion",
}

#: Serves the main companies of those that are entered.
SERVES = {"fx.rate.provider"}


@tagged("post_install", "-at_install")
class TestBranchRule(MultiCurrencyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls._found_branch("Harbour North")
        cls.approver = cls._create_salesperson("branch_approver")
        cls.clerk = new_test_user(
            cls.env,
            "branch_clerk",
            groups="base.group_user,base.group_partner_manager,"
            "multicurrency_crm.group_manager",
            company_id=cls.branch.id,
            company_ids=[Command.set(cls.branch.ids)],
        )

    def _list_fields(self):
        """:return: the company-dependent fields of the addon"""
        return [
            (model, field)
            for model in self.env.values()
            for field in model._fields.values()
            if field.company_dependent and field._modules[:1] == (MODULE,)
        ]

    def _list_settings(self):
        """:return: the addon's fields that are stored on a company, and entered"""
        return [
            field
            for field in self.env["res.company"]._fields.values()
            if field._modules[:1] == (MODULE,) and field.store and not field.compute
        ]

    def _get_other(self, field, value):
        """:return: another value for ``field`` than ``value``, as write takes it"""
        if field.type == "selection":
            keys = field.get_values(self.env)
            return next(key for key in reversed(keys) if key != value)
        if field.type == "many2one" and field.check_company:
            return self._create_other(field).id
        if field.type == "many2one":
            records = self.env[field.comodel_name].search([], limit=2)
            return (records - (value or records.browse()))[:1].id
        if field.type in ("float", "monetary"):
            return 0.25 if value != 0.25 else 0.5
        return {
            "boolean": not value,
            "integer": value + 1 if field.type == "integer" else None,
            "date": "2026-04-01" if str(value) == "2026-03-01" else "2026-03-01",
        }[field.type]

    def _create_other(self, field):
        """:return: a record that the company may choose, as the field wants it"""
        wanted = {
            name: value[0] if operator == "in" else value
            for name, operator, value in field.domain or ()
            if name != "id" and operator in ("=", "in")
        }
        Model = self.env[field.comodel_name]
        known = Model.search_count([])
        if Model._name == "payment.plan.template":
            line = {"percentage": 1.0, "trigger": "order"}
            return Model.create(
                {"name": f"Other {known}", "line_ids": [Command.create(line)]}
            )
        usual = {"account_type": "income"} if Model._name == "account.account" else {}
        return Model.create(
            {"name": f"Other {known}", "code": f"97{known}", **usual, **wanted}
        )

    def _create_record(self, model, field):
        if model._name == "res.users":
            return self.approver
        if model._name == "account.payment.term":
            return model.create({"name": field.name})
        return model.create({"name": field.name, "is_company": True})

    def _read(self, record, field, company):
        value = record.with_company(company)[field.name]
        return value.id if field.type == "many2one" else value

    # === CHOICES ON SHARED RECORDS === #

    def test_15_2_9_every_field_has_one_value_in_a_main_company(self):
        found = self._list_fields()
        self.assertGreaterEqual(len(found), 6)
        for model, field in found:
            with self.subTest(model=model._name, field=field.name):
                self.assertIsInstance(field, OfMainCompany)
        for model, field in found:
            if field.name == "credit_assessment_id":
                continue  # figures of the addon: see the next case
            with self.subTest(model=model._name, field=field.name):
                self._check_field(model, field)

    def _check_field(self, model, field):
        record = self._create_record(model, field)
        there = record.with_company(self.other_company)
        before = there[field.name]
        value = self._get_other(field, record[field.name])
        record.with_company(self.branch).write({field.name: value})
        name = f"{model._name} {field.name}"
        later = self._found_branch(f"Later {name}")
        below = self._found_branch(f"Below {name}", parent=later)
        for cold in (False, True):
            for company in (self.company, self.branch, later, below):
                self.assertEqual(self._read(record, field, company), value)
            self.assertEqual(there[field.name], before)
            if not cold:
                self.env.flush_all()
                self.env.invalidate_all()
        self._check_found(record, field, value, later)
        # read by who works in the branch alone, with the right to the field
        mine = self._as(record, self.clerk, self.branch)
        if record._name == "res.partner":
            mine.invalidate_recordset()
            self.assertEqual(self._read(mine, field, self.branch), value)
        # emptied in the main company, empty in the branches
        record.write({field.name: False})
        record.invalidate_recordset()
        self.assertFalse(record.with_company(later)[field.name])

    def _check_found(self, record, field, value, company):
        """Searched and grouped, too, as in the main company."""
        there = record.with_context(active_test=False).with_company(company)
        mine = Domain("id", "=", record.id)
        self.assertEqual(there.search(mine & Domain(field.name, "=", value)), record)
        if field.type != "float":
            [(key, count)] = there._read_group(mine, [field.name], ["__count"])
            key = key.id if field.type == "many2one" else key
            self.assertEqual((key, count), (value, 1))

    def test_15_2_9_created_in_a_branch(self):
        """The insert goes another way than the update."""
        for model, field in self._list_fields():
            if model._name != "res.partner" or field.name == "credit_assessment_id":
                continue
            with self.subTest(field=field.name):
                value = self._get_other(field, False)
                partner = (
                    self.env["res.partner"]
                    .with_company(self.branch)
                    .create({"name": "New", field.name: value})
                )
                partner.invalidate_recordset()
                later = self._found_branch(f"Later {field.name}")
                for company in (self.company, self.branch, later):
                    self.assertEqual(self._read(partner, field, company), value)

    def test_15_2_9_a_default_of_the_main_company(self):
        """A value that nobody entered is the main company's default in each branch."""
        Default = self.env["ir.default"]
        for model, field in self._list_fields():
            if field.type == "many2one":
                continue
            with self.subTest(field=field.name):
                record = self._create_record(model, field)
                record[field.name] = False
                value = self._get_other(field, False)
                Default.set(model._name, field.name, value, company_id=self.company.id)
                for company in (self.company, self.branch):
                    self.assertEqual(self._read(record, field, company), value)
                here = record.with_company(self.branch)
                self.assertEqual(
                    here.search(
                        Domain("id", "=", record.id) & Domain(field.name, "=", value)
                    ),
                    record,
                )
                with self.assertRaisesRegex(ValidationError, "Harbour Export"):
                    Default.set(
                        model._name, field.name, value, company_id=self.branch.id
                    )

    def test_15_2_9_a_screen_in_a_branch_says_for_whom_it_holds(self):
        for model, field in self._list_fields():
            with self.subTest(field=field.name):
                helps = [
                    model.with_company(company).fields_get([field.name])[field.name]
                    for company in (self.company, self.branch)
                ]
                here, there = (told.get("help") or "" for told in helps)
                self.assertNotIn("all of its branches", here)
                self.assertIn("all of its branches", there)
                self.assertTrue(there.startswith(here))

    def test_no_query_more_than_in_the_main_company(self):
        partner = self.env["res.partner"].create({"name": "Read"})
        counts = {}
        for company in (self.company, self.branch):
            here = partner.with_company(company)
            here.mapped("preferred_currency_id")  # what is known once a process
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            for name in ("preferred_currency_id", "rate_lock_timing"):
                here.mapped(name)
            counts[company] = self.env.cr.sql_log_count - start
        self.assertEqual(counts[self.company], counts[self.branch])

    # === SETTINGS OF COMPANIES === #

    def test_15_2_9_every_setting_is_the_main_companys(self):
        found = self._list_settings()
        self.assertGreaterEqual(len(found), 16)
        delegated = self.company._get_company_root_delegated_field_names()
        for field in found:
            with self.subTest(field=field.name):
                self.assertIn(field.name, delegated)
                value = self._get_other(field, self.company[field.name])
                if field.name == "lock_booking_from":
                    self.company.lock_booking = "locked"
                self.company.write({field.name: value})
                later = self._found_branch(f"Later {field.name}")
                for branch in self.branch | later:
                    self.assertEqual(branch[field.name], self.company[field.name])
                    other = self._get_other(field, branch[field.name])
                    with self.assertRaises(ValidationError):
                        branch.write({field.name: other})
                    branch.invalidate_recordset()

    def test_several_settings_at_once(self):
        """Odoo copies and compares them one by one."""
        values = {"lock_days": 5, "lock_tolerance": 0.1, "currency_policy": "enforce"}
        self.company.write(values)
        (self.company | self.other_company).write({**values, "lock_days": 6})
        for company in self.company | self.branch | self.other_company:
            self.assertEqual(company.lock_days, 6)
            self.assertEqual(company.currency_policy, "enforce")

    def test_15_2_9_the_settings_page_in_a_branch(self):
        """Every setting of a company is read-only there, and the page says why."""
        Settings = self.env["res.config.settings"]
        names = {field.name for field in self._list_settings()}
        shown = {
            field.name
            for field in Settings._fields.values()
            if field.related and field.related.removeprefix("company_id.") in names
        }
        self.assertGreaterEqual(len(shown), 16)
        # nothing of ours is kept on a company by another way
        for field in Settings._fields.values():
            if field._modules[:1] == (MODULE,) and field.related:
                self.assertIn(field.name, shown)
        arch = etree.fromstring(Settings.get_view(view_type="form")["arch"])
        placed = set()
        for node in arch.iter("field"):
            if node.get("name") in shown:
                placed.add(node.get("name"))
                self.assertEqual(node.get("readonly"), "not is_root_company")
        self.assertEqual(placed, shown)
        [note] = arch.xpath("//div[@name='multicurrency_branch']")
        self.assertEqual(note.get("invisible"), "is_root_company")
        here = Form(Settings.with_company(self.branch))
        with self.assertRaisesRegex(AssertionError, "readonly"):
            here.currency_policy = "enforce"
        here.save().execute()  # what isn't the company's is kept there
        Form(Settings).currency_policy = "enforce"

    # === RECORDS OF A COMPANY === #

    def test_15_2_9_every_model_follows_the_rule(self):
        """A new model of the addon says to which part of the rule it belongs."""
        Mixin = self.env.registry["main.company.mixin"]
        asked = set()
        for name, model in self.env.items():
            if model._original_module != MODULE or model._abstract or model._transient:
                continue
            fields = [
                model._fields[field]
                for field in ("company_id", "company_ids")
                if field in model._fields
            ]
            # what hangs on a record of the addon has that one's company
            if not any(field.store and not field.related for field in fields):
                if not fields or all(field.related for field in fields):
                    continue
            asked.add(name)
        kept = {name for name in asked if issubclass(self.env.registry[name], Mixin)}
        self.assertEqual(
            asked - kept, (AGREED - {"fx.forward.allocation"}) | DONE | WRITTEN | SERVES
        )
        self.assertEqual(
            kept,
            {
                "collection.block",
                "collection.level",
                "credit.limit",
                "credit.manual.grade",
                "credit.policy",
                "customer.data.rule",
                "customer.import.layout",
                "customer.reminder.rule",
                "payment.plan.template",
                "fx.rate.margin",
                "fx.rate.named",
                "payment.route",
            },
        )

    def test_15_2_9_entered_in_a_branch_and_kept_by_its_main_company(self):
        partner = self.env["res.partner"].create({"name": "Limit", "is_company": True})
        values = {
            "credit.limit": {"partner_id": partner.id, "amount": 100.0},
            "credit.manual.grade": {
                "partner_id": partner.id,
                "grade": "c",
                "reason": "Known",
                "date_end": "2099-01-01",
            },
            "credit.policy": {"name": "Branch"},
            "fx.rate.margin": {"basis_points": 10.0},
        }
        for name, vals in values.items():
            with self.subTest(model=name):
                Model = self.env[name].with_company(self.branch)
                by_default = Model.create(dict(vals))
                self.assertEqual(by_default.company_id, self.company)
                by_default.write({"company_id": self.branch.id})
                self.assertEqual(by_default.company_id, self.company)
                by_default.unlink()
                by_hand = Model.create({**vals, "company_id": self.branch.id})
                self.assertEqual(by_hand.company_id, self.company)
                by_hand.flush_recordset()
                # all of it can be read in the branch, and another made there
                mine = self._as(by_hand, self.clerk, self.branch)
                mine.invalidate_recordset()
                mine.read()
                Form(mine)
        with self.assertRaisesRegex(ValidationError, "main company"):
            self.env["fx.rate.named"].create(
                {
                    "company_id": self.branch.id,
                    "currency_id": self.usd.id,
                    "rate": 0.14,
                }
            )

    def test_15_2_9_who_works_in_a_branch_reads_what_holds_there(self):
        """Rules let a user of the branch alone read the main company's records."""
        Rule = self._as(self.env["ir.rule"], self.clerk, self.branch)
        for name in sorted(WRITTEN | {"credit.limit", "credit.policy"}):
            self._check_rule(Rule, name)
        for name in ("credit.manual.grade", "fx.rate.margin", "fx.rate.named"):
            self._check_rule(Rule, name)

    def _check_rule(self, Rule, name):
        with self.subTest(model=name):
            rule = Domain(Rule._compute_domain(name, "read"))
            companies = self.env["res.company"].union(
                *(
                    self.env["res.company"].search(
                        [("id", condition.operator, condition.value)]
                    )
                    for condition in rule.iter_conditions()
                    if condition.field_expr == "company_id" and condition.value
                )
            )
            self.assertIn(self.company, companies)
            self.assertIn(self.branch, companies)
            self.assertNotIn(self.other_company, companies)

    # === FIRST STEPS === #

    def test_15_2_9_first_steps_in_a_branch(self):
        """They are the main company's, chosen by who works there, too."""
        Steps = self.env["multicurrency.first.steps"]
        both = new_test_user(
            self.env,
            "both_manager",
            groups="base.group_user,base.group_partner_manager,"
            "multicurrency_crm.group_manager",
            company_id=self.branch.id,
            company_ids=[Command.set((self.company | self.branch).ids)],
        )
        form = Form(self._as(Steps, both, self.branch))
        self.assertEqual(form.company_id, self.company)
        form.lock_days = 9
        form.save().action_apply()
        self.assertEqual(self.company.lock_days, 9)
        self.assertEqual(self.branch.lock_days, 9)

    def test_15_2_9_first_steps_of_who_works_in_the_branch_alone(self):
        Steps = self.env["multicurrency.first.steps"]
        form = Form(self._as(Steps, self.clerk, self.branch))
        steps = form.save()
        steps.action_open_providers()  # changes nothing, asks for nothing
        form.lock_days = 9
        with self.assertRaisesRegex(AccessError, "Harbour Export"):
            form.save().action_apply()
        self.assertNotEqual(self.company.lock_days, 9)
