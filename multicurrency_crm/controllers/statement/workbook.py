from odoo.http import Controller, request, route

from ..common.address import read_ids
from ..common.workbook import send_workbook


class StatementWorkbook(Controller):
    """Statements as a workbook, for colleagues."""

    @route(
        "/multicurrency_crm/statements.xlsx",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def open_workbook(self, ids="", **_parameters):
        """Send the workbook of statements that the user may read.

        :param str ids: their ids, with commas
        """
        statements = request.env["customer.statement"].browse(read_ids(ids)).exists()
        content = statements._make_workbook()
        name = request.env._("Statements")
        if len(statements) == 1:
            name = statements._get_report_base_filename()
        return send_workbook(content, f"{name}.xlsx")
