from datetime import time

from odoo import fields, models
from odoo.tools import format_time

#: How a contact is reached.
CHANNELS = [
    ("phone", "Phone"),
    ("email", "Email"),
    ("wechat", "WeChat"),
    ("whatsapp", "WhatsApp"),
    ("line", "LINE"),
    ("telegram", "Telegram"),
    ("teams", "Video call"),
    ("visit", "Visit"),
    ("fair", "Trade fair"),
]
#: Hours of a day, as they are typed.
HOURS = (0.0, 24.0)


class ResPartner(models.Model):
    """How and when a contact likes to be reached: its own, not its company's."""

    _name = "res.partner"
    _inherit = ["res.partner", "typed.number.mixin"]

    preferred_channel = fields.Selection(
        selection=CHANNELS,
        groups="base.group_user",
        help="How this contact likes to be reached.",
    )
    contact_from = fields.Float(
        string="Reached From",
        digits=(4, 2),
        bounds=HOURS,
        groups="base.group_user",
        help="From which hour on this contact likes to be reached, by the clock where "
        "the contact is. The same hour twice: at any time.",
    )
    contact_to = fields.Float(
        string="Reached Until",
        digits=(4, 2),
        bounds=HOURS,
        groups="base.group_user",
        help="Until which hour, by the clock where the contact is; before the first "
        "one: over midnight.",
    )

    # === HABITS === #

    def _get_contact_hours(self):
        """Return when this contact likes to be reached, by its own clock.

        :return: (from, until) in hours of a day, or None: at any time
        """
        self.ensure_one()
        hours = self.contact_from, self.contact_to
        return None if hours[0] == hours[1] else hours

    def _format_contact_hours(self):
        """Return the hours of a contact as its reader writes them; "" for any."""
        hours = self._get_contact_hours()
        if not hours:
            return ""
        first, last = (
            format_time(self.env, _to_time(hour), time_format="short") for hour in hours
        )
        return self.env._("%(first)s – %(last)s", first=first, last=last)


def _to_time(hours):
    """Return hours of a day as a time; 24 is where the next day begins."""
    minutes = round(hours * 60) % (24 * 60)
    return time(*divmod(minutes, 60))
