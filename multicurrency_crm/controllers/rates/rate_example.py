from odoo.http import Controller, content_disposition, request, route

from ...providers import registry
from ...providers.sheet_layout import LANGUAGES, LAYOUTS


class RateExample(Controller):
    """Examples of sheets with rates, to download before anything is loaded."""

    @route(
        "/multicurrency_crm/rate_example/<string:service>/<string:layout>/"
        "<string:language>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def rate_example(self, service, layout, language):
        """Send an example to fill in, as CSV.

        :param service: code of an adapter that reads sheets
        :param layout: ``rows`` or ``columns``
        :param language: ``en`` or ``zh``
        """
        template = getattr(registry.find(service), "template_csv", None)
        known = layout in LAYOUTS and language in LANGUAGES
        if not template or not known or not request.env.user._is_internal():
            raise request.not_found()
        name = f"{service}-{layout}-{language}.csv"
        headers = [
            ("Content-Type", "text/csv; charset=utf-8"),
            ("Content-Disposition", content_disposition(name)),
        ]
        return request.make_response(template(layout, language), headers)
