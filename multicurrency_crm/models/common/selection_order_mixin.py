from odoo import models
from odoo.tools import SQL


class SelectionOrderMixin(models.AbstractModel):
    """Records whose lists, groups and pivots order selections as they are defined, not
    by the letters of their keys."""

    _name = "selection.order.mixin"
    _description = "In the Order of a Selection"

    #: names of stored selections that have an order
    _in_order = frozenset()

    def _read_group_orderby(self, order, groupby_terms, query):
        terms = {
            name: self._get_place_of(name, groupby_terms[name])
            for name in self._in_order & groupby_terms.keys()
        }
        if not terms:
            return super()._read_group_orderby(order, groupby_terms, query)
        placed = {**groupby_terms, **terms}
        sql = super()._read_group_orderby(order, placed, query)
        kept = {name: groupby_terms[name] for name in terms}
        groupby_terms.update({**placed, **kept})
        return sql

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if field_name not in self._in_order:
            return super()._order_field_to_sql(
                alias, field_name, direction, nulls, query
            )
        value = self._field_to_sql(alias, field_name, query)
        place = self._get_place_of(field_name, value)
        return SQL("%s %s %s", place, direction, nulls)

    def _get_place_of(self, name, value):
        """Return the place of a value among those of its selection, from 1.

        :param str name: of the field
        :param SQL value: its key
        """
        keys = self._fields[name].get_values(self.env)
        return SQL("array_position(%s, %s::text)", keys, value)
