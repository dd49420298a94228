from datetime import datetime, timedelta
from typing import NamedTuple

from markupsafe import Markup

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import clean_context, html2plaintext

from ..common.html_text import as_html, as_text
from ..common.remembered import remembered
from ..common.res_partner_habits import CHANNELS

#: Notes follow-ups.
USER = "multicurrency_crm.group_user"
SUBTYPE = "multicurrency_crm.mail_message_subtype_follow_up"
#: Letters of a note.
NOTE = 4000
#: From when on follow-ups are noted, and how far ahead a clock may be.
FIRST = datetime(2000, 1, 1)
AHEAD = timedelta(minutes=5)
#: What one transaction writes is of one moment, give or take the rounding.
MOMENT = timedelta(seconds=1)

#: What a follow-up is noted on.
DOCUMENTS = ("res.partner", "crm.lead", "sale.order")
#: How somebody was spoken with.
FOLLOW_UP_KINDS = [*CHANNELS, ("other", "Another way")]
OUTCOMES = [
    ("interested", "Interested"),
    ("quotation", "Wants a Quotation"),
    ("samples", "Wants Samples"),
    ("terms", "Discusses Price or Terms"),
    ("order", "Will Order"),
    ("later", "Decides Later"),
    ("complaint", "Complains"),
    ("lost", "Not Interested"),
    ("reached", "Spoken With, Nothing New"),
    ("unreached", "Not Reached"),
    ("else", "Something Else"),
]
#: {kind: type of the activity that is planned by it}; chats have our own.
ACTIVITIES = {
    "phone": "mail.mail_activity_data_call",
    "email": "mail.mail_activity_data_email",
    "teams": "mail.mail_activity_data_meeting",
    "visit": "mail.mail_activity_data_meeting",
    "fair": "mail.mail_activity_data_meeting",
}
NEXT_CONTACT = "multicurrency_crm.mail_activity_type_next_contact"


class Spoken(NamedTuple):
    """What was said with a customer, and when somebody will speak with it next."""

    kind: str
    outcome: str
    note: str = ""
    contact: models.BaseModel | None = None  # ``res.partner`` with whom
    moment: datetime | None = None  # in UTC; None: now
    next_date: object = None  # ``date``
    next_user: models.BaseModel | None = None  # ``res.users``; None: whose it is
    summary: str = ""  # of what is planned


class CustomerFollowUp(models.Model):
    """What kind of contact a message tells of, and what came of it.

    The message is the follow-up: on its document, with its author and day. This is what
    lists, figures and the nightly job ask of it, so that nobody's messages get columns.
    """

    _name = "customer.follow.up"
    _description = "Follow-up"
    _inherit = ["guarded.mixin"]
    _order = "contacted_on desc, id desc"

    message_id = fields.Many2one(
        "mail.message", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index=True,
        ondelete="set null",
        help="Empty: an opportunity without a customer.",
    )
    origin_partner_id = fields.Many2one(
        "res.partner",
        string="Customer Then",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Whose it was when it was noted: for it, should that customer become a "
        "contact of another one, and a customer of its own again.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Spoke With",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        selection=FOLLOW_UP_KINDS,
        string="Contacted By",
        readonly=True,
        help="Empty: brought in, and the file didn't say.",
    )
    outcome = fields.Selection(
        selection=OUTCOMES, string="What Came of It", readonly=True
    )
    note = fields.Text(string="What Was Said", readonly=True)
    contacted_on = fields.Datetime(required=True, readonly=True)
    date = fields.Date(
        string="Day", required=True, readonly=True, help="Where the company is."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Noted By",
        readonly=True,
        ondelete="set null",
        help="Empty: brought in, and none of the users.",
    )
    activity_id = fields.Many2one(
        "mail.activity",
        string="Planned Next",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    planned_on = fields.Datetime(
        readonly=True, help="When a follow-up last wrote what is planned."
    )
    next_date = fields.Date(
        related="activity_id.date_deadline", string="Next Contact On"
    )
    is_next_open = fields.Boolean(
        related="activity_id.active", string="Next Contact Is Open"
    )
    res_model = fields.Char(related="message_id.model", string="Model of the Document")
    res_id = fields.Many2oneReference(
        related="message_id.res_id", string="Record of the Document"
    )
    document_name = fields.Char(string="Document", compute="_compute_document_name")
    salesperson_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    country_id = fields.Many2one(related="partner_id.country_id")

    _message_unique = models.Constraint(
        "UNIQUE (message_id)", "A message is one follow-up."
    )
    _customer_day = models.Index("(company_id, partner_id, date)")

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "kind", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for follow_up in self:
            follow_up.display_name = self.env._(
                "%(customer)s: %(kind)s",
                # sudo: a name, and the customer may be another company's
                customer=follow_up.sudo().partner_id.display_name or "",
                kind=follow_up._get_label("kind"),
            )

    @api.depends("message_id")
    def _compute_document_name(self):
        for follow_up in self:
            # sudo: a name; who opens it is asked for the right to
            follow_up.document_name = follow_up.sudo().message_id.record_name

    def _get_label(self, name):
        """Return what the value of a selection is called, in the reader's language."""
        labels = dict(self._fields[name]._description_selection(self.env))
        return labels.get(self[name], "")

    @api.model
    def _get_subtype_id(self):
        """Return the id of the messages' subtype; None where it is gone."""
        return self.env["ir.model.data"]._xmlid_to_res_id(
            SUBTYPE, raise_if_not_found=False
        )

    # === NOTING === #

    @api.model
    def _note(self, document, spoken):
        """Note what was said with a customer: as a message on a document, and, where a
        day is given, as an activity on it. Nobody is sent the message.

        :param document: one ``res.partner``, ``crm.lead`` or ``sale.order``
        :param spoken: :class:`Spoken`
        :return: the follow-up
        :raises AccessError: who notes it may not write on the document
        :raises UserError: something is missing, or can't be
        """
        document = self._check_may_note(document)
        company = self._get_company(document)
        self._check_spoken(document, company, spoken)
        moment = spoken.moment or fields.Datetime.now()
        customer = document._get_follow_up_customer()
        planned = self._plan(document, company, spoken)
        # sudo: rows are written by our code only; the right was checked
        row = self.sudo()._create_guarded(
            [
                {
                    "message_id": self._post(document, spoken, moment).id,
                    "partner_id": customer.id,
                    "contact_id": spoken.contact.id if spoken.contact else False,
                    "company_id": company.id,
                    "kind": spoken.kind,
                    "outcome": spoken.outcome,
                    "note": (spoken.note or "").strip(),
                    "contacted_on": moment,
                    "date": company._get_day_of(moment),
                    "user_id": self.env.uid,
                    "activity_id": planned.id,
                    "planned_on": planned and self.env.cr.now(),
                }
            ]
        )
        self.env["customer.life"]._note_contact(company, customer)
        return row.with_env(self.env)

    @api.model
    def _check_may_note(self, document):
        """Check that the user may note something on a document.

        :return: the document, in an environment without what a client's context says
        :raises AccessError: not a colleague who writes on that document
        :raises UserError: follow-ups aren't noted on such
        """
        if document._name not in DOCUMENTS or len(document) != 1:
            raise UserError(
                self.env._(
                    "Choose the customer, opportunity or order that it is about."
                )
            )
        if not self.env.user.has_group(USER):
            raise AccessError(self.env._("Multi-Currency users note follow-ups."))
        document.check_access("read")
        posting = document._mail_get_operation_for_mail_message_operation("create")
        if not document.has_access(posting[document]):
            raise AccessError(
                self.env._(
                    "You may read %(document)s, but not write there: somebody else has "
                    "to note the follow-up.",
                    document=document.display_name,
                )
            )
        return document.with_context(
            clean_context(document.env.context),
            mail_post_autofollow=False,
            mail_post_autofollow_author_skip=True,
        )

    @api.model
    def _get_company(self, document):
        """Return the main company that speaks with a customer, with sudo."""
        # sudo: who works in a branch needn't see its main company
        document = document.sudo()
        company = document.company_id
        if document._name == "crm.lead":
            company = company or document.team_id.company_id
        return (company or self.env.company.sudo()).root_id

    @api.model
    def _check_spoken(self, document, company, spoken):
        """:raises UserError: something is missing, or can't be"""
        fields_ = self._fields
        if spoken.kind not in fields_["kind"].get_values(self.env):
            raise UserError(self.env._("Say how you spoke with the customer."))
        if spoken.outcome not in fields_["outcome"].get_values(self.env):
            raise UserError(self.env._("Say what came of it."))
        if len(spoken.note or "") > NOTE:
            raise UserError(
                self.env._("A follow-up has at most %(count)s characters.", count=NOTE)
            )
        now = fields.Datetime.now()
        if not FIRST <= (spoken.moment or now) <= now + AHEAD:
            raise UserError(
                self.env._(
                    "A follow-up is about what was said: its day is today or an "
                    "earlier one. Plan what is to come as the next contact."
                )
            )
        self._check_contact(document, spoken.contact)
        if spoken.next_date:
            self._check_next(document, company, spoken)

    @api.model
    def _check_contact(self, document, contact):
        """:raises UserError: the contact is another customer's"""
        customer = document._get_follow_up_customer()
        # sudo: whose contact it is, however many of them the user reads
        if contact and contact.sudo().commercial_partner_id != customer.sudo():
            raise UserError(
                self.env._(
                    "%(contact)s is no contact of this customer.",
                    contact=contact.display_name,
                )
            )

    @api.model
    def _post(self, document, spoken, moment):
        """Post a follow-up as a message that is sent to nobody.

        :return: ``mail.message``
        """
        return document.message_post(
            body=as_html(self._get_heading(spoken), (spoken.note or "").strip()),
            message_type="comment",
            subtype_xmlid=SUBTYPE,
            date=moment,
        )

    @api.model
    def _get_heading(self, spoken):
        """Return the first line of the message: how, with whom, and what came of it."""
        known = self.new({"kind": spoken.kind, "outcome": spoken.outcome})
        kind, outcome = known._get_label("kind"), known._get_label("outcome")
        if not spoken.contact:
            said = self.env._("%(kind)s: %(outcome)s", kind=kind, outcome=outcome)
        else:
            said = self.env._(
                "%(kind)s with %(contact)s: %(outcome)s",
                kind=kind,
                contact=spoken.contact.name or spoken.contact.display_name,
                outcome=outcome,
            )
        return Markup("<strong>%s</strong>") % said

    # === PLANNING === #

    @api.model
    def _plan(self, document, company, spoken):
        """Plan the next contact: what follow-ups of this document have planned, and
        nobody has done, is moved rather than doubled. Where none is planned any more,
        what was due is done by this one.

        :return: ``mail.activity``; none where no day is given
        """
        known = self._find_planned(document)
        if not spoken.next_date:
            if known and known.date_deadline <= company._get_today():
                # sudo: this is what was planned, whoever has it
                known.sudo().action_done()
            return known.browse()
        type_ = self.env.ref(
            ACTIVITIES.get(spoken.kind, NEXT_CONTACT), raise_if_not_found=False
        )
        user = spoken.next_user or self._get_next_user(document, company)
        vals = {
            "date_deadline": spoken.next_date,
            "user_id": user.id,
            **({"activity_type_id": type_.id} if type_ else {}),
            # of the new follow-up: what an earlier one said is done with
            "summary": spoken.summary or (type_ and type_.summary),
            "note": as_html((spoken.note or "").strip())
            or (type_ and type_.default_note),
        }
        if known:
            # sudo: who writes on a document moves what its follow-ups planned
            known.sudo().write(vals)
            rows = self.sudo().search([("activity_id", "=", known.id)])
            rows._write_guarded({"planned_on": self.env.cr.now()})
            return known
        return document.activity_schedule(**vals, automated=False)

    @api.model
    def _find_planned(self, document):
        """Return the activity that a follow-up of this document planned, and that is
        open."""
        # sudo: whoever planned it
        found = self.env["mail.activity"].sudo()
        rows = self.sudo().search(
            [
                ("message_id.model", "=", document._name),
                ("message_id.res_id", "=", document.id),
                ("activity_id.active", "=", True),
            ],
            limit=1,
        )
        return (rows.activity_id or found).with_env(self.env)

    @api.ondelete(at_uninstall=False)
    def _unlink_planned(self):
        """Cancel what was planned by follow-ups that are removed: where nobody has
        written it since, and no other follow-up tells of it."""
        # sudo: whoever planned it
        rows = self.sudo()
        planned = rows.activity_id.filtered("active")
        kept = rows.search(
            [("activity_id", "in", planned.ids), ("id", "not in", rows.ids)]
        )
        for activity in planned - kept.activity_id:
            mine = rows.filtered(lambda row, own=activity: row.activity_id == own)
            last = max(filter(None, mine.mapped("planned_on")), default=None)
            if last and activity.write_date < last + MOMENT:
                activity.unlink()

    @api.model
    def _get_next_user(self, document, company):
        """Return who speaks with the customer next: its document's salesperson, its
        own, or whoever notes it."""
        # sudo: whose it is; a colleague may not be read
        users = (
            document.sudo().user_id | document._get_follow_up_customer().sudo().user_id
        )
        able = users.filtered(lambda user: self._is_able(document, company, user))
        return (able or self.env.user)[:1].sudo(False)

    @api.model
    def _check_next(self, document, company, spoken):
        """:raises UserError: the next contact is in the past, or for somebody who can't
        speak with the customer"""
        # who sits west of the company has its yesterday still
        today = min(company._get_today(), self.env.user._get_own_today())
        if spoken.next_date < today:
            raise UserError(self.env._("The next contact can't be in the past."))
        user = spoken.next_user
        if user and not self._is_able(document, company, user):
            raise UserError(
                self.env._(
                    "The next contact is for a colleague who works in %(company)s and "
                    "may open %(document)s. Choose another one.",
                    company=company.name,
                    document=document.display_name,
                )
            )

    @api.model
    def _is_able(self, document, company, user):
        """Return whether somebody is a colleague who works where a document is, and may
        open it.

        :param company: main ``res.company`` with sudo
        """
        # sudo: whoever it is; a colleague may not be read
        user, own = user.sudo(), document.sudo().company_id
        if not user.active or user.share or user.id == SUPERUSER_ID:
            return False
        companies = user.company_ids
        if company not in companies.root_id or not own <= companies:
            return False
        known = document.with_user(user)
        return known.with_context(allowed_company_ids=companies.ids).has_access("read")

    # === THE MESSAGE === #

    @api.model
    def _follow_message(self, message):
        """Have a follow-up say what its message says now; one that was emptied is
        removed."""
        # sudo: who may write the message was asked
        row = self.sudo().search([("message_id", "=", message.id)])
        if not row:
            return
        # of those that were brought in, all of it is the note
        text = as_text(message.body, has_heading=bool(row.kind))
        if html2plaintext(message.body or "").strip():
            said = Spoken(row.kind, row.outcome, contact=row.contact_id)
            text = text.removeprefix(row._get_heading(said).striptags()).strip()
            row._write_guarded({"note": text[:NOTE]})
        else:
            company, customer = row.company_id, row.partner_id
            row.unlink()
            self.env["customer.life"]._note_contact(company, customer)

    # === CUSTOMERS === #

    @api.model
    @remembered()
    def _is_any(self):
        """Return whether any follow-up was noted."""
        # sudo: of any company
        return bool(self.sudo().search_count([], limit=1))

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_any():
            self.env["res.company"]._forget_remembered()
        return super().create(
            [
                {"origin_partner_id": vals.get("partner_id"), **vals}
                for vals in vals_list
            ]
        )

    @api.model
    def _join(self, sources, customer):
        """Have what was said with some partners count for one customer.

        :param sources: ``res.partner``
        :param customer: likewise
        """
        # sudo: who moves or merges customers may not read what was said
        rows = self.sudo().search([("partner_id", "in", sources.ids)])
        rows._write_guarded({"partner_id": customer.commercial_partner_id.id})
        rows.flush_recordset()

    @api.model
    def _adopt(self, leads):
        """Have what was said on opportunities count for the customer that they have
        now, as their milestones do: they had none, or another one.

        :param leads: ``crm.lead`` that have a customer
        """
        # sudo: who writes an opportunity may not read what was said
        rows = self.sudo().search(
            [
                ("message_id.model", "=", leads._name),
                ("message_id.res_id", "in", leads.ids),
            ]
        )
        for row in rows:
            lead = leads.browse(row.message_id.res_id).sudo()
            customer = lead._get_follow_up_customer()
            row._write_guarded(
                {"partner_id": customer.id, "origin_partner_id": customer.id}
            )

    @api.model
    def _give_back(self, partners):
        """Have what was said with partners as customers of their own count where they
        belong now: for themselves, once they are none of another customer's contacts
        any more. So what stands on the own page of a company. What was said with a
        contact of its customer stays with that one.

        :param partners: ``res.partner``
        :return: set of the ids of companies in which something was put right
        """
        # sudo: who moves customers may not read what was said
        partners, companies = partners.sudo(), set()
        own = partners.filtered(
            lambda partner: (
                partner.is_company and partner.commercial_partner_id == partner
            )
        )
        rows = self.sudo().search(
            Domain("origin_partner_id", "in", partners.ids)
            | Domain("message_id.model", "=", partners._name)
            & Domain("message_id.res_id", "in", own.ids)
        )
        for row in rows:
            page = own.browse(row.message_id.res_id) & own
            is_page = row.message_id.model == own._name and page
            customer = (
                page if is_page else row.origin_partner_id
            ).commercial_partner_id
            if row.partner_id != customer:
                row._write_guarded({"partner_id": customer.id})
                companies.add(row.company_id.id)
        rows.flush_recordset()
        return companies

    # === ACTIONS === #

    @api.model
    def _open_dialog(self, document):
        """Open the dialog that notes a follow-up on a document.

        :param document: as for :meth:`_note`
        :return: an action
        :raises AccessError, UserError: as :meth:`_check_may_note`, before anybody types
        """
        self._check_may_note(document)
        name = {"crm.lead": "lead_id", "sale.order": "order_id"}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Note a Follow-up"),
            "res_model": "customer.follow.up.make",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                f"default_{name.get(document._name, 'partner_id')}": document.id,
                **{
                    key: value
                    for key, value in self.env.context.items()
                    # a grouped list says so of its own kinds, too
                    if key == "default_kind" and value in dict(FOLLOW_UP_KINDS)
                },
            },
        }

    def action_open_document(self):
        """Open the document of one follow-up, as far as the user may read it.

        :raises UserError: it is gone, or not the user's to read
        """
        self.ensure_one()
        # sudo: which one it is
        message = self.sudo().message_id
        return self.env["customer.timeline"]._open_document(
            message.model, message.res_id, message.record_name
        )
