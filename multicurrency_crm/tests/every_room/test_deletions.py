"""What is named by what is kept isn't deleted, and says so in words."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .guarded_common import GuardedCommon

OURS = "multicurrency_crm"

#: models whose deletion frees itself from what names them
FREED = {"sale.order", "account.move"}


@tagged("post_install", "-at_install")
class TestDeletions(GuardedCommon):
    def _find_restrictions(self):
        """:return: [(model, field, model that it names)] of all foreign keys of ours by
        which PostgreSQL refuses a deletion, as the database has them"""
        self.env.cr.execute(
            """SELECT r.relname, a.attname, f.relname
                 FROM pg_constraint c
                 JOIN pg_class r ON r.oid = c.conrelid
                 JOIN pg_class f ON f.oid = c.confrelid
                 JOIN pg_attribute a
                   ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
                WHERE c.contype = 'f' AND c.confdeltype NOT IN ('c', 'n')"""
        )
        models = {
            model._table: name
            for name, model in self.env.registry.items()
            if model._auto and not model._abstract
        }
        found = []
        for table, column, named in self.env.cr.fetchall():
            if table not in models or named not in models:
                continue
            field = self.env[models[table]]._fields.get(column)
            if field and field._modules[:1] == (OURS,):
                found.append((models[table], column, models[named]))
        return found

    def test_each_model_that_is_named_says_so(self):
        found = self._find_restrictions()
        self.assertGreater(len(found), 20)
        silent = {
            (model, field, named)
            for model, field, named in found
            if named not in FREED and (model, field) not in self._get_known(named)
        }
        self.assertEqual(silent, set(), "these need used.mixin")

    def _get_known(self, named):
        Named = self.env[named]
        if not hasattr(Named, "_get_users_of_model"):
            return ()
        return Named._get_users_of_model()

    def test_deleting_is_refused_in_words(self):
        """Whatever record names another one, which is then deleted by somebody who may
        do all."""
        tried = set()
        for model, name, named in self._find_restrictions():
            record = self.records.get(model)
            used = record and record.sudo()[name]
            if not used or named in FREED:
                continue
            tried.add((model, name))
            with self.subTest(model=model, field=name):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    used.unlink()
                    used.env.flush_all()
        self.assertGreater(len(tried), 12, tried)

    def test_a_provider_with_named_rates_alone(self):
        provider = self.env["fx.rate.provider"].create(
            {**self._new("fx.rate.provider"), "name": "Customs office"}
        )
        self.env.cr.execute(
            """INSERT INTO fx_rate_named
                      (provider_id, company_id, currency_id, date, rate, kind, quoted)
               SELECT %s, %s, %s, '2026-11-20', 0.14, 'customs', '7.1' """,
            [provider.id, self.company.id, self.usd.id],
        )
        with self.assertRaisesRegex(UserError, "(?s)Customs office.*1 × .*Archive it"):
            provider.unlink()
        provider.action_archive()
        self.assertFalse(provider.active)

    def test_what_nobody_names_is_deleted(self):
        provider = self.env["fx.rate.provider"].create(
            self._new("fx.rate.provider") | {"name": "Unused"}
        )
        partner = self.env["res.partner"].create({"name": "Nobody's customer"})
        (partner | partner.copy()).unlink()
        provider.unlink()
        self.assertFalse(partner.exists() or provider.exists())

    def test_what_is_deleted_together(self):
        """One draft that supersedes another, and is deleted with it."""
        Lock = self.env["fx.rate.lock"]
        first = Lock.create(self._new("fx.rate.lock"))
        second = Lock.create(self._new("fx.rate.lock"))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE fx_rate_lock SET supersedes_id = %s WHERE id = %s",
            [first.id, second.id],
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "Rate Lock"), self.env.cr.savepoint():
            first.unlink()
        (first | second).unlink()
        self.assertFalse((first | second).exists())
