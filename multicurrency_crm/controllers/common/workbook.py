"""Workbooks that a colleague downloads."""

from odoo.http import content_disposition, request

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send_workbook(content, name):
    """Answer with a workbook.

    :param bytes content: of the file
    :param str name: of the file
    """
    return request.make_response(
        content,
        headers=[
            ("Content-Type", KIND),
            ("Content-Length", len(content)),
            ("Content-Disposition", content_disposition(name)),
        ],
    )
