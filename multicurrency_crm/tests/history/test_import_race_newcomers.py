"""Two imports that create the same customer at the same moment: there is one."""

import threading
from base64 import b64encode

from odoo.exceptions import UserError
from odoo.service.model import retrying
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..rate_lock.race_common import RaceCase

NAME = "Kestrel Rope & Twine"


@tagged("post_install", "-at_install")
class TestNewcomerRace(RaceCase):
    def setUp(self):
        super().setUp()
        self.imports = []

    def _check_files(self, kind, texts):
        """Check a file each, before any of them is published."""
        with self.registry.cursor() as cr:
            env = self._env(cr)
            records = env["customer.import"].create(
                [
                    {
                        "kind": kind,
                        "file": b64encode(text.encode()),
                        "file_name": f"raced {number}.csv",
                        "create_customers": kind != "customers",
                    }
                    for number, text in enumerate(texts)
                ]
            )
            self.imports = records.ids
            records.action_dry_run()
            self.assertEqual(records.mapped("create_count"), [1, 1])

    def _publish_at_once(self):
        """Have each import published by a request of its own, at the same moment.

        :return: [error or None] in the order of the imports
        """
        said = [None] * len(self.imports)
        ready = threading.Barrier(len(self.imports))

        def publish(number, import_id):
            with self.registry.cursor() as cr:
                env = self._env(cr)
                record = env["customer.import"].browse(import_id)
                # from here on, it sees what was there before
                record.mapped("row_ids.state")
                ready.wait(30)
                try:
                    retrying(record.action_publish, env)
                except UserError as error:
                    said[number] = str(error)
                    cr.rollback()

        threads = [
            threading.Thread(target=publish, args=pair)
            for pair in enumerate(self.imports)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
            self.assertFalse(thread.is_alive())
        return said

    def _take_away(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            records = env["customer.import"].browse(self.imports)
            records.message_ids.unlink()
            env["customer.past.document"].search(
                [("import_id", "in", self.imports)]
            ).unlink()
            env.flush_all()
            # what was published stays; what was tried here goes past the ORM
            cr.execute(
                SQL("DELETE FROM customer_import WHERE id = ANY(%s)", self.imports)
            )
            env.invalidate_all()
            env["res.partner"].search([("name", "=", NAME)]).unlink()
        return super()._take_away()

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_documents_of_two_files_are_of_one_new_customer(self):
        head = "Customer,Order No,Date,Amount,Currency"
        with self.registry.cursor() as cr:
            code = self.currency.with_env(self._env(cr)).name
        self._check_files(
            "past",
            [f"{head}\n{NAME},K-{at},2026-01-0{at},5,{code}" for at in (1, 2)],
        )
        self.assertEqual(self._publish_at_once(), [None, None])
        with self.registry.cursor() as cr:
            env = self._env(cr)
            records = env["customer.import"].browse(self.imports)
            self.assertEqual(records.mapped("state"), ["done", "done"])
            partner = env["res.partner"].search([("name", "=", NAME)])
            self.assertEqual(len(partner), 1)
            documents = env["customer.past.document"].search(
                [("partner_id", "=", partner.id)]
            )
            self.assertEqual(sorted(documents.mapped("name")), ["K-1", "K-2"])

    @mute_logger("odoo.sql_db", "odoo.service.model")
    def test_of_two_files_of_customers_the_second_is_told(self):
        self._check_files("customers", [f"Customer,City\n{NAME},{c}" for c in "AB"])
        said = self._publish_at_once()
        self.assertEqual(said.count(None), 1)
        self.assertIn("brought in by somebody else", next(filter(None, said)))
        with self.registry.cursor() as cr:
            env = self._env(cr)
            records = env["customer.import"].browse(self.imports)
            self.assertEqual(sorted(records.mapped("state")), ["done", "ready"])
            self.assertEqual(env["res.partner"].search_count([("name", "=", NAME)]), 1)
