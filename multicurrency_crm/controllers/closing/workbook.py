from odoo.http import Controller, request, route
from odoo.tools import format_date

from ..common.address import read_ids
from ..common.workbook import send_workbook


class FlowWorkbook(Controller):
    """Flow tables as a workbook, for colleagues."""

    @route(
        "/multicurrency_crm/flow.xlsx",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def open_workbook(self, ids="", **_parameters):
        """Send the workbook of tables that the user may read.

        :param str ids: their ids, with commas
        """
        flows = request.env["currency.flow"].browse(read_ids(ids)).exists()
        content = request.env["currency.flow.workbook"]._make(flows)
        name = request.env._("Weekly Flow")
        if len(flows) == 1:
            name = f"{name} {format_date(request.env, flows.date_to)}"
        return send_workbook(content, f"{name}.xlsx")
