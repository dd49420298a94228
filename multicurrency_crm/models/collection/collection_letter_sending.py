from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import (
    email_normalize,
    email_normalize_all,
    format_date,
    html2plaintext,
)
from odoo.tools.pdf import merge_pdf

from ..common.html_text import as_html
from ..common.scheduled_job import ScheduledJob
from .collection_source import Terms

#: The job that sends what is queued, and notes what left and what came back.
JOB = "multicurrency_crm.ir_cron_send_letters"
#: Letters that are printed in one go, while somebody waits.
PRINTED = 50
#: States of a mail that wasn't delivered.
RETURNING = ("exception", "cancel")
#: {why Odoo's mail failed: why ours did}; all others weren't delivered.
RETURNED = {
    "mail_bl": "blacklisted",
    "mail_optout": "blacklisted",
    "mail_email_invalid": "bad_email",
    "mail_email_missing": "no_address",
}
#: Letters of an error that are kept.
KEPT = 500
#: Statements that a customer may get.
STATED = ("verified", "sent", "confirmed")


class CollectionLetter(models.Model):
    """How letters go: by mail, on paper, or as a colleague's activity.

    A mail counts once it was given to the customer's server, and no longer if it comes
    back: only then is it the next level's turn. What was settled, disputed or postponed
    since the letter was prepared is taken out of it.
    """

    _inherit = "collection.letter"

    queued_by = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="set null"
    )
    queued_on = fields.Datetime(
        string="To Be Sent Since", readonly=True, copy=False, index="btree_not_null"
    )
    sent_on = fields.Datetime(readonly=True, copy=False)
    sent_to = fields.Char(readonly=True, copy=False)
    # kept, since only a mail that is still there says that it left
    mail_id = fields.Many2one(
        "mail.mail",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    statement_id = fields.Many2one(
        "customer.statement",
        string="Statement Attached",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    send_failure = fields.Selection(
        selection=[
            ("no_address", "No address"),
            ("bad_email", "Invalid e-mail address"),
            ("blacklisted", "Address on the blacklist"),
            ("unwritten", "The mail couldn't be written"),
            ("undelivered", "The mail server didn't deliver"),
            ("bounced", "The mail came back"),
        ],
        readonly=True,
        copy=False,
    )
    send_detail = fields.Char(readonly=True, copy=False)

    # === ACTIONS === #

    def action_send(self):
        """Send letters: mails are queued, activities made, and letters on paper wait to
        be printed. Those that failed are tried again.

        :return: action that says what goes
        :raises AccessError: not finance of that company
        :raises UserError: none of them is to be sent
        """
        self._check_finance()
        ready = self.filtered(
            lambda letter: (
                letter.state in ("draft", "failed")
                and letter.channel != "letter"
                and not letter.queued_on
            )
        )
        if not ready:
            raise UserError(
                self.env._(
                    "None of these letters is to be sent: they were, they wait, they "
                    "are skipped, or they are to be printed."
                )
            )
        ready._queue()
        # sudo: the job of the server
        self.env.ref(JOB).sudo()._trigger()
        count = len(ready.filtered("queued_on"))
        return self._notify(self.env._("Letters that will be sent: %s", count))

    def action_print(self):
        """Print letters on paper, one behind the other in one PDF; they count as sent.

        :return: action that downloads it
        :raises AccessError: not finance of that company
        :raises UserError: none of them goes on paper, or too many at once
        """
        self._check_finance()
        papers = self.filtered(
            lambda letter: (
                letter.channel == "letter" and letter.state in ("draft", "sent")
            )
        )
        waiting = papers.filtered(lambda letter: letter.state == "draft")
        for letter in waiting:
            # sudo: what is open of all branches
            letter.sudo()._look_again()
        papers = papers.filtered(lambda letter: letter.state in ("draft", "sent"))
        if waiting and not papers:
            # no error: it would take back that they are skipped
            return self._notify(
                self.env._(
                    "Nothing is left to be printed: these letters are skipped, and say "
                    "why."
                )
            )
        papers._check_printable()
        attachment = papers._print()
        for letter in papers.filtered(lambda letter: letter.state == "draft"):
            letter.sudo()._note_left(letter.contact_id.display_name)
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "self",
        }

    def _check_printable(self):
        """:raises UserError: there are none, or too many to be waited for"""
        if not self:
            raise UserError(self.env._("None of these letters goes on paper."))
        if len(self) > PRINTED:
            raise UserError(
                self.env._(
                    "At most %(count)s letters are printed while you wait: choose "
                    "fewer.",
                    count=PRINTED,
                )
            )

    def _print(self):
        """Print these letters into one file.

        :return: ``ir.attachment``, of the first one
        """
        # sudo: the report is the server's; who asks may read the letters
        Report = self.env["ir.actions.report"].sudo()
        name = "multicurrency_crm.action_report_collection_letter"
        # singly: wkhtmltopdf doesn't convert several documents in one call everywhere
        files = [Report._render_qweb_pdf(name, letter.ids) for letter in self]
        is_pdf = all(kind == "pdf" for _content, kind in files)
        contents = [content for content, _kind in files]
        title = self[0]._get_report_base_filename()
        if len(self) > 1:
            title = self.env._("Reminders %(date)s", date=self[0].date)
        return self.env["ir.attachment"].create(
            {
                "name": f"{title}.pdf" if is_pdf else title,
                "raw": merge_pdf(contents) if is_pdf else b"".join(contents),
                "res_model": self._name,
                "res_id": self[0].id,
            }
        )

    @api.model
    def _notify(self, message):
        """Return the action that tells something, and shows what it is about anew."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _queue(self):
        """Queue letters; the items of one that failed are taken once more."""
        failed = self.filtered(lambda letter: letter.state == "failed")
        for letter in failed:
            # sudo: nobody takes an item by hand
            letter.sudo()._take_again()
        waiting = self.filtered(lambda letter: letter.state in ("draft", "failed"))
        waiting._write_guarded(
            {
                "state": "draft",
                "send_failure": False,
                "send_detail": False,
                "queued_by": self.env.uid,
                "queued_on": fields.Datetime.now(),
                "mail_id": False,
            }
        )

    def _take_again(self):
        """Take the items of a letter that came back; skip it where another one has
        them, or where others were prepared for this customer since."""
        self.ensure_one()
        rows = [
            (line.move_line_id.id, line.level_id.id, line.due, self.id)
            for line in self.line_ids
            if line._is_reminded() and line.move_line_id
        ]
        taken = self.env["collection.reminder"]._take(rows)
        newer = self.search_count(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id", "=", self.partner_id.id),
                ("currency_id", "=", self.currency_id.id),
                ("id", ">", self.id),
                ("state", "in", ("draft", "sent")),
            ],
            limit=1,
        )
        if newer or len(taken) < len(rows):
            self._skip("waiting")

    # === ADDRESSES === #

    def _find_obstacles(self):
        """Find what keeps each of these letters from reaching its customer: a handful
        of queries.

        :return: {id: (reason or None, detail)}
        """
        return self._find_unreachable(
            {letter.id: (letter.channel, letter.contact_id) for letter in self}
        )

    @api.model
    def _find_unreachable(self, wanted):
        """Find what keeps a letter from reaching whom it goes to.

        :param wanted: {key: (channel, ``res.partner``)}
        :return: {key: (reason or None, detail)}
        """
        # sudo: the invoice contact may be private
        contacts = {key: contact.sudo() for key, (_channel, contact) in wanted.items()}
        addresses = {
            key: email_normalize_all(contact.email or "")
            for key, contact in contacts.items()
        }
        emails = [one for found in addresses.values() for one in found]
        # sudo: the blacklist is the mailing's
        barred = self.env["mail.blacklist"].sudo().search([("email", "in", emails)])
        barred = set(barred.mapped("email"))
        found = {}
        for key, (channel, _contact) in wanted.items():
            contact = contacts[key]
            obstacle, detail = None, None
            if channel == "letter" and not (contact.street or contact.city):
                obstacle, detail = "no_address", contact.display_name
            elif channel == "email" and not (contact.email or "").strip():
                obstacle, detail = "no_address", contact.display_name
            elif channel == "email" and not addresses[key]:
                obstacle, detail = "bad_email", contact.email
            elif channel == "email" and barred & set(addresses[key]):
                obstacle, detail = "blacklisted", contact.email
            found[key] = (obstacle, detail)
        return found

    def _skip_unreachable(self):
        """Skip the letters that couldn't reach their customers, and say why."""
        for letter_id, (obstacle, detail) in self._find_obstacles().items():
            if obstacle:
                self.browse(letter_id)._skip(obstacle, detail)

    # === SENDING === #

    @api.model
    def _cron_send(self):
        """Note which mails left and which didn't, and send what is queued, each in a
        transaction of its own."""
        with ScheduledJob(self) as job:
            pending = Domain("state", "=", "draft")
            left = pending & Domain("mail_id.state", "=", "sent")
            job.work_off(self, left, type(self)._note_mails_left)
            returned = pending & Domain("mail_id.state", "in", RETURNING)
            job.work_off(self, returned, type(self)._note_returned)
            job.work_off(
                self,
                pending
                & Domain("queued_on", "!=", False)
                & Domain("mail_id", "=", False),
                type(self)._send_queued,
                size=1,
                give_up=type(self)._note_unwritten,
            )

    def _send_queued(self):
        """Look at letters once more, and send those that still are to go."""
        for letter in self:
            letter._look_again()
            if letter.state != "draft":
                continue
            obstacle, detail = letter._find_obstacles()[letter.id]
            if obstacle:
                letter._note_failure(obstacle, detail)
            elif letter.channel == "activity":
                letter._ask_colleague()
            else:
                letter._send_mail()

    def _look_again(self):
        """Take out of a letter what was settled, disputed, blocked or postponed since
        it was prepared; skip it where nothing is left."""
        self.ensure_one()
        company = self.company_id
        today = company._get_today()
        Source = self.env["collection.source"]
        found = self.env["account.move.line"]._find_open_items(
            company, today, Source._find_receivables(), self.partner_id
        )
        open_items = {item.id: item for item in found if item.state == "open"}
        obstacles = Source._find_obstacles(company, self.partner_id, found, today)
        promised = Source._find_promised(found, today)
        for line in self._get_reminded().filtered(lambda line: line._is_reminded()):
            item = open_items.get(line.move_line_id.id)
            item_id = line.move_line_id.id
            line._look_again(item, obstacles.get(item_id), promised.get(item_id))
        owed = open_items.values()
        Source._find_too_small(owed, obstacles, self, today)._take_out("small")
        self._look_at_interest()
        favour = Source._get_favour(owed, obstacles, self, today)
        self._add_up(favour)

    def _look_at_interest(self):
        """Have the lines of a letter charge what they bore until its day by what is
        known now, at their rates: money may have come that bears an earlier day."""
        # what is invoiced already is charged as it is
        if self._get_charge_move():
            return
        lines = self._get_reminded().filtered(
            lambda line: line.move_line_id and line.interest_rate
        )
        wanted = {
            line.move_line_id.id: Terms(
                line.level_id.id, line.interest_rate, line.interest_basis
            )
            for line in lines
        }
        Source = self.env["collection.source"]
        found = Source._find_interests(wanted, self.date, self) if wanted else ()
        bore = {interest.item_id: interest.amount for _key, interest in found}
        for line in lines:
            interest = bore.get(line.move_line_id.id, 0.0)
            if self.currency_id.compare_amounts(line.interest, interest):
                line._write_guarded({"interest": interest})

    def _add_up(self, unallocated):
        """Add a letter up anew.

        :param unallocated: in the customer's favour, in the letter's currency, as far
            as it counts for the items of this letter
        """
        lines = self._get_reminded()
        reminded = lines.filtered(lambda line: line._is_reminded())
        owed = sum(reminded.mapped("residual"))
        interest = self.currency_id.round(sum(lines.mapped("interest")))
        # of what was paid before, interest has a letter of its own in the next run
        if (left_out := self.line_ids - lines) and not reminded:
            self._skip(left_out[-1].skip_reason, left_out[-1].skip_note)
            return
        if lines and not reminded and self.currency_id.is_zero(interest):
            self._skip("settled")
            return
        if reminded and self.currency_id.compare_amounts(owed, unallocated) <= 0:
            self._skip("covered")
            return
        self._write_guarded(
            {
                "amount": self.currency_id.round(owed),
                "unallocated": unallocated if reminded else 0.0,
                "interest": interest,
                **self._prepare_level_vals(reminded),
            }
        )

    def _prepare_level_vals(self, reminded):
        """Prepare the level of what is left in this letter, with its fee: what was paid
        meanwhile doesn't leave the last reminder to what hasn't come that far.

        :param reminded: the lines that are left
        """
        # sudo: who sends letters in a branch needn't see its main company's levels
        levels = reminded.level_id.sudo().sorted("days")
        level = levels[-1:]
        if not level or level == self.level_id:
            return {}
        Source = self.env["collection.source"]
        items = {(line.move_line_id.id, level.id) for line in reminded}
        fee = 0.0
        if level.fee and not items & Source._find_billed(self.partner_id):
            fee = Source._get_fee(level, self.currency_id, self.company_id, self.date)
        is_converted = fee and level.currency_id != self.currency_id
        return {
            "level_id": level.id,
            "fee": fee,
            "fee_rate_date": is_converted and self.date,
        }

    def _send_mail(self):
        """Queue the mail of this letter, in one transaction with the note that it is.

        :raises Exception: the template or the statement couldn't be rendered
        """
        self.ensure_one()
        # sudo: the template and its mail are the server's; finance asked for it
        template = self._get_template().sudo().with_company(self.company_id)
        statement = self._find_statement()
        mail_id = template.send_mail(
            self.id,
            email_values={
                "recipient_ids": [Command.set(self.contact_id.ids)],
                # whether it left is read off it
                "auto_delete": False,
            },
        )
        # sudo: as above
        mail = self.env["mail.mail"].sudo().browse(mail_id)
        if statement:
            mail.attachment_ids = [Command.link(self._attach(statement, mail).id)]
        self._write_guarded(
            {
                "mail_id": mail_id,
                "sent_to": self.contact_id.email,
                "statement_id": statement.id,
            }
        )
        self.flush_recordset()

    def _get_template(self):
        """Return the text of this letter: its level's, or that of the level's kind; one
        of its own where it states interest alone."""
        self.ensure_one()
        if self._is_interest_alone():
            return self.env.ref("multicurrency_crm.mail_template_collection_interest")
        # sudo: who sends letters in a branch needn't see its main company's levels
        level = self.level_id.sudo()
        kind = "reminder"
        if self._is_friendly():
            kind = "friendly"
        elif level.last_action != "none":
            kind = "last"
        return level.template_id or self.env.ref(
            f"multicurrency_crm.mail_template_collection_{kind}"
        )

    def _render_text(self):
        """Render the text of this letter for its print, in the customer's language.

        :return: ``Markup``
        """
        self.ensure_one()
        # sudo: templates are the server's
        template = self._get_template().sudo()
        return template._render_field("body_html", self.ids, compute_lang=True)[self.id]

    def _find_statement(self):
        """Return the newest statement of this customer, where the company makes them.

        :return: ``customer.statement`` with sudo, or none
        """
        # sudo: the job sends letters of all companies
        company = self.company_id.sudo()
        Statement = self.env["customer.statement"].sudo()
        if company.statement_period == "off":
            return Statement
        return Statement.search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "=", self.partner_id.id),
                ("state", "in", STATED),
            ],
            order="date_to desc, id desc",
            limit=1,
        )

    def _attach(self, statement, mail):
        """Return the print of a statement as an attachment of a mail."""
        # sudo: the report is the server's
        Report = self.env["ir.actions.report"].sudo()
        name = "multicurrency_crm.action_report_customer_statement"
        content, kind = Report._render_qweb_pdf(name, statement.ids)
        title = statement._in_customer_language()._get_report_base_filename()
        # sudo: as above
        return (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": f"{title}.{kind}",
                    "raw": content,
                    "res_model": "mail.message",
                    "res_id": mail.mail_message_id.id,
                }
            )
        )

    def _ask_colleague(self):
        """Have the responsible colleague remind the customer; that counts."""
        user = self._get_responsible_user()
        spoken = self.with_context(lang=user.lang)
        spoken.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=spoken.env._(
                "Remind %(customer)s: %(amount)s",
                customer=spoken.partner_id.name,
                amount=spoken._get_mail_title(),
            ),
            note=as_html(
                spoken.level_id.name,
                *(
                    spoken.env._(
                        "%(document)s: %(amount)s, due %(day)s",
                        document=line.name or "",
                        amount=line.currency_id._format_amount(line.residual),
                        day=format_date(spoken.env, line.due),
                    )
                    for line in spoken._get_reminded()
                    if line._is_reminded()
                ),
                *(
                    spoken.env._(
                        "%(document)s, paid late: interest of %(amount)s",
                        document=row["name"],
                        amount=row["interest"],
                    )
                    for row in spoken._prepare_interest_rows()
                ),
            ),
            user_id=user.id,
        )
        self._note_left(user.name)

    # === WHAT BECAME OF IT === #

    def _note_mails_left(self):
        """Note letters whose mails were given to the customers' servers."""
        for letter in self:
            letter._note_left(letter.sent_to)

    def _note_left(self, sent_to):
        """Note that a letter left: from now on its level counts."""
        self.ensure_one()
        self._write_guarded(
            {
                "state": "sent",
                "queued_on": False,
                "sent_on": fields.Datetime.now(),
                "sent_to": sent_to,
            }
        )
        self._do_last_action()

    def _note_failure(self, failure, detail):
        """Note why this letter didn't reach its customer: its level doesn't count, and
        its items are free for another one. What it did besides is taken back.

        :param str failure: value of ``send_failure``
        :return: whether the customer's credit hold is lifted
        """
        lifted = self.state == "sent" and self._take_back_last_action()
        # sudo: nobody frees an item by hand
        self.sudo().reminder_ids.unlink()
        self._write_guarded(
            {
                "state": "failed",
                "send_failure": failure,
                "send_detail": (detail or "")[:KEPT],
                "queued_on": False,
                "mail_id": False,
            }
        )
        return lifted

    def _note_unwritten(self, error):
        """Note an error that came up while a letter was written."""
        errors = [error, error.__cause__] if error.__cause__ else [error]
        texts = [html2plaintext(str(one)) or type(one).__name__ for one in errors]
        self._note_failure("unwritten", " ".join(" - ".join(texts).split()))

    def _note_returned(self):
        """Note which mails Odoo couldn't deliver."""
        for letter in self:
            # sudo: mails are the server's
            mail = letter.sudo().mail_id
            # what is sent again must not be delivered by a second try of this one
            mail.cancel()
            failure = RETURNED.get(mail.failure_type, "undelivered")
            told = mail.failure_reason if failure == "undelivered" else None
            letter._note_failure(failure, told or letter.sent_to)

    def _message_receive_bounce(self, email, partner):
        """A mail that comes back didn't leave: its level counts no longer."""
        result = super()._message_receive_bounce(email, partner)
        for letter in self:
            ours = email_normalize_all(letter.sent_to or "")
            if letter.channel != "email" or email_normalize(email or "") not in ours:
                continue
            # sent, or not noted as sent yet
            if letter.state == "sent" or letter.mail_id:
                # sudo: the mail gateway reads it
                lifted = letter.sudo()._note_failure("bounced", email)
                letter._ask_for_address(lifted)
        return result

    def _ask_for_address(self, lifted):
        """Ask the responsible colleague for an address that works.

        :param bool lifted: with the letter, its credit hold was taken back
        """
        user = self._get_responsible_user()
        spoken = self.with_context(lang=user.lang)
        move = spoken._get_charge_move()
        spoken.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=spoken.env._("Reminder came back"),
            note=as_html(
                spoken.env._(
                    "%(address)s doesn't take mails: correct the address of "
                    "%(customer)s, and send the letter again.",
                    address=spoken.sent_to or "",
                    customer=spoken.partner_id.name or "",
                ),
                lifted and spoken.env._("The credit hold that it had put is lifted."),
                move
                and spoken.env._(
                    "Its fee and interest are invoiced (%(invoice)s): the next letter "
                    "doesn't charge them again, unless that invoice is credited.",
                    invoice=move.display_name,
                ),
            ),
            user_id=user.id,
        )
