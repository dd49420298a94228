from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.chat_handles import CHATS, get_chat_address, read_handle
from ...engine.local_time import find_local_time

#: What each chat wants to be told.
HANDLES = tuple(f"chat_{chat}" for chat in CHATS)


class ResPartner(models.Model):
    """How one speaks with a contact: by which chats, at what time there, and what was
    said."""

    _inherit = "res.partner"

    chat_whatsapp = fields.Char(
        string="WhatsApp",
        copy=False,
        groups="base.group_user",
        help="The number with + and the country's code.",
    )
    chat_wechat = fields.Char(
        string="WeChat",
        copy=False,
        groups="base.group_user",
        help="The WeChat ID, or the number with + and the country's code.",
    )
    chat_line = fields.Char(
        string="LINE",
        copy=False,
        groups="base.group_user",
        help="The LINE ID; of official accounts with @.",
    )
    chat_telegram = fields.Char(
        string="Telegram",
        copy=False,
        groups="base.group_user",
        help="The user name, or the number with + and the country's code.",
    )
    chat_addresses = fields.Json(
        compute="_compute_chat_addresses", groups="base.group_user"
    )
    time_there = fields.Char(
        compute="_compute_time_there",
        groups="base.group_user",
        help="Now, where the contact is: of its own time zone, else of its country; "
        "from – to where that has several.",
    )
    is_time_to_talk = fields.Boolean(
        compute="_compute_time_there",
        groups="base.group_user",
        help="It is within the hours of this contact, or daytime there.",
    )

    # === COMPUTE METHODS === #

    @api.depends(*HANDLES)
    def _compute_chat_addresses(self):
        for partner in self:
            found = {}
            for chat, name in zip(CHATS, HANDLES, strict=True):
                handle = read_handle(chat, partner[name] or "")
                found[chat] = handle and get_chat_address(chat, handle)
            partner.chat_addresses = found

    @api.depends("tz", "country_id", "contact_from", "contact_to")
    @api.depends_context("lang")
    def _compute_time_there(self):
        now = fields.Datetime.now()
        Today = self.env["collection.today"]
        for partner in self:
            found = find_local_time(now, partner._find_zones())
            hours = partner._get_contact_hours()
            is_time = found and (found.is_within(*hours) if hours else found.is_day)
            partner.is_time_to_talk = bool(is_time)
            partner.time_there = found and Today._format_local_time(found)

    # === CONSTRAINT METHODS === #

    @api.constrains(*HANDLES)
    def _check_handles(self):
        for partner in self:
            for chat, name in zip(CHATS, HANDLES, strict=True):
                text = partner[name]
                if text and not read_handle(chat, text):
                    raise ValidationError(
                        self.env._(
                            "“%(text)s” is no one's name on %(chat)s. %(help)s",
                            text=text[:50],
                            chat=self._fields[name]._description_string(self.env),
                            help=self._fields[name]._description_help(self.env),
                        )
                    )

    # === FOLLOW-UPS === #

    def _get_follow_up_customer(self):
        """Return the customer of this contact."""
        return self.commercial_partner_id

    def action_note_follow_up(self):
        """Open the dialog that notes what was said with this contact or customer."""
        self.ensure_one()
        return self.env["customer.follow.up"]._open_dialog(self)

    def action_open_timeline(self):
        """Open all that happened with this customer, and what is planned."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_customer_timeline"
        )
        customer = self.commercial_partner_id
        return {
            **action,
            "domain": [("partner_id", "=", customer.id)],
            "context": {"search_default_valid": 1},
        }
