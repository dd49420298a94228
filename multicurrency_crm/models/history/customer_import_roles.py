from odoo import models

from ...engine.history import fold
from ...engine.history_fields import is_known_role
from ...engine.history_sums import find_sums
from .customer_import_checking import RowError


class CustomerImport(models.Model):
    """Who is no customer: vendors, and the names of sums."""

    _inherit = "customer.import"

    def _check_role(self, values):
        """:raises RowError: it isn't known whether who is named is a customer"""
        role = values.get("role") or ""
        if not is_known_role(role):
            raise RowError(
                self.env._(
                    "It isn't known whether “%(role)s” is a customer or a vendor: "
                    "leave the row out, or have that column mean nothing.",
                    role=role,
                ),
                "role",
            )

    def _check_no_sum(self, row, values, facts):
        """:raises RowError: who is to be created may be the name of a sum"""
        if any(map(values.get, ("document", "ref", "vat", "email", "country"))):
            return
        if "sums" not in facts.extra:
            facts.extra["sums"] = self._find_sums()
        if row.id in facts.extra["sums"]:
            raise RowError(
                self.env._(
                    "It is what the rows above come to: leave the row out if it is "
                    "their sum; if “%(name)s” is a customer, create it first.",
                    name=values["name"],
                ),
                "name",
            )

    def _find_sums(self):
        """Find rows that may be sums, by what they come to.

        :return: {ids of rows}
        """
        rows = self.env["customer.import.row"].search_fetch(
            [("import_id", "=", self.id), ("problems", "=", False)],
            ["values"],
            order="id",
        )
        found = []
        for row in rows:
            values = row.values
            if self._explain_no_data(values):
                continue
            amount = self._get_plain_amount(values)
            found.append((row.id, fold(values.get("currency")), amount))
        return find_sums(found)
