from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import format_list, frozendict

from .process_mark import ProcessMark

#: Borne by records whose guarded fields our own code is about to write.
_OPEN = ProcessMark("multicurrency_guarded")


def open_guarded(records):
    """Open the guarded fields of these records, for what is called on them.

    Only code of this process can: neither a client's context nor ``sudo`` does. What
    is called must pass on no values that came from outside.

    :return: ``records`` in a context that bears the mark
    """
    return _OPEN.put_on(records)


class GuardedMixin(models.AbstractModel):
    """Fields that our own code alone writes, marked ``guarded=True``.

    What decides, holds, locks or proves something gets its value from a method of the
    addon. Values of a client, defaults (``ir.default``, ``default_*``), copies,
    imports and the commands of a parent set none of them, whoever sends them and with
    whatever rights: :func:`open_guarded` and the methods below are the only way in.
    """

    _name = "guarded.mixin"
    _description = "Fields That Code Alone Writes"

    def _valid_field_parameter(self, field, name):
        return name == "guarded" or super()._valid_field_parameter(field, name)

    #: {name: field} of the fields marked ``guarded=True``
    _guarded_fields = frozendict()

    def _post_model_setup__(self):
        super()._post_model_setup__()
        # known once a registry: each write of an order asks
        type(self)._guarded_fields = frozendict(
            (name, field)
            for name, field in self._fields.items()
            if getattr(field, "guarded", False)
        )

    # === THE WAY IN === #

    @api.model_create_multi
    def _create_guarded(self, vals_list):
        """Create records whose values, guarded ones included, are our own code's.

        :return: the records, outside the open context
        """
        return open_guarded(self).create(vals_list).with_env(self.env)

    def _write_guarded(self, vals):
        """Write values, guarded ones included, that are our own code's."""
        return open_guarded(self).write(vals)

    # === GUARDS === #

    @api.model
    def default_get(self, fields):
        """A guarded field has the default of its definition, never a client's."""
        guarded = self._guarded_fields
        free = [name for name in fields if name not in guarded]
        values = super().default_get(free) if free else {}
        asked = {name: guarded[name] for name in fields if name in guarded}
        return {**values, **self._get_guarded_defaults(asked)}

    @api.model
    def _get_guarded_defaults(self, guarded):
        return {
            name: field.default(self) for name, field in guarded.items() if field.default
        }

    @api.model_create_multi
    def create(self, vals_list):
        guarded = self._guarded_fields
        if not _OPEN.is_on(self.env):
            for vals in vals_list:
                self._check_guarded_defaults(guarded, vals)
        # each gets its value here, so that no default applies further down
        own = {
            name: False
            for name, field in guarded.items()
            if field.store and not field.compute and not field.company_dependent
        }
        own |= self._get_guarded_defaults({name: guarded[name] for name in own})
        return super().create([{**own, **vals} for vals in vals_list])

    def write(self, vals):
        if not _OPEN.is_on(self.env):
            self._check_guarded_kept(vals)
        return super().write(vals)

    @api.model
    def _check_guarded_defaults(self, guarded, vals):
        """:raise AccessError: a new record would start with another value than its
        definition gives"""
        touched = {name: guarded[name] for name in guarded if name in vals}
        if not touched:
            return
        defaults = self._get_guarded_defaults(touched)
        new = self.browse()
        self._refuse_guarded(
            name
            for name, field in touched.items()
            if field.compute
            or _normalize(field, vals[name], new)
            != _normalize(field, defaults.get(name, False), new)
        )

    def _check_guarded_kept(self, vals):
        """:raise AccessError: a guarded field would get another value; to write what
        is there changes nothing and passes"""
        guarded = self._guarded_fields
        touched = {name: guarded[name] for name in guarded if name in vals}
        if not touched:
            return
        # asked before anything is compared: a refusal tells nobody what is stored
        self.check_access("write")
        for field in touched.values():
            self._check_field_access(field, "write")
        self._refuse_guarded(
            name
            for name, field in touched.items()
            for record in self
            if _normalize(field, vals[name], record)
            != _normalize(field, record[name], record)
        )

    @api.model
    def _refuse_guarded(self, names):
        names = dict.fromkeys(names)
        if not names:
            return
        labels = [self._fields[name]._description_string(self.env) for name in names]
        raise AccessError(
            self.env._(
                "%(fields)s of %(document)s can't be entered: it follows from what "
                "happens to the record. Use its buttons.",
                fields=format_list(self.env, labels),
                document=self.env["ir.model"]._get(self._name).name,
            )
        )


def _normalize(field, value, record):
    """:return: a value as the cache holds it, so that two ways to write it compare"""
    if field.type in ("one2many", "many2many"):
        # of a guarded relation, any command is one too many
        return isinstance(value, list) and bool(value)
    return field.convert_to_cache(value, record, validate=False)
