from odoo.http import request

from odoo.addons.web.controllers import export


class ExcelExport(export.ExcelExport):
    """The totals of groups in Odoo's own export, where a list is grouped.

    Odoo adds up what is exported, whatever its currency. Of a model whose totals are
    whole, a group has one where all of it is in one currency, and none otherwise.
    """

    def from_group_data(self, fields, columns_headers, groups):
        whole = getattr(groups._model, "_whole_totals", {})
        if whole:
            # all of them, before one is left out: a group adds up its parts
            list(groups.aggregated_values)
            self._leave_out(groups, whole, set(self._find_known(groups._model)))
        return super().from_group_data(fields, columns_headers, groups)

    def _find_known(self, model):
        """Return names of fields that hold one currency, whatever is exported: that of
        the books, where all chosen companies keep them in the same."""
        books = request.env.companies.currency_id
        if len(books) == 1 and "company_currency_id" in model._fields:
            yield "company_currency_id"

    def _leave_out(self, group, whole, known, depth=0):
        """Empty the totals of a group, and of those in it, that may be of several
        currencies.

        :param whole: {amount: field that names its currency}
        :param known: names of those fields that hold one currency in this group
        """
        for name, currency in whole.items():
            if name in group.aggregated_values and currency not in known:
                group.aggregated_values[name] = None
        for child in group.children.values():
            held = {*known, group._groupby[depth]}
            self._leave_out(child, whole, held, depth + 1)
