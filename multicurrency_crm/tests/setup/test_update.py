"""What the scripts of an update find in a database of the first version: little."""

import importlib.util
from pathlib import Path

from odoo.tests import TransactionCase, tagged

MIGRATIONS = Path(__file__).parents[2] / "migrations"

#: tables that the first version had; each later one is made by the update itself
FIRST = ("fx_rate_provider", "fx_rate_run", "fx_rate_hold", "fx_rate_named")


@tagged("post_install", "-at_install")
class TestUpdate(TransactionCase):
    def test_scripts_that_run_before_tables_are_made(self):
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT tablename FROM pg_tables
                WHERE schemaname = current_schema
                  AND (tablename LIKE 'credit\\_%%' OR tablename LIKE 'fx\\_%%')
                  AND tablename NOT IN %s""",
            [FIRST],
        )
        later = [table for [table] in self.env.cr.fetchall()]
        self.assertIn("credit_limit", later)
        for table in later:
            self.env.cr.execute(f'ALTER TABLE "{table}" RENAME TO "{table}_away"')
        scripts = sorted(MIGRATIONS.glob("*/pre-*.py"))
        self.assertTrue(scripts)
        for script in scripts:
            with self.subTest(script=script.name):
                spec = importlib.util.spec_from_file_location(script.stem, script)
                module = importlib.util.module_from_spec(spec)
                spec.loader.exec_module(module)
                module.migrate(self.env.cr, "19.0.1.0.0")
