import json

from werkzeug.exceptions import BadRequest

from odoo.http import Controller, content_disposition, request, route

from ...models.statement.customer_ageing import DAY_KEY, OF_KEY

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class CustomerAgeing(Controller):
    """The ageing that a screen shows, to download."""

    @route(
        "/multicurrency_crm/ageing",
        type="http",
        auth="user",
        methods=["GET", "POST"],
        readonly=True,
    )
    def ageing(self, day="", of="", companies="", domain="[]"):
        """Send the workbook.

        :param day: ISO date; none: today
        :param of: 'receivable', 'payable' or 'other'
        :param companies: ids of the chosen ones, parted by commas; none: the user's
        :param domain: JSON: what of it
        """
        if not request.env.user._is_internal():
            raise request.not_found()
        try:
            chosen = json.loads(domain)
        except ValueError as error:
            raise BadRequest from error
        ids = [int(key) for key in companies.split(",") if key.isdecimal()]
        context = {DAY_KEY: day, OF_KEY: of}
        if ids:
            context["allowed_company_ids"] = ids
        sheet = request.env["customer.ageing.sheet"].with_context(**context)
        headers = [
            ("Content-Type", XLSX),
            ("Content-Disposition", content_disposition(sheet._get_file_name())),
        ]
        return request.make_response(sheet._make_workbook(chosen), headers)
