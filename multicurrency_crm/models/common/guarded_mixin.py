from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import format_list, frozendict

ADDON = "multicurrency_crm"

_KEY = "multicurrency_guarded"


class _Open(frozenset):
    """The models whose guarded fields our own code is about to write.

    A context may come from outside, by RPC, and no text becomes one of these.
    """


def is_open(records):
    """Whether our own code has opened the guarded fields of this model."""
    found = records.env.context.get(_KEY)
    return isinstance(found, _Open) and records._name in found


def open_guarded(records, *models):
    """Open the guarded fields of these records, for what is called on them.

    Only code of this process can: neither a client's context nor ``sudo`` does. The
    call that reaches the records uses it up: what the values bring along by commands
    is guarded again.

    :param models: names of more models that the call makes records of
    :return: ``records`` in a context that bears the mark
    """
    found = records.env.context.get(_KEY)
    known = found if isinstance(found, _Open) else ()
    mark = _Open({*known, records._name, *models})
    return records.with_context(**{_KEY: mark})


def _close(records):
    context = dict(records.env.context)
    left = _Open(context.pop(_KEY) - {records._name})
    # an action of Odoo's may take its context along to the client: nothing stays
    return records.with_context(context, **({_KEY: left} if left else {}))


class GuardedMixin(models.AbstractModel):
    """Fields that our own code alone writes.

    Guarded are the addon's stored fields that are read-only, and those marked
    ``guarded=True``; ``guarded=False`` opens one that a view lets people fill in.

    What decides, holds, locks or proves something gets its value from a method of the
    addon. Values of a client, defaults (``ir.default``, ``default_*``), copies,
    imports and the commands of a parent set none of them, whoever sends them and with
    whatever rights: :func:`open_guarded` and the methods below are the only way in.
    """

    _name = "guarded.mixin"
    _description = "Fields That Code Alone Writes"

    def _valid_field_parameter(self, field, name):
        return name == "guarded" or super()._valid_field_parameter(field, name)

    #: {name: field} of the guarded fields
    _guarded_fields = frozendict()

    def _post_model_setup__(self):
        result = super()._post_model_setup__()
        # known once a registry: each write of an order asks
        type(self)._guarded_fields = frozendict(
            (name, field) for name, field in self._fields.items() if _is_guarded(field)
        )
        return result

    # === THE WAY IN === #

    @api.model
    def _create_guarded(self, vals_list):
        """Create records whose values, guarded ones included, are our own code's.

        :return: the records, outside the open context
        """
        return open_guarded(self).create(vals_list).with_env(self.env)

    @api.model
    def _check_guarded(self, vals_list):
        """Check a client's values before our own are put beside them.

        :raises AccessError: a value of a guarded field is among them
        """
        if not is_open(self):
            for vals in vals_list:
                self._check_guarded_defaults(self._guarded_fields, vals)

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
            name: field.default(self)
            for name, field in guarded.items()
            if field.default
        }

    @api.model_create_multi
    def create(self, vals_list):
        guarded = self._guarded_fields
        if is_open(self):
            self = _close(self)
        else:
            for vals in vals_list:
                self._check_guarded_defaults(guarded, vals)
        # each gets its value here, so that no default applies further down
        own = {
            name: False
            for name, field in guarded.items()
            if field.store
            and not field.compute
            and not field.company_dependent
            and self._has_field_access(field, "write")
        }
        own |= self._get_guarded_defaults({name: guarded[name] for name in own})
        vals_list = [{**own, **vals} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if is_open(self):
            self = _close(self)
        else:
            self._check_guarded_kept(vals)
        return super().write(vals)

    @api.model
    def _check_guarded_defaults(self, guarded, vals):
        """:raises AccessError: a new record would start with another value than its
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
        """:raises AccessError: a guarded field would get another value; to write what
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
            for name in touched
            for record in self
            if record._differs_from(name, vals[name])
        )

    def _differs_from(self, name, value):
        """Whether a field holds another value than one that is about to be written."""
        field = self._fields[name]
        return _normalize(field, value, self) != _normalize(field, self[name], self)

    @api.model
    def _refuse_guarded(self, names):
        names = dict.fromkeys(names)
        if not names:
            return
        labels = [self._fields[name]._description_string(self.env) for name in names]
        raise AccessError(
            self.env._(
                "%(document)s: %(fields)s can't be written by hand, since that follows "
                "from what happens to the record. Use its buttons.",
                fields=format_list(self.env, labels),
                document=self.env["ir.model"]._get(self._name).name,
            )
        )


def _is_guarded(field):
    ours = field._modules[:1] == (ADDON,) and field.name not in models.MAGIC_COLUMNS
    return getattr(field, "guarded", ours and field.store and field.readonly)


def _normalize(field, value, record):
    """Return a value as the cache holds it, so that two ways to write it compare"""
    if field.type in ("one2many", "many2many"):
        # of a guarded relation, any command is one too many
        return isinstance(value, list) and bool(value)
    return field.convert_to_cache(value, record, validate=False)
