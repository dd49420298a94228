from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, ormcache

from .guarded_mixin import ADDON


class UsedMixin(models.AbstractModel):
    """Records that others of this addon name, and that therefore stay.

    For each model that a field of ours points to with ``ondelete="restrict"``: where
    PostgreSQL would refuse to delete a record, people read what names it, and what to
    do instead.
    """

    _name = "used.mixin"
    _description = "Named by What Is Kept"

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_used(self):
        for used_id, found in self._find_uses().items():
            # sudo: who may delete it may not read what names it
            record = self.sudo().browse(used_id)
            raise UserError(
                self.env._(
                    "%(record)s can't be deleted, since it is named by\n%(uses)s\n"
                    "%(advice)s",
                    record=record.display_name,
                    uses=self._list_uses(found),
                    advice=self._get_used_advice(),
                )
            )

    @api.model
    def _get_used_advice(self):
        """Return a sentence that says what to do instead of deleting."""
        if self._active_name:
            return self.env._(
                "Archive it instead: it is offered no longer, and what names it stays "
                "as it is."
            )
        return self.env._("Leave it, or delete these first where that is allowed.")

    @api.model
    def _list_uses(self, found):
        """Write how many records of which models name one, a line each.

        :param found: {model: count}
        """
        return "\n".join(
            self.env._(
                "- %(count)s × %(records)s",
                count=count,
                records=self.env["ir.model"]._get(model).name,
            )
            for model, count in found.items()
        )

    def _find_uses(self):
        """Find what of ours names these records, in all companies, archived or not.

        :return: {id: {model: count}} of those that are named
        """
        queries = [
            self._count_uses(model, name) for model, name in self._get_users_of_model()
        ]
        if not queries or not self.ids:
            return {}
        for model, name in self._get_users_of_model():
            self.env[model].flush_model([name])
        found = {}
        for used_id, model, count in self.env.execute_query(
            SQL(" UNION ALL ").join(queries)
        ):
            counts = found.setdefault(used_id, {})
            counts[model] = counts.get(model, 0) + count
        return found

    def _count_uses(self, model, name):
        """Return a query of (id, model, count) of what names these by one field; what
        is deleted with them doesn't count."""
        gone = self.ids if model == self._name else []
        return SQL(
            """SELECT %(field)s, %(model)s, COUNT(*) FROM %(table)s
                WHERE %(field)s = ANY(%(ids)s) AND id != ALL(%(gone)s::int[])
             GROUP BY %(field)s""",
            field=SQL.identifier(name),
            model=model,
            table=SQL.identifier(self.env[model]._table),
            ids=self.ids,
            gone=gone,
        )

    @api.model
    @ormcache()
    def _get_users_of_model(self):
        """Return the fields of this addon that keep a record of this model from being
        deleted.

        :return: list of (model, name of the field)
        """
        return [
            (name, field.name)
            for name, model in sorted(self.env.registry.items())
            if model._auto and not model._abstract
            for field in model._fields.values()
            if field.type == "many2one"
            and field.comodel_name == self._name
            and field.store
            and not field.company_dependent
            and field.ondelete == "restrict"
            and field._modules[:1] == (ADDON,)
        ]
