"""What a wheel carries, on one that is made by hand."""

import csv
import io
import tempfile
import unittest
import zipfile
from pathlib import Path

from devtools import wheel_contents

INFO = "odoo_addon_multicurrency_crm-19.0.dist-info"


class TestWheelContents(unittest.TestCase):
    """A wheel of an addon, its tests and a list of both."""

    def test_licence_comes_and_tests_go(self):
        with tempfile.TemporaryDirectory() as folder:
            wheel, licence = Path(folder, "addon.whl"), Path(folder, "LICENSE")
            licence.write_text("LGPL")
            with zipfile.ZipFile(wheel, "w") as archive:
                for name in (
                    "odoo/addons/multicurrency_crm/__init__.py",
                    "odoo/addons/multicurrency_crm/tests/fixtures/rates.csv",
                    f"{INFO}/METADATA",
                    f"{INFO}/RECORD",
                ):
                    archive.writestr(name, "x")
            wheel_contents.finish(wheel, licence)
            with zipfile.ZipFile(wheel) as archive:
                names = archive.namelist()
                record = archive.read(f"{INFO}/RECORD").decode()
        self.assertEqual(
            set(names),
            {
                "odoo/addons/multicurrency_crm/__init__.py",
                f"{INFO}/METADATA",
                f"{INFO}/RECORD",
                f"{INFO}/licenses/LICENSE",
            },
        )
        listed = {row[0]: row[1:] for row in csv.reader(io.StringIO(record))}
        self.assertEqual(set(listed), set(names), "A wheel lists each of its files")
        self.assertEqual(listed[f"{INFO}/licenses/LICENSE"][1], "4")
        self.assertEqual(listed[f"{INFO}/RECORD"], ["", ""])


if __name__ == "__main__":
    unittest.main()
