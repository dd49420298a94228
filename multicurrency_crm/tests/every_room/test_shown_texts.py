"""What screens show as texts are texts: no record, and no mapping, printed as Python
prints it."""

import re

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import MultiCurrencyCommon

MODULE = "multicurrency_crm"
#: As Python prints what is no text: ``payment.promise()``, ``{}``, ``<… at 0x…>``.
PRINTED = re.compile(r"[\w.]+\((\d+,?|<.*>)?( \d+,?)*\)|\{.*\}|\[.*\]|<.* at 0x\w+>")


@tagged("post_install", "-at_install")
class TestShownTexts(MultiCurrencyCommon):
    def _find_texts(self):
        """:yield: (model, field) of the addon's computed texts"""
        for name, model in sorted(self.env.registry.items()):
            for field in model._fields.values():
                if (
                    field.type in ("char", "text", "html")
                    and field.compute
                    and field._modules == (MODULE,)
                    and not model._abstract
                ):
                    yield name, field

    def test_on_a_record_that_has_nothing_yet(self):
        found, read = [], 0
        for name, field in self._find_texts():
            record = self.env[name].new({})
            try:
                with mute_logger("odoo"):
                    text = record[field.name]
            except Exception as error:  # noqa: BLE001 - shown of whole records only
                if "that is no text" in str(error):
                    found.append(str(error))
                continue
            read += 1
            if text is not False and PRINTED.fullmatch(str(text)):
                found.append(f"{field}: {text}")
        self.assertFalse(found)
        self.assertGreater(read, 100)

    def test_tests_refuse_what_is_no_text(self):
        """Whatever a test does, the addon's texts are watched."""
        dialog = self.env["payment.promise.make"].new({})
        for wrong in (self.env["payment.promise"], {}, []):
            with self.assertRaises(TypeError):
                dialog.note = wrong
        dialog.note = False
        self.assertFalse(dialog.note)
