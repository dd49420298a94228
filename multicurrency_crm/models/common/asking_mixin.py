from odoo import models


class AskingMixin(models.AbstractModel):
    """A button that asks a question before it acts.

    A ``confirm`` of a view is asked before anything is saved or checked: whoever said
    yes then reads what is missing. Such a button calls a method of its own instead,
    which first checks what its action checks, and returns the question.
    """

    _name = "asking.mixin"
    _description = "Button That Asks before It Acts"

    def _ask_before(self, method, question):
        """Return the action that asks, and on a yes presses the real button.

        :param str method: name of the public method of these records that acts; it
            checks everything again
        :param str question: sentence
        """
        return {
            "type": "ir.actions.client",
            "tag": "multicurrency_crm.ask",
            "params": {
                "model": self._name,
                "ids": self.ids,
                "method": method,
                "question": question,
            },
        }
