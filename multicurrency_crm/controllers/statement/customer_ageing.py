import json

import psycopg2
from werkzeug.exceptions import BadRequest

from odoo.fields import Domain
from odoo.http import Controller, request, route

from ...models.statement.customer_ageing import DAY_KEY, OF_KEY
from ..common.address import read_ids
from ..common.workbook import send_workbook


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
        chosen = self._read_domain(domain)
        ids = read_ids(companies)
        context = {DAY_KEY: day, OF_KEY: of}
        if ids:
            context["allowed_company_ids"] = ids
        sheet = request.env["customer.ageing.sheet"].with_context(**context)
        try:
            content = sheet._make_workbook(chosen)
        except psycopg2.DataError as error:  # a text where an amount should stand
            raise BadRequest from error
        return send_workbook(content, sheet._get_file_name())

    def _read_domain(self, text):
        """Read a domain of the ageing that an address holds.

        :raises BadRequest: it isn't one
        """
        try:
            chosen = json.loads(text)
            if not isinstance(chosen, list):
                raise BadRequest
            Domain(chosen).validate(request.env["customer.ageing"])
        except (ValueError, TypeError, RecursionError) as error:
            raise BadRequest from error
        return chosen
