"""The rules of the house hold, and each finds what breaks it."""

import importlib.util
import tempfile
from pathlib import Path
from unittest.mock import patch

from odoo.tests import BaseCase, tagged

ADDON = Path(__file__).resolve().parents[2]

ROOMS_WITH_CREDIT = "from . import common, currency, rates, credit\n"

#: a house of two rooms that breaks no rule
SOUND = {
    "models/__init__.py": "from . import common, currency, rates\n",
    "models/common/__init__.py": "from . import res_company\n",
    "models/common/res_company.py": """
class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_today(self):
        return fields.Date.context_today(self)
""",
    "models/currency/__init__.py": """
from . import listed_mixin
from . import res_partner, sale_order
""",
    "models/currency/listed_mixin.py": """
class ListedMixin(models.AbstractModel):
    _name = "listed.mixin"

    listed = fields.Boolean()
""",
    "models/currency/res_partner.py": """
class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        return super().write(vals)
""",
    "models/currency/sale_order.py": """
class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "listed.mixin"]
""",
    "models/rates/__init__.py": "from . import fx_source, res_partner\n",
    "models/rates/fx_source.py": """
class FxSource(models.Model):
    _name = "fx.source"

    name = fields.Char()

    def write(self, vals):
        return super().write(vals)
""",
    "models/rates/res_partner.py": """
class ResPartner(models.Model):
    _inherit = "res.partner"

    rate_age = fields.Integer()

    def _get_age(self):
        return self.rate_age if self.listed else self.env["fx.source"]

    def write(self, vals):
        return super().write(vals)
""",
    "views/rates/menus.xml": '<odoo><menuitem id="menu_age" parent="menu"/></odoo>',
    "engine/ages.py": "def get_age(day):\n    return day\n",
}


@tagged("post_install", "-at_install")
class TestHouse(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # beside an installed addon there is nothing that reads it
        if not importlib.util.find_spec("devtools"):
            cls.skipTest(cls, "not in a checkout of the repository")
        from devtools import house

        cls.house = house

    def _find(self, changes=()):
        """Complaints about the sound house, with some files changed.

        :param changes: {path: what is added to the file}
        """
        with tempfile.TemporaryDirectory() as folder:
            files = dict(SOUND)
            for name, text in dict(changes).items():
                files[name] = files.get(name, "") + text
            for name, text in files.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return self.house.find_complaints(Path(folder))

    def _assert_finds(self, pattern, changes):
        found = self._find(changes)
        # a new file is in no list: that has a test of its own
        complaints = [one for one in found if "nobody imports it" not in one]
        self.assertEqual(len(complaints), 1, complaints)
        self.assertRegex(complaints[0], pattern)

    def test_the_house_is_sound(self):
        self.assertEqual(self.house.find_complaints(ADDON), [])

    def test_nothing_to_find(self):
        self.assertEqual(self._find(), [])

    def test_a_method_twice(self):
        again = """
class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        return super().write(vals)
"""
        self._assert_finds(
            r"rates/res_partner.py.*res.partner.write is defined 2 times.*rates",
            {"models/rates/res_partner_age.py": again},
        )

    def test_two_models_in_a_file(self):
        other = '\nclass Other(models.Model):\n    _name = "fx.other"\n'
        self._assert_finds(
            "fx_source.py:1: holds 2 models: fx.other, fx.source",
            {"models/rates/fx_source.py": other},
        )

    def test_a_file_called_something_else(self):
        other = '\nclass Other(models.Model):\n    _name = "fx.other"\n'
        self._assert_finds(
            "fx_bother.py:1: holds fx.other", {"models/rates/fx_bother.py": other}
        )

    def test_an_order_of_imports(self):
        places = {"models/rates/__init__.py": "from . import age_b, age_a\n"}
        self.assertIn(
            "models/rates/__init__.py:1: age_b is not in its alphabetical place",
            self._find(places),
        )

    def test_no_model_among_the_abstract_ones(self):
        self.assertIn(
            "models/rates/__init__.py:1: fx_source is listed among the abstract models",
            self._find({"models/rates/__init__.py": "from . import res_partner\n"}),
        )

    def test_reaching_up(self):
        """By a field, a model, a method, a menu, or an import."""
        for use in (
            "age = fields.Integer(related='partner_id.rate_age')",
            "def age(self):\n        return self.rate_age",
            "def source(self):\n        return self.env['fx.source']",
            "def age(self):\n        return self._get_age()",
            "def menu(self):\n        return self.env.ref('module.menu_age')",
            "def rate(self):\n        from ..rates.res_partner import ResPartner",
            "def rate(self):\n        from .. import rates",
            "def rate(self):\n        import odoo.addons.x.models.rates.ages",
            "def age(self):\n        return self.sudo()._read(rate_age=1)",
            "def age(self):\n        return self.with_context(default_rate_age=1)",
            "def age(self):\n        return SQL('SELECT rate_age FROM res_partner')",
            "def age(self):\n        return f'{self} {1} rate_age desc'",
            "def source(self):\n        return SQL('SELECT 1 FROM fx_source')",
        ):
            with self.subTest(use=use):
                self._assert_finds(
                    "currency/sale_order.py:.*: currency (names|imports)",
                    {"models/currency/sale_order.py": f"\n    {use}\n"},
                )

    def test_a_part_reaching_up(self):
        """A room in two parts: its own order, by imports and by what a part adds to a
        model of the other one."""
        divided = {
            "models/__init__.py": "",
            "models/credit/__init__.py": "from . import limits, assessment\n",
            "models/credit/limits/__init__.py": "from . import credit_policy\n",
            "models/credit/limits/credit_policy.py": """
class CreditPolicy(models.Model):
    _name = "credit.policy"

    def _get_policies(self):
        return self
""",
            "models/credit/assessment/__init__.py": "from . import credit_policy\n",
            "models/credit/assessment/credit_policy.py": """
class CreditPolicy(models.Model):
    _inherit = "credit.policy"

    floor_ids = fields.One2many("credit.floor")

    def _get_floors(self):
        return self._get_policies().floor_ids
""",
        }
        with patch.dict(SOUND, {**SOUND, "models/__init__.py": ROOMS_WITH_CREDIT}):
            self.assertEqual(self._find(divided), [])
            for use in (
                "def floor(self):\n        return self.floor_ids",
                "def rate(self):\n        from ..assessment.credit_policy import A",
            ):
                with self.subTest(use=use):
                    changed = dict(divided)
                    changed["models/credit/limits/credit_policy.py"] += f"\n    {use}\n"
                    self._assert_finds(
                        "limits/credit_policy.py:.*: limits (names|imports)", changed
                    )

    def test_a_view_reaching_up(self):
        view = '<odoo><field name="arch"><field name="rate_age"/></field></odoo>'
        self._assert_finds(
            "currency names rate_age, a field of rates",
            {"views/currency/sale_order_views.xml": view},
        )

    def test_a_record_of_another_module_called_as_ours(self):
        files = {
            "views/rates/page.xml": '<odoo><template id="sale_page"/></odoo>',
            "views/currency/page.xml": '<odoo><t inherit_id="sale.sale_page"/></odoo>',
        }
        self.assertEqual(self._find(files), [])
        files["views/currency/page.xml"] = (
            '<odoo><t inherit_id="multicurrency_crm.sale_page"/></odoo>'
        )
        self._assert_finds("currency names .*sale_page, a XML id of rates", files)

    def test_other_files_reaching_up(self):
        """By the manifest's blocks: files outside the rooms' folders."""
        manifest = """{"data": [
        # settings
        "views/menus.xml",
        # room: currency
        "security/access-currency.csv",
        "data/currency.xml",
        # room: rates
        "data/rates.xml",
]}
"""
        for path, text in (
            ("security/access-currency.csv", "access_source,model_fx_source,1,0,0,0"),
            ("data/currency.xml", '<odoo><record id="a" model="fx.source"/></odoo>'),
            ("views/menus.xml", "<odoo><field ref='menu_age'/></odoo>"),
        ):
            with self.subTest(path=path):
                files = {"__manifest__.py": manifest, path: text}
                self._assert_finds(f"{path}:1: (currency|common) names", files)
        files = {"__manifest__.py": manifest, "data/rates.xml": "<a b='fx.source'/>"}
        self.assertEqual(self._find(files), [])

    def test_a_clock(self):
        for day in (
            "fields.Date.context_today(self)",
            "fields.Date.today",
            "fields.Datetime.now().date()",
            "SQL('SELECT CURRENT_DATE')",
        ):
            with self.subTest(day=day):
                use = f"\n    def day(self):\n        return {day}\n"
                self._assert_finds(
                    "knows a clock", {"models/currency/sale_order.py": use}
                )

    def test_a_file_that_nobody_imports(self):
        other = '\nclass Other(models.Model):\n    _name = "fx.other"\n'
        found = self._find({"models/rates/fx_other.py": other})
        self.assertEqual(found, ["models/rates/fx_other.py:1: nobody imports it"])

    def test_a_field_twice(self):
        field = "\n    listed = fields.Integer()\n"
        files = {
            "models/rates/fx_source.py": field,
            "models/rates/fx_source_facts.py": "\nclass FxSource(models.Model):\n"
            f'    _inherit = "fx.source"\n{field}',
            "models/rates/__init__.py": "from . import fx_source_facts\n",
        }
        self.assertTrue(
            any(
                "fx.source.listed is defined 2 times" in one
                for one in self._find(files)
            )
        )

    def test_arithmetic_that_knows_odoo(self):
        self._assert_finds(
            "engine/ages.py:3: imports odoo",
            {"engine/ages.py": "from odoo import fields\n"},
        )
        for module in ("odoo", "x.models.rates"):
            use = {"engine/ages.py": f"def get():\n    import {module}\n"}
            self._assert_finds("engine/ages.py:4: imports odoo", use)
        use = {"engine/ages.py": "from ..providers import base\n"}
        self._assert_finds("the engine imports providers", use)

    def test_too_long(self):
        body = "\n".join(f"    day += {n}" for n in range(40))
        self._assert_finds(
            "get_long has 40 lines",
            {"engine/ages.py": f"def get_long(day):\n{body}\n"},
        )
        self._assert_finds(
            "engine/ages.py:1: has", {"engine/ages.py": "DAY = 1\n" * 700}
        )

    def test_words(self):
        self._assert_finds(
            "tell_age: say what it does",
            {"engine/ages.py": "def tell_age(day):\n    return day\n"},
        )
        docstring = '"""\n:{} ValueError: never\n"""\n'.format("raise")
        self._assert_finds(":raises X:", {"engine/ages.py": docstring})
        self._assert_finds(
            "a banner is", {"models/rates/fx_source.py": "\n    #=== AGE ===#\n"}
        )

    def test_what_is_said_is_text(self):
        for said in (
            "activity_schedule(note=reason)",
            "activity_schedule(note=self.env._('Why: %s', reason))",
            "message_post(body=f'<b>{reason}</b>')",
            "_message_log(body=reason)",
        ):
            with self.subTest(said=said):
                use = f"\n    def say(self, reason):\n        self.{said}\n"
                self._assert_finds("as_html", {"models/currency/sale_order.py": use})
        use = """
    def say(self, reason):
        self.message_post(body=as_html(reason))
"""
        self.assertEqual(self._find({"models/currency/sale_order.py": use}), [])
