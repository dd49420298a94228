from collections import defaultdict

from odoo import api, models
from odoo.api import NewId
from odoo.exceptions import AccessError
from odoo.fields import Command


class ShownRecordsMixin(models.AbstractModel):
    """A dialog shows facts of the records that it is about: of such as its user reads.

    Which ones those are, a client says: by values, defaults of a context, or lines.
    What a dialog shows of them is often read with sudo (related fields, names). So
    whoever names a record here has to be allowed to read it. All dialogs of the addon
    are made of this.
    """

    _name = "shown.records.mixin"
    _description = "Records That a Dialog Shows"

    # === CRUD METHODS === #

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        self._check_shown_records([values])
        return values

    @api.model_create_multi
    def create(self, vals_list):
        self._check_shown_records(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_shown_records([vals])
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        self._check_shown_records([values])
        return super().onchange(values, field_names, fields_spec)

    # === CHECKS === #

    @api.model
    def _check_shown_records(self, vals_list):
        """:param vals_list: values as a client or our code writes them, those of lines
            in x2many commands included
        :raises AccessError: a record among them isn't the user's to read"""
        if self.env.su:
            return
        found = defaultdict(set)
        for vals in vals_list:
            self._collect_shown(self, vals, found)
        for name, ids in found.items():
            records = self.env[name].browse(sorted(ids))
            if name == "res.company":
                self._check_shown_companies(records)
            else:
                # what is gone shows nothing, and who works on with it is told so
                records.exists().check_access("read")

    @api.model
    def _check_shown_companies(self, companies):
        """Let people name the companies in which they work, and their main ones."""
        # sudo: who works in a branch needn't see its main company
        if companies - self.env.user.company_ids.sudo().parent_ids:
            raise AccessError(
                self.env._("That belongs to a company in which you don't work.")
            )

    @api.model
    def _collect_shown(self, model, vals, found):
        """Collect the records that values name.

        :param model: of which they are values
        :param dict found: {model's name: {id}}, added to
        """
        for name, value in vals.items():
            field = model._fields.get(name)
            if not field or not field.relational or not value:
                continue
            comodel = self.env[field.comodel_name]
            for id_, values in self._read_named(field, value):
                if id_:
                    found[comodel._name].add(id_)
                if values:
                    self._collect_shown(comodel, values, found)

    @api.model
    def _read_named(self, field, value):
        """Return [(id, values)] of the records that a value names; of a new one, no id.

        :raises AccessError: it can't be told which record is meant
        """
        if isinstance(value, models.BaseModel):
            return [(id_, None) for id_ in value._origin.ids]
        if field.type == "many2one":
            # a pair of id and name is how the value is read
            one = value[0] if isinstance(value, list | tuple) else value
            return [self._read_one(one)]
        if not isinstance(value, list | tuple):
            raise self._get_unclear_error()
        return [found for one in value for found in self._read_command(one)]

    @api.model
    def _read_command(self, command):
        match command:
            case [Command.CREATE, _, dict() as values]:
                return [(None, values)]
            case [Command.UPDATE, id_, dict() as values]:
                # a line that is new on the screen has a text in place of its id
                known = None if isinstance(id_, str) else self._read_id(id_)
                return [(known, values)]
            case [Command.DELETE | Command.UNLINK | Command.CLEAR, *_]:
                return []
            case [Command.LINK, id_, *_]:
                return [(self._read_id(id_), None)]
            case [Command.SET, _, [*ids]]:
                return [(self._read_id(id_), None) for id_ in ids]
        return [self._read_one(command)]

    @api.model
    def _read_one(self, value):
        if isinstance(value, dict):
            return self._read_id(value.get("id")), value
        return self._read_id(value), None

    @api.model
    def _read_id(self, value):
        if isinstance(value, NewId):
            return value.origin
        if value and type(value) is not int:
            # PostgreSQL would read a number out of a text
            raise self._get_unclear_error()
        return value or None

    @api.model
    def _get_unclear_error(self):
        return AccessError(self.env._("It can't be told which record is meant."))
