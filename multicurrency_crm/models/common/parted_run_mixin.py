from functools import partial

from odoo import api, models
from odoo.exceptions import UserError


class PartedRunMixin(models.AbstractModel):
    """A run over many customers that is done part by part, by a scheduled job.

    The record has ``_note_failure(customer's id, reason)``, which names a customer that
    was left out.
    """

    _name = "parted.run.mixin"
    _description = "Run That Is Done in Parts"

    def _do_part(self, job, ids, method):
        """Do a part; one that fails is done in halves, until the fault is one
        customer's, who is named on the run.

        :param job: ``ScheduledJob``
        :param str method: of this model, that takes the customers' ids
        :return: False if others were at work on this run, and the rest waits
        """
        if job.do(partial(getattr(self, method), ids), self, len(ids)):
            return True
        if job.has_collided():
            job.set_aside(len(ids))
            return False
        if len(ids) > 1:
            middle = len(ids) // 2
            return self._do_part(job, ids[:middle], method) and self._do_part(
                job, ids[middle:], method
            )
        reason = self._explain_failure(job.error)
        return job.do(partial(self._note_failure, ids[0], reason), self)

    @api.model
    def _explain_failure(self, error):
        if isinstance(error, UserError):
            return str(error)
        return self.env._(
            "%(error)s; the server's log has more.", error=type(error).__name__
        )
