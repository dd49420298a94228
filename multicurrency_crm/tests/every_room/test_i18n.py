"""The translation template holds what the addon says, and Chinese says all of it."""

import io
import re
from pathlib import Path

import polib

from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import trans_export

MODULE = "multicurrency_crm"
I18N = Path(__file__).parents[2] / "i18n"
FIELD = re.compile(r"model:ir\.model\.fields,\w+:\w+\.field_(\w+?)__(\w+)$")
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]")
TAG = re.compile(r"<[^<>]*>")
#: attributes that readers see, so the only ones that a translation may change
READ = re.compile(r'\b(title|alt|placeholder|aria-label)="[^"]*"')


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = polib.pofile(str(I18N / f"{MODULE}.pot"))
        cls.chinese = polib.pofile(str(I18N / "zh_CN.po"))
        cls.models = {name.replace(".", "_"): name for name in cls.env.registry}

    def _is_ours(self, occurrence):
        """Whether a place is the same in every database that has the addon.

        Demonstration records aren't, nor are the fields that other addons, installed
        or not, give to our models through mail's mixins.
        """
        if f":{MODULE}.demo_" in occurrence:
            return False
        if not (match := FIELD.match(occurrence)):
            return True
        model = self.models.get(match[1])
        field = model and self.env[model]._fields.get(match[2])
        return not field or not field._modules or MODULE in field._modules

    def _get_sources(self, catalogue):
        return {
            entry.msgid
            for entry in catalogue
            if any(self._is_ours(place) for place, _line in entry.occurrences)
        }

    def test_template_is_current(self):
        """Odoo's own export of this database finds the sentences of the template."""
        buffer = io.BytesIO()
        trans_export(None, [MODULE], buffer, "po", self.env)
        exported = self._get_sources(polib.pofile(buffer.getvalue().decode()))
        self.assertEqual(
            exported ^ self._get_sources(self.template),
            set(),
            f"Export i18n/{MODULE}.pot again (odoo i18n export), then translate.",
        )

    def test_chinese_is_complete(self):
        """Every sentence of the template has a Chinese one, and no other has."""
        translated = {entry.msgid for entry in self.chinese.translated_entries()}
        self.assertEqual(translated, {entry.msgid for entry in self.template})
        self.assertFalse(self.chinese.fuzzy_entries())
        self.assertFalse(self.chinese.obsolete_entries())

    def test_chinese_keeps_places_and_tags(self):
        """Odoo drops a translation with other places or tags than its source."""
        for entry in self.chinese:
            with self.subTest(msgid=entry.msgid):
                self.assertEqual(
                    sorted(PLACE.findall(entry.msgstr)),
                    sorted(PLACE.findall(entry.msgid)),
                )
                self.assertEqual(
                    self._get_tags(entry.msgstr), self._get_tags(entry.msgid)
                )

    def _get_tags(self, text):
        return [READ.sub("", tag) for tag in TAG.findall(text)]
