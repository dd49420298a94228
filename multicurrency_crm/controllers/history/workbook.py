from odoo.http import Controller, request, route

from ..common.address import read_ids
from ..common.workbook import send_workbook


class ImportWorkbook(Controller):
    """Templates of what can be brought in, and rows to mend, for colleagues."""

    @route(
        "/multicurrency_crm/import_template.xlsx",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def open_template(self, kind="", **_parameters):
        """Send the template of a kind of history.

        :param str kind: such as 'items'
        """
        Import = request.env["customer.import"]
        if not Import.has_access("read") or not Import._is_kind(kind):
            raise request.not_found()
        content = Import._make_template(kind)
        return send_workbook(content, Import._get_template_name(kind))

    @route(
        "/multicurrency_crm/import_rows.xlsx",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def open_rows(self, ids="", **_parameters):
        """Send the workbook of the rows of an import that are to be mended.

        :param str ids: of one import that the user may read
        """
        record = request.env["customer.import"].browse(read_ids(ids)[:1]).exists()
        if not record or not record.has_access("read"):
            raise request.not_found()
        return send_workbook(record._make_rows_workbook(), record._get_rows_name())
