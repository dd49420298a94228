"""What is raised where a document is stopped, with what may be done about it."""

from odoo.exceptions import UserError


class Stopped(UserError):
    """A document that doesn't go through as it is.

    :param str message: sentences, one document a line
    :param str title: of the dialog
    :param offers: what the dialog has buttons for, each
        ``{"label": str, "model": str, "method": str, "args": list}``. A button calls
        that method as the user who reads the dialog: rights are asked there
    """

    def __init__(self, message, title, offers=()):
        super().__init__(message)
        #: is sent to the client beside the message
        self.context = {"title": title, "offers": list(offers)}
