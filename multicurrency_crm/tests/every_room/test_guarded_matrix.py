"""Every guarded field × every way in × every role: none gets a client's value.

The lists of fields, models and relations are read from the registry: what is added
later is tried, too.
"""

from collections import Counter

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import get_public_method
from odoo.tests import tagged

from ..counts import tell
from .guarded_common import ROLES, GuardedCommon

#: fields that some roles write all the same, by a door of their own that asks for it
DOORS = {("res.partner", "credit_hold"): {"credit_manager", "manager", "administrator"}}
#: a way in is closed by a sentence, or by taking no notice
REFUSED = (UserError, ValueError)


@tagged("post_install", "-at_install")
class TestGuardedMatrix(GuardedCommon):
    def setUp(self):
        super().setUp()
        self.tried = Counter()

    # === THE LISTS === #

    def _get_models(self):
        """:return: {model: its guarded fields} of all models that are stored"""
        return {
            name: model._guarded_fields
            for name, model in self.env.registry.items()
            if getattr(model, "_guarded_fields", None)
            and not model._abstract
            and model._auto
        }

    def _cells(self):
        for model, guarded in self._get_models().items():
            for role, user in self.roles.items():
                # sudo gives nobody a way in
                for su in (False, True):
                    env = self.env(user=user, su=su)
                    yield env, role, self.records[model].with_env(env), guarded

    def _attempt(self, way, record, name, attempt):
        """:return: what the attempt made, or None where it was refused"""
        self.tried[way] += 1
        # as in a request: Odoo goes back to its user where commands lead to partners
        self.patch(self.env.transaction, "default_env", record.env(su=False))
        try:
            with self.env.cr.savepoint():
                made = attempt()
                made.flush_recordset()
                return made
        except REFUSED:
            self.env.invalidate_all()
            return None

    def assertNotForged(self, way, record, name, value, was=None):
        """:param was: the value before; None: a new record, which nothing else gives
        a value but that of an empty field"""
        role = record.env.user.login.removeprefix("forger_")
        if role in DOORS.get((record._name, name), ()):
            return
        record.invalidate_recordset([name])
        field = record._fields[name]
        got = field.convert_to_write(record.sudo()[name], record)
        if isinstance(value, list) or (was is None and not value):
            return  # commands on a relation; what is empty anyway
        self.assertFalse(
            got == value and got != was,
            f"{record.env.user.login} (su={record.env.su}) set {record._name}.{name} "
            f"to {value!r} by {way}",
        )

    def _get_stored(self, record, name):
        return record._fields[name].convert_to_write(record.sudo()[name], record)

    # === THE TESTS === #

    def test_every_guarded_model_has_a_record(self):
        """A model with guarded fields that is added is put into the matrix."""
        self.assertEqual(
            {name for name in self._get_models() if not self.records.get(name)}, set()
        )
        for record in self.records.values():
            self.assertEqual(len(record), 1, record)

    def test_every_stored_readonly_field_is_guarded(self):
        """What the addon keeps and shows read-only is closed, or says why it isn't."""
        #: evidence that ``create`` and ``write`` drop, and providers write in SQL
        dropping = {"res.currency.rate", "fx.rate.named"}
        missing = []
        for name, model in self.env.registry.items():
            if model._abstract or model._transient or not model._auto:
                continue
            guarded = getattr(model, "_guarded_fields", {})
            missing += [
                f"{name}.{field.name}"
                for field in model._fields.values()
                if field._modules[:1] == ("multicurrency_crm",)
                and field.store
                and field.readonly
                and field.name not in guarded
                and getattr(field, "guarded", None) is not False
                and name not in dropping
                and field.name not in ("id", "create_uid", "create_date")
                and field.name not in ("write_uid", "write_date")
            ]
        self.assertEqual(missing, [])

    def test_values_are_refused(self):
        """vals of write and create, a copy's default, the import, web_save, RPC."""
        for env, _role, record, guarded in self._cells():
            new = self._new(record._name)
            for name, field in guarded.items():
                value, was = self._forge(record, name), self._get_stored(record, name)
                plain = (
                    field.to_string(value)
                    if field.type in ("date", "datetime")
                    else value
                )
                ways = {"write": lambda r=record, v={name: value}: r.write(v) and r}
                if not env.su:
                    ways["web_save"] = lambda r=record, v={name: plain}: (
                        r.web_save(v, {}) and r
                    )
                    if field.type not in ("one2many", "many2many"):
                        ways["load"] = lambda r=record, n=name, v=plain: self._load(
                            r, n, v
                        )
                for way, attempt in ways.items():
                    self._attempt(way, record, name, attempt)
                    self.assertNotForged(way, record, name, value, was)
                if env.su and name != min(guarded):
                    continue  # what follows is the same whatever the field
                if new is None:
                    continue
                for way, attempt in {
                    "create": lambda r=record, v={**new, name: value}: (
                        r.browse().create([v])
                    ),
                    "copy": lambda r=record, v={name: value}: r.copy(v),
                }.items():
                    made = self._attempt(way, record, name, attempt)
                    if made:
                        self.assertNotForged(way, made, name, value)
        self._print()

    def _load(self, record, name, value):
        field = record._fields[name]
        column = f"{name}/.id" if field.type == "many2one" else name
        result = record.load([".id", column], [[str(record.id), str(value)]])
        return record if result["ids"] else record.browse()

    def test_defaults_are_ignored(self):
        """``default_*`` keys and personal defaults of every guarded field at once,
        for what people enter and for what the addon makes in their name."""
        for model, guarded in self._get_models().items():
            record = self.records[model]
            forged = {
                name: self._forge(record, name)
                for name, field in guarded.items()
                if field.type not in ("one2many", "many2many")
            }
            new = self._new(model)
            for role, user in self.roles.items():
                keys = {f"default_{name}": value for name, value in forged.items()}
                attempts = {
                    "context": (False, keys),
                    "context, sudo": (True, keys),
                    "ir.default": (False, {}),
                    "ir.default, sudo": (True, {}),
                }
                for way, (su, context) in attempts.items():
                    env = self.env(user=user, su=su)
                    if not context:
                        self._set_defaults(env, model, forged)
                    Model = env[model].with_context(**context)
                    if new is not None:
                        made = self._attempt(
                            way, Model, "", lambda M=Model, v=new: M.create([dict(v)])
                        )
                    else:
                        made = Model.new({})  # nobody enters one
                        values = Model.default_get(list(forged))
                        self.assertFalse(
                            {n for n in forged if values.get(n) == forged[n]},
                            (model, role, way),
                        )
                    self.tried[way] += len(forged)
                    for name, value in forged.items() if made and made.id else ():
                        self.assertNotForged(way, made, name, value)
            self.env["ir.default"].sudo().search(
                [("user_id", "in", [user.id for user in self.roles.values()])]
            ).unlink()
        self._print()

    def _set_defaults(self, env, model, forged):
        for name, value in forged.items():
            field = env[model]._fields[name]
            if field.type in ("date", "datetime"):
                value = field.to_string(value)
            env["ir.default"].set(model, name, value, user_id=True)

    def test_commands_of_a_parent_are_refused(self):
        """By one2many and many2many fields of whatever model leads there."""
        guarded_models = self._get_models()
        doors = [
            (model, field)
            for model, Model in self.env.registry.items()
            if not Model._abstract and not Model._transient and Model._auto
            for field in Model._fields.values()
            if field.type == "one2many"
            and field.comodel_name in guarded_models
            and (
                field._modules[:1] == ("multicurrency_crm",) or model in guarded_models
            )
            and not field.related
        ]
        self.assertGreater(len(doors), 5)
        for model, field in doors:
            child = self.records[field.comodel_name]
            if field.inverse_name in child._fields and (
                child._fields[field.inverse_name].type == "many2one"
            ):
                parent = child.sudo()[field.inverse_name] or self.records.get(model)
            else:
                parent = self.records.get(model)
            if not parent or parent._name != model:
                continue
            for user in self.roles.values():
                for name in guarded_models[field.comodel_name]:
                    value = self._forge(child, name)
                    was = self._get_stored(child, name)
                    mine = parent.with_user(user)
                    way = f"{model}.{field.name}"
                    self._attempt(
                        "x2many",
                        mine,
                        name,
                        lambda m=mine, f=field.name, c=child.id, v={name: value}: (
                            m.write({f: [Command.update(c, v)]}) and m
                        ),
                    )
                    self.assertNotForged(way, child.with_user(user), name, value, was)
        self._print()

    def test_onchange_then_save(self):
        """What a form shows after its onchange is no way in either."""
        for model, guarded in self._get_models().items():
            new = self._new(model)
            if new is None:
                continue
            record = self.records[model]
            for user in self.roles.values():
                Model = self.env[model].with_user(user)
                if not Model.has_access("create"):
                    continue
                for name, field in guarded.items():
                    if field.type in ("one2many", "many2many"):
                        continue
                    value = self._forge(record, name)
                    if field.type in ("date", "datetime"):
                        value = field.to_string(value)

                    def attempt(Model=Model, new=new, name=name, value=value):
                        shown = Model.onchange({name: value}, [name], {name: {}})
                        vals = {**new, name: value, **shown.get("value", {})}
                        saved = Model.browse().web_save(vals, {})
                        return Model.browse(saved[0]["id"])

                    if made := self._attempt(
                        "onchange, web_save", record, name, attempt
                    ):
                        self.assertNotForged("onchange", made, name, value)
        self._print()

    def test_rpc(self):
        """A context that names the mark is a text, whoever sends it."""
        for user in self.roles.values():
            for model, guarded in self._get_models().items():
                record = (
                    self.records[model]
                    .with_user(user)
                    .with_context(multicurrency_guarded=[model])
                )
                name = next(iter(guarded))
                value, was = self._forge(record, name), self._get_stored(record, name)
                self._attempt(
                    "mark",
                    record,
                    name,
                    lambda r=record, v={name: value}: r.write(v) and r,
                )
                self.assertNotForged("mark", record, name, value, was)
                with self.assertRaises(AccessError):
                    get_public_method(record, "_write_guarded")

    def _print(self):
        ways = ", ".join(f"{way} {count:,}" for way, count in self.tried.items())
        guarded = sum(map(len, self._get_models().values()))
        tell(
            "Guarded fields: %s, as %s roles, %s attempts: %s",
            guarded,
            len(ROLES),
            f"{self.tried.total():,}",
            ways,
        )
