from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import email_normalize_all, html2plaintext

from ..common.scheduled_job import ScheduledJob

TEMPLATE = "multicurrency_crm.mail_template_statement"
JOB = "multicurrency_crm.ir_cron_send_statements"
#: Statements that a person may send at once; more of them wait for the job.
AT_ONCE = 20
#: {why Odoo's mail failed: why ours did}; all others weren't delivered.
RETURNED = {
    "mail_bl": "blacklisted",
    "mail_optout": "blacklisted",
    "mail_email_invalid": "bad_email",
    "mail_email_missing": "no_email",
}
#: States of a mail that wasn't delivered.
RETURNING = ("exception", "cancel")
#: Reasons that a notification names; a list has them all.
TOLD = 3
#: Letters of an error that are kept.
KEPT = 500


class CustomerStatement(models.Model):
    """Statements on their way to the customer, by Odoo's mail queue.

    One that goes is marked, and its mail queued, in one transaction: whenever a worker
    is killed, both are there or neither. One that can't go says why, and keeps no other
    from going.
    """

    _inherit = "customer.statement"

    send_state = fields.Selection(
        selection=[
            ("none", "Not Sent"),
            ("queued", "To Be Sent"),
            ("sent", "Sent"),
            ("failed", "Failed"),
        ],
        string="Sending",
        default="none",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    send_failure = fields.Selection(
        selection=[
            ("no_email", "No e-mail address"),
            ("bad_email", "Invalid e-mail address"),
            ("blacklisted", "Address on the blacklist"),
            ("unwritten", "The mail couldn't be written"),
            ("undelivered", "The mail server didn't deliver"),
        ],
        readonly=True,
        copy=False,
    )
    send_detail = fields.Char(readonly=True, copy=False)
    send_error = fields.Char(
        string="Why It Wasn't Sent",
        compute="_compute_send_error",
    )
    queued_by = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    queued_on = fields.Datetime(readonly=True, copy=False)
    sent_on = fields.Datetime(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Since when the customer can read it.",
    )
    sent_to = fields.Char(readonly=True, copy=False)
    # sent mails are deleted: while there is one, it waits, or it went wrong
    mail_id = fields.Many2one(
        "mail.mail",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    # === COMPUTE METHODS === #

    @api.depends("send_state", "send_failure", "send_detail", "queued_on")
    @api.depends_context("lang")
    def _compute_send_error(self):
        job = self.env.ref(JOB, raise_if_not_found=False)
        # sudo: who sends statements may not read jobs
        last = job and job.sudo().lastcall
        for statement in self:
            waits = statement.send_state == "queued" and statement.queued_on
            if statement.send_state == "failed":
                statement.send_error = statement._explain_failure()
            elif waits and last and statement.queued_on < last:
                statement.send_error = self.env._(
                    "Somebody was working on it when it was its turn: it goes out with "
                    "the next run."
                )
            else:
                statement.send_error = False

    def _explain_failure(self):
        """Say why a statement couldn't be sent, and what helps."""
        return self._explain(self.send_failure, self.send_detail)

    def _explain(self, failure, detail):
        """Say why a statement can't be sent, and what helps.

        :param failure: value of ``send_failure``
        """
        contact = self.contact_id.display_name
        detail = detail or ""
        explain = {
            "no_email": self.env._(
                "%(contact)s has no e-mail address: enter one, and send again.",
                contact=contact,
            ),
            "bad_email": self.env._(
                "%(address)s isn't a valid e-mail address: correct it, and send again.",
                address=detail,
            ),
            "blacklisted": self.env._(
                "%(address)s is on the blacklist: its owner doesn't want mails. Send "
                "the PDF otherwise, or take the address off the list.",
                address=detail,
            ),
            "unwritten": self.env._(
                "The mail couldn't be written: %(error)s. Correct the template of the "
                "mail, and send again.",
                error=detail.rstrip("."),
            ),
            "undelivered": self.env._(
                "The mail wasn't delivered: %(error)s. Check the outgoing mail server "
                "and the address, and send again.",
                error=detail.rstrip("."),
            ),
        }
        return explain.get(failure, "")

    # === ACTIONS === #

    def action_send(self):
        """Queue verified statements to be sent, those that failed again; a job sends
        them within the hour, and at once where the server has time. What was sent isn't
        sent twice, and what can't be sent is named now.

        :return: action that says what goes, and what can't
        :raises AccessError: not finance of that company
        :raises UserError: none of them is to be sent
        """
        self._check_finance()
        asked = self._queue()
        if not asked:
            raise UserError(self._explain_nothing_to_send())
        asked._note_obstacles()
        failed = asked._find_failed()
        said = []
        if waiting := asked - failed:
            # sudo: the job of the server
            self.env.ref(JOB).sudo()._trigger()
            count = len(waiting)
            said.append(self.env._("Statements that will be sent: %s", count))
        return failed._notify_sending(said)

    def action_send_now(self):
        """Send a few statements at once, and name those that can't be.

        :return: action that looks, once the mails were given to the mail server, at
            what came back
        :raises UserError: too many of them, or none can be sent
        """
        self._check_finance()
        if len(self) > AT_ONCE:
            raise UserError(
                self.env._(
                    "At most %(count)s statements are sent while you wait: press Send, "
                    "and the others go in a while.",
                    count=AT_ONCE,
                )
            )
        waiting = self._queue()
        if not waiting:
            raise UserError(self._explain_nothing_to_send())
        these = Domain("id", "in", waiting.ids)
        with ScheduledJob(waiting) as job:
            waiting._send_off(job, these)
        # sudo: mails are the server's; what isn't committed isn't sent
        waiting.sudo().mail_id.send_after_commit()
        return {
            "type": "ir.actions.client",
            "tag": "multicurrency_crm.afterwards",
            "params": {
                "model": self._name,
                "ids": waiting.ids,
                "method": "action_show_delivery",
            },
        }

    def action_show_delivery(self):
        """Say how these statements, which were just sent, fared: which are on their
        way, and which came back, why, and what helps.

        :return: action that says so
        :raises AccessError: not finance of that company
        """
        self._check_finance()
        # sudo: mails are the server's
        states = {one.id: one.sudo().mail_id.state for one in self}
        self.filtered(lambda one: states[one.id] in RETURNING)._note_returned()
        failed = self._find_failed()
        waiting = self.filtered(
            lambda one: one.send_state == "queued" or states[one.id] == "outgoing"
        )
        sent = self - failed - waiting
        said = []
        if sent:
            said.append(self.env._("Statements sent: %s", len(sent)))
        if waiting:
            said.append(
                self.env._("Statements that wait for the mail server: %s", len(waiting))
            )
        return failed._notify_sending(said)

    def _find_failed(self):
        return self.filtered(lambda statement: statement.send_state == "failed")

    def _notify_sending(self, said):
        """Return the action that says how a sending went: those that failed, these,
        with their reason, and in a list where there are several.

        :param said: sentences about the others
        """
        if not self:
            return self._notify("\n".join(said))
        said = [*said, self.env._("Statements that can't be sent: %s", len(self))]
        told = self[:TOLD].mapped(
            lambda one: f"{one.partner_id.name}: {one.send_error}"
        )
        following = None if len(self) == 1 else self._open_failed()
        return self._notify("\n".join([*said, *told]), following, is_good=False)

    def _open_failed(self):
        """Return the action that lists those of these that failed."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_customer_statement"
        )
        return action | {
            "name": self.env._("Not Sent"),
            "domain": [("id", "in", self.ids)],
            "context": {},
        }

    def _explain_nothing_to_send(self):
        if len(self) == 1 and self.send_state == "queued":
            return self.env._("This statement is already waiting to be sent.")
        return self.env._(
            "Only verified statements are sent, and each once: none of these is "
            "verified and unsent."
        )

    def _queue(self):
        """Queue those of these statements that are verified and don't wait yet.

        :return: these
        """
        ready = self.filtered(
            lambda statement: (
                statement.state == "verified" and statement.send_state != "queued"
            )
        )
        ready._write_guarded(
            {
                "send_state": "queued",
                "send_failure": False,
                "send_detail": False,
                "queued_by": self.env.uid,
                "queued_on": fields.Datetime.now(),
            }
        )
        return ready

    # === SENDING === #

    @api.model
    def _cron_send(self):
        """Send what is queued, each in a transaction of its own, and note which mails
        didn't get through since."""
        with ScheduledJob(self) as job:
            returned = Domain("mail_id.state", "in", RETURNING)
            job.work_off(self, returned, type(self)._note_returned)
            self._send_off(job, Domain.TRUE)

    def _send_off(self, job, domain):
        """Send what is queued, one at a time.

        :param domain: which of it
        """
        queued = Domain("send_state", "=", "queued") & Domain("state", "=", "verified")
        job.work_off(
            self.browse(),
            domain & queued,
            type(self)._send_queued,
            size=1,
            give_up=type(self)._note_unwritten,
        )

    def _send_queued(self):
        """Mark statements as sent, and queue their mails."""
        # one that is broken would take the others of a batch of Odoo's along
        for statement in self:
            failure, detail = statement._find_obstacle()
            if failure:
                statement._note_failure(failure, detail)
            else:
                statement._send_singly()

    def _note_obstacles(self):
        """Note of each of these what keeps it from being sent, if anything does."""
        for statement in self:
            failure, detail = statement._find_obstacle()
            if failure:
                statement._note_failure(failure, detail)

    def _find_obstacle(self):
        """Find what keeps this statement from being sent.

        :return: (value of ``send_failure`` or None, detail)
        """
        # sudo: the invoice contact may be private, and the blacklist is the mailing's
        contact = self.contact_id.sudo()
        addresses = email_normalize_all(contact.email or "")
        if not (contact.email or "").strip():
            return "no_email", contact.display_name
        if not addresses:
            return "bad_email", contact.email
        barred = self.env["mail.blacklist"].sudo().search([("email", "in", addresses)])
        if barred:
            return "blacklisted", barred[0].email
        return None, None

    def _send_singly(self):
        """Queue the mail of this statement and mark it, in one transaction.

        :raises Exception: the template or the PDF couldn't be rendered
        """
        self.ensure_one()
        template = self.env.ref(TEMPLATE)
        # sudo: the template and its mail are the server's; finance asked for it
        template = template.sudo().with_company(self.company_id)
        mail_id = template.send_mail(
            self.id,
            email_values={"recipient_ids": [fields.Command.set(self.contact_id.ids)]},
        )
        self._hide_link(mail_id)
        self._write_guarded(
            {
                "state": "sent",
                "send_state": "sent",
                "send_failure": False,
                "send_detail": False,
                "sent_on": fields.Datetime.now(),
                "sent_to": self.contact_id.email,
                "mail_id": mail_id,
            }
        )
        self.flush_recordset()

    # === WHAT WENT WRONG === #

    def _note_failure(self, failure, detail):
        """Note why this statement can't be sent: it waits for somebody to help."""
        self._write_guarded(
            {
                "send_state": "failed",
                "send_failure": failure,
                "send_detail": (detail or "")[:KEPT],
            }
        )

    def _note_unwritten(self, error):
        """Note an error that came up while a statement was written."""
        # Odoo says which part of a template failed, and its cause says why
        errors = [error, error.__cause__] if error.__cause__ else [error]
        texts = [html2plaintext(str(one)) or type(one).__name__ for one in errors]
        self._note_failure("unwritten", " ".join(" - ".join(texts).split()))

    def _note_returned(self):
        """Note which mails Odoo couldn't deliver: the statement is to be sent again. A
        customer that has answered has read it."""
        for statement in self:
            # sudo: mails are the server's
            mail = statement.sudo().mail_id
            # what is sent again must not be delivered by a second try of this one
            mail.cancel()
            vals = {"mail_id": False}
            if statement.state == "sent":
                vals |= {"state": "verified", "sent_on": False}
                failure = RETURNED.get(mail.failure_type, "undelivered")
                told = mail.failure_reason if failure == "undelivered" else None
                statement._note_failure(failure, told or statement.sent_to)
            statement._write_guarded(vals)
