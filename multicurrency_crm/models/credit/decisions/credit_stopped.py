"""What is raised where credit stops a document, with what may be done about it."""

from odoo.exceptions import UserError


class CreditStopped(UserError):
    """A document that its customer's credit doesn't let through.

    :param str message: sentences, one document a line
    :param offers: what the dialog has buttons for, each
        ``{"label": str, "model": str, "method": str, "args": list}``. A button calls
        that method as the user who reads the dialog: rights are asked there
    """

    def __init__(self, message, offers=()):
        super().__init__(message)
        #: is sent to the client beside the message
        self.context = {"offers": list(offers)}
