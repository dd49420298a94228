"""What is remembered between transactions is remembered in one place."""

import re
from pathlib import Path

from odoo.tests import TransactionCase, tagged

ADDON = Path(__file__).parents[2]
#: remembered by Odoo's cache: it follows from code, never changes, or Odoo itself
#: clears the cache where it does (countries)
UNCHANGING = {
    "_find_publisher_names",
    "_get_countries",
    "_get_root_id",
    "_get_users_of_model",
}


@tagged("post_install", "-at_install")
class TestRemembered(TransactionCase):
    def test_stored_data_is_remembered_in_one_way(self):
        """Odoo's cache keeps what was read before a change was committed."""
        found, clears = set(), set()
        for path in (ADDON / "models").rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            decorated = r"@(?:tools\.)?ormcache\(.*\)\s+def (\w+)"
            found.update(re.findall(decorated, text))
            if re.search(r"\bclear_(all_)?caches?\b", text):
                clears.add(path.name)
        self.assertEqual(found, UNCHANGING)
        self.assertEqual(clears, {"remembered.py"})

    def test_a_new_company_is_known(self):
        Company = self.env["res.company"]
        main = Company.create({"name": "Main"})
        self.assertEqual(Company._get_branch_ids(main.id), tuple(main.ids))
        branch = Company.create({"name": "Branch", "parent_id": main.id})
        self.assertEqual(set(Company._get_branch_ids(main.id)), {main.id, branch.id})

    def test_a_savepoint_that_is_rolled_back_is_forgotten(self):
        Company = self.env["res.company"]
        main = Company.create({"name": "Main"})
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            Company.create({"name": "Branch", "parent_id": main.id})
            self.assertEqual(len(Company._get_branch_ids(main.id)), 2)
            raise ZeroDivisionError
        self.assertEqual(Company._get_branch_ids(main.id), tuple(main.ids))
