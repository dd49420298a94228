from odoo import Command, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """Confirming many at once, each for itself."""

    _inherit = "sale.order"

    def action_confirm_selected(self):
        """Confirm those of the selected quotations that pass, each in its own
        savepoint, and report the others by name with the reason.

        What Odoo retries (two people deciding at once) isn't caught.

        :return: True where all were confirmed; the report otherwise
        """
        refused = {}
        for order in self.sorted("id"):
            try:
                with self.env.cr.savepoint():
                    order.action_confirm()
            except UserError as error:
                refused[order] = str(error)
        if not refused:
            return True
        report = self.env["sale.order.confirm.report"].create(
            {
                "confirmed": len(self) - len(refused),
                "line_ids": [
                    Command.create({"order_id": order.id, "reason": reason})
                    for order, reason in refused.items()
                ],
            }
        )
        action = report._get_records_action()
        return {**action, "name": self.env._("Not Confirmed"), "target": "new"}
