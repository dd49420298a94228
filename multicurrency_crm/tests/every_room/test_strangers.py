"""Whatever a colleague of another company calls by RPC, nothing of ours changes.

Each public method that the addon defines, read from the registry, is called on a record
of a company by users of another one: it is refused in words, or changes nothing.
"""

import inspect

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.models import MAGIC_COLUMNS
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .guarded_common import ROLES, GuardedCommon

OURS = "odoo.addons.multicurrency_crm."
#: tried elsewhere: by each way in, and each role
TRIED_ELSEWHERE = {"create", "write", "copy", "default_get", "load"}
#: what else keeps what is decided
BESIDES = ("account_move", "sale_order", "sale_order_line", "crm_lead", "mail_activity")
_WRITTEN = ("write_uid", "write_date")
#: what a parameter without default gets
GIVEN = {"vals": {}, "values": {}, "vals_list": [], "domain": [], "fields": []}


@tagged("post_install", "-at_install")
class TestStrangers(GuardedCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls._create_company("Elsewhere", cls.eur)
        cls.strangers = [
            new_test_user(
                cls.env,
                f"stranger_{name}",
                groups=f"base.group_user,{ROLES[name]}",
                company_id=cls.elsewhere.id,
                company_ids=[Command.set(cls.elsewhere.ids)],
            )
            for name in ("seller_all", "finance", "administrator")
        ]
        cls.tried = [*cls.records.values(), *cls._find_others()]
        cls.env.flush_all()
        cls.kept = cls._make_query()

    @classmethod
    def _find_others(cls):
        """Find a record of each model of ours that has no guarded field."""
        for name, model in cls.env.registry.items():
            is_ours = model._original_module == "multicurrency_crm"
            if not is_ours or name in cls.records or model._abstract:
                continue
            if model._auto and not model._transient:
                found = cls.env[name].search([])
                if "company_id" in model._fields:
                    found = found.filtered(lambda one: one.company_id == cls.company)
                yield found[:1]

    @classmethod
    def _make_query(cls):
        """The query of digests of what the company has: a row a table."""
        tables = {
            model._table
            for model in cls.env.registry.values()
            if model._original_module == "multicurrency_crm"
            and not model._abstract
            and not model._transient
            and model._auto
        } | set(BESIDES)
        cls.env.cr.execute(
            "SELECT table_name FROM information_schema.columns "
            "WHERE column_name = 'company_id'"
        )
        have = {table for (table,) in cls.env.cr.fetchall()}
        kept = {}
        for table in sorted(tables):
            # what is made for another company may stand in a table without companies
            cls.env.cr.execute(SQL("SELECT MAX(id) FROM %s", SQL.identifier(table)))
            kept[table] = SQL("t.id <= %s", cls.env.cr.fetchone()[0] or 0)
            if table in have:
                kept[table] = SQL("t.company_id = %s", cls.company.id)
        # one that serves nobody waits for whoever takes it; the numbers by which all
        # companies' providers are ordered may change, where each keeps its order
        Provider = cls.env["fx.rate.provider"]
        serving = Provider.search([("company_ids", "in", cls.company.ids)])
        kept[Provider._table] = SQL("t.id = ANY(%s)", serving.ids)
        text = {
            Provider._table: SQL("(to_jsonb(t) - %s)::text", ["sequence", *_WRITTEN])
        }
        return SQL(" UNION ALL ").join(
            SQL(
                "SELECT %s, md5(string_agg(%s, '' ORDER BY t.id)) FROM %s t WHERE %s",
                table,
                text.get(table, SQL("t::text")),
                SQL.identifier(table),
                condition,
            )
            for table, condition in kept.items()
        )

    def _digest(self):
        self.env.flush_all()
        return dict(self.env.execute_query(self.kept))

    def _find_methods(self, record):
        """:return: names of public methods of a model that the addon defines"""
        return sorted(
            {
                name
                for cls in type(record).mro()
                if cls.__module__.startswith(OURS)
                for name, method in vars(cls).items()
                if inspect.isfunction(method)
                and not name.startswith("_")
                and name not in TRIED_ELSEWHERE
                and not getattr(method, "_api_private", False)
            }
        )

    def _fill(self, method):
        """:return: values of the parameters of a method that have no default"""
        needed = [
            one
            for one in list(inspect.signature(method).parameters.values())[1:]
            if one.default is one.empty
            and one.kind in (one.POSITIONAL_OR_KEYWORD, one.POSITIONAL_ONLY)
        ]
        return [GIVEN.get(one.name, "x") for one in needed]

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_model", "odoo.sql_db")
    def test_nobody_of_another_company_changes_anything(self):
        called = 0
        for record in self.tried:
            for name in self._find_methods(record):
                method = getattr(type(record), name)
                args = self._fill(method)
                if not getattr(method, "_api_model", False):
                    args.insert(0, record.ids)
                for user in self.strangers:
                    called += 1
                    with self.subTest(f"{record._name}.{name}", user=user.login):
                        self._call(record, name, args, user)
        self.assertGreater(called, 360)

    @mute_logger(
        "odoo.models",
        "odoo.addons.base.models.ir_model",
        "odoo.addons.base.models.ir_rule",
        "odoo.sql_db",
    )
    def test_rights_are_asked_before_anything_is_said(self):
        """Who may not write a record is told so, and not what else is wrong with it:
        that would say what it holds."""
        customer = new_test_user(self.env, "a_customer", groups="base.group_portal")
        tried = 0
        for record in self.tried:
            if type(record)._original_module != "multicurrency_crm":
                continue
            for user in (self.strangers[1], customer):
                companies = user.company_ids.ids
                context = {"allowed_company_ids": companies}
                theirs = record.with_user(user).with_context(
                    allowed_company_ids=companies
                )
                if not record or theirs.has_access("write"):
                    continue
                for vals in self._find_nonsense(record):
                    tried += 1
                    with self.subTest(record._name, vals=vals, user=user.login):
                        self._write_refused(record, vals, user, context)
        self.assertGreater(tried, 500)

    def _find_nonsense(self, record):
        """:return: values for each field that one could try to write"""
        for name, field in record._fields.items():
            if name in MAGIC_COLUMNS or not field.store or field.related:
                continue
            if field.type in ("float", "monetary"):
                yield {name: 1e-7}
            yield {name: self._forge(record.browse(), name)}
        yield {name: False for name, field in record._fields.items() if field.required}

    def _write_refused(self, record, vals, user, context):
        model = self.env(user=user, su=False, context=context)[record._name]
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            with self.assertRaises(AccessError):
                call_kw(model, "write", [record.ids, vals], {})
        finally:
            self.env.clear()
            savepoint.close(rollback=True)

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_model", "odoo.sql_db")
    def test_nobody_of_another_company_changes_anything_by_a_dialog(self):
        """A dialog that is made for a record of ours, by its id or the context."""
        called = 0
        for name, model in sorted(self.env.registry.items()):
            is_ours = model._original_module == "multicurrency_crm"
            if not is_ours or not model._transient:
                continue
            actions = self._find_methods(self.env[name])
            for values, context in self._fill_dialogs(name):
                for user in self.strangers:
                    for action in actions:
                        called += 1
                        with self.subTest(f"{name}.{action}", user=user.login):
                            self._press(name, values, context, action, user)
        self.assertGreater(called, 100)

    def _fill_dialogs(self, name):
        """:return: [(values, context)] by which a dialog is made for our records"""
        fields = self.env[name]._fields.values()
        values = {}
        for field in fields:
            if not field.store or field.name in MAGIC_COLUMNS or field.compute:
                continue
            if record := self.records.get(getattr(field, "comodel_name", None)):
                ids = record.ids
                is_one = field.type == "many2one"
                values[field.name] = ids[0] if is_one else [Command.set(ids)]
            elif field.comodel_name is None and field.type != "boolean":
                values[field.name] = self._forge(self.env[name].browse(), field.name)
        yield values, {}
        for model in ("sale.order", "res.partner", "customer.statement"):
            ids = self.records[model].ids
            yield (
                values,
                {"active_model": model, "active_ids": ids, "active_id": ids[0]},
            )

    def _press(self, name, values, context, action, user):
        made = []

        def press(model):
            context = {**model.env.context}
            made.append(call_kw(model, "create", [values], {"context": context}))
            args = self._fill(getattr(type(model), action))
            call_kw(model, action, [made, *args], {"context": context})

        self._try(name, user, context, press)

    def _call(self, record, name, args, user):
        self._try(record._name, user, {}, lambda model: call_kw(model, name, args, {}))

    def _try(self, name, user, context, attempt):
        context = {**context, "allowed_company_ids": self.elsewhere.ids}
        model = self.env(user=user, su=False, context=context)[name]
        before = self._digest()
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            attempt(model)
            after = self._digest()
            changed = sorted(table for table in after if after[table] != before[table])
            self.assertEqual(changed, [])
        except (UserError, psycopg2.IntegrityError) as refused:
            # a dialog that lacks what it needs: a sentence, where RPC asks
            self.assertTrue(str(refused).strip())
        finally:
            self.env.clear()
            savepoint.close(rollback=True)
