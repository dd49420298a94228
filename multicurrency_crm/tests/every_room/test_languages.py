"""Every screen, sentence and print in languages that write numbers, dates and lists in
other ways than English: Babel's data differ, and some lack parts."""

from odoo.tests import tagged

from ..counts import tell
from .screens_common import MODULE
from .screens_press import ScreensPress

#: comma and point, right to left, no plural, other scripts, regions
LANGUAGES = (
    "es_ES",
    "fr_FR",
    "de_DE",
    "nl_NL",
    "ar_001",
    "ja_JP",
    "ru_RU",
    "zh_CN",
    "zh_TW",
)


@tagged("post_install", "-at_install")
class TestLanguages(ScreensPress):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for code in LANGUAGES:
            cls.env["res.lang"]._activate_lang(code)
        cls.user = cls.colleagues["manager", 1]
        cls.user.group_ids |= cls.env.ref("multicurrency_crm.group_credit_manager")
        cls.user.group_ids |= cls.env.ref("account.group_account_manager")
        cls.user.group_ids |= cls.env.ref("sales_team.group_sale_manager")

    def _speaking(self):
        """Yield (language, environment) of a colleague who speaks it."""
        for code in LANGUAGES:
            self.user.lang = code
            context = {
                "lang": code,
                "tz": "Asia/Shanghai",
                "uid": self.user.id,
                "allowed_company_ids": self.user.company_ids.ids,
            }
            yield code, self.env(user=self.user, context=context)

    def test_screens(self):
        opened = 0
        for code, env in self._speaking():
            for name in self._find_own("ir.actions.act_window"):
                action = env["ir.actions.actions"]._for_xml_id(f"{MODULE}.{name}")
                if not env[action["res_model"]].has_access("read"):
                    continue
                with self._trying(f"action {name}", code):
                    opened += 1
                    self._open_action(env, {**action, "context": {}}, name, code)
        tell("Languages: %s, %s actions opened", len(LANGUAGES), opened)
        self._say_faults()

    def test_records(self):
        """Whatever a record says of itself: all fields of the addon."""
        read = 0
        for code, env in self._speaking():
            for model, records in self.records.items():
                own = [
                    name
                    for name, field in env[model]._fields.items()
                    if field._modules[:1] == (MODULE,)
                    and env[model]._has_field_access(field, "read")
                ]
                for record in records.with_env(env)._filtered_access("read"):
                    with self._trying(f"read {model}", code):
                        read += len(own)
                        record.read([*own, "display_name"])
        tell("Languages: %s figures and sentences read", read)
        self._say_faults()

    def test_buttons(self):
        """What buttons answer, in words: refusals, dialogs and notifications."""
        for code, env in self._speaking():
            for (model, name), element in self._find_buttons(env).items():
                records = self.records[model].with_env(env)
                for record in records._filtered_access("read")[:1]:
                    with self._trying(f"button {model}.{name}", code):
                        action = self._press(env, model, record, element)
                        self._open_action(env, action, name, code)
        self._say_faults()

    def _find_buttons(self, env):
        """:return: {(model, method or action): element} of the addon's buttons"""
        own = self._find_own_buttons()
        return {
            (model, element.get("name")): element
            for view in self._find_views()
            if env[view.model].has_access("read")
            for model, element in self._read_view(env, view)
            if element.tag == "button"
            and element.get("name") in own
            and model in self.records
        }

    def test_prints(self):
        order = self.locked
        for code, env in self._speaking():
            order.partner_id.lang = code
            order.partner_id.print_rate_lock = True
            with self._trying("quotation", code):
                html, kind = env["ir.actions.report"]._render_qweb_html(
                    "sale.report_saleorder", order.ids
                )
                self.assertEqual(kind, "html")
                self.assertIn(order.name, html.decode())
        self._say_faults()
