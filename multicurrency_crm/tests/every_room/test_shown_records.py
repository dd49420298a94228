"""A dialog shows nothing of records that its user doesn't read, however it is made."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.models import MAGIC_COLUMNS
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .guarded_common import ROLES, GuardedCommon

MIXIN = "shown.records.mixin"


@tagged("post_install", "-at_install")
class TestShownRecords(GuardedCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls._create_company("Elsewhere", cls.eur)
        cls.strangers = [
            new_test_user(
                cls.env,
                f"onlooker_{name}",
                groups=f"base.group_user,{ROLES[name]}",
                company_id=cls.elsewhere.id,
                company_ids=[Command.set(cls.elsewhere.ids)],
            )
            for name in ("seller_all", "finance", "administrator")
        ]
        cls.env.flush_all()

    def _find_dialogs(self):
        for name, model in sorted(self.env.registry.items()):
            if model._original_module == "multicurrency_crm" and model._transient:
                yield name

    def test_each_dialog_is_made_of_it(self):
        made = self.env.registry[MIXIN]
        dialogs = list(self._find_dialogs())
        self.assertGreater(len(dialogs), 20)
        for name in dialogs:
            with self.subTest(name):
                self.assertTrue(issubclass(self.env.registry[name], made))

    def _find_named(self, name):
        """[(field, record)] of what a dialog may be made to show."""
        for field in self.env[name]._fields.values():
            if field.name in MAGIC_COLUMNS or not field.relational:
                continue
            record = self.records.get(field.comodel_name)
            if field.comodel_name == "res.company":
                record = self.company
            if record:
                yield field, record[:1]

    @mute_logger("odoo.models", "odoo.addons.base.models.ir_rule", "odoo.sql_db")
    def test_nobody_is_shown_what_isnt_theirs(self):
        tried = 0
        for name in self._find_dialogs():
            for field, record in self._find_named(name):
                for user in self.strangers:
                    Dialog = (
                        self.env[name]
                        .with_user(user)
                        .with_context(allowed_company_ids=self.elsewhere.ids)
                    )
                    theirs = record.with_env(Dialog.env)
                    hidden = record._name == "res.company" or not theirs.has_access(
                        "read"
                    )
                    if not hidden or not Dialog.has_access("create"):
                        continue
                    tried += 1
                    with self.subTest(f"{name}.{field.name}", user=user.login):
                        self._try(Dialog, field, record.id)
        self.assertGreater(tried, 15)

    def _try(self, Dialog, field, id_):
        spec = {name: {} for name in Dialog._fields}
        one = field.type == "many2one"
        given = id_ if one else [Command.set([id_])]
        ways = [given, {"id": id_}, str(id_), [id_, "Name"]] if one else [given]
        ways += [] if one else [[Command.link(id_)], [id_], [Command.set([str(id_)])]]
        for value in ways:
            vals = {field.name: value}
            with self.assertRaises(AccessError):
                Dialog.create(vals)
            with self.assertRaises(AccessError):
                Dialog.onchange(dict(vals), [field.name], spec)
            with self.assertRaises(AccessError):
                Dialog.onchange(dict(vals), [], spec)
        if field.store:
            asked = Dialog.with_context(**{f"default_{field.name}": given})
            with self.assertRaises(AccessError):
                asked.default_get([field.name])
            with self.assertRaises(AccessError):
                asked.create({})
