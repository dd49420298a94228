from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError

#: how the settings of features are called: parts that a database may do without
FEATURE = "group_multicurrency_"


class UnderWay(NamedTuple):
    """What keeps a feature from being switched off."""

    reason: str  # sentence that says what must end first
    records: models.Model  # what must end, of one model


class ResConfigSettings(models.TransientModel):
    """The frame of the settings: a branch's are its main company's, a feature's are the
    whole database's."""

    _inherit = "res.config.settings"

    rate_direction = fields.Selection(
        related="company_id.rate_direction", readonly=False
    )
    night_hour = fields.Selection(
        related="company_id.night_hour", readonly=False, required=True
    )
    night_zone = fields.Char(
        string="Time Zone",
        compute="_compute_night_zone",
        help="Of the company's address, else of its working hours.",
    )

    @api.depends("company_id")
    def _compute_night_zone(self):
        for settings in self:
            settings.night_zone = settings.company_id._get_zone()

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        settings = self.env["res.company"]._get_multicurrency_settings()
        of_company = {
            name
            for name, field in self._fields.items()
            if field.related and field.related.removeprefix("company_id.") in settings
        }
        for node in arch.iter("field"):
            if node.get("name") in of_company:
                node.set("readonly", "not is_root_company")
        return arch, view

    # === FEATURES === #

    def set_values(self):
        self._check_features({name: self[name] for name in self._list_features()})
        return super().set_values()

    @api.model
    def _list_features(self):
        """Name the settings that show or hide a part of the addon, in no order."""
        return [name for name in self._fields if name.startswith(FEATURE)]

    @api.model
    def _find_features(self):
        """Find which features the database uses.

        :return: {name of the setting: whether it is on}
        """
        names = self._list_features()
        values = self.default_get(names)
        return {name: values[name] for name in names}

    @api.model
    def _set_features(self, chosen):
        """Switch features on and off, for everybody in this database.

        :param chosen: {name of the setting: whether it is wanted}; others stay
        :raises UserError, RedirectWarning: where one is switched off while something of
            it is running
        """
        self._check_features(chosen)
        for name, groups, feature in self._get_classified_fields(chosen)["group"]:
            # sudo: groups belong to Odoo's administrators, the choice to managers
            groups, feature = groups.sudo(), feature.sudo()
            if chosen[name]:
                groups._apply_group(feature)
            else:
                groups._remove_group(feature)

    @api.model
    def _check_features(self, chosen):
        """Refuse to hide what goes on acting on documents.

        :raises RedirectWarning: with a sentence for each feature in the way, and a
            button that opens what must end first
        :raises UserError: likewise, where the user may read none of that
        """
        shown = self._find_features()
        hidden = [name for name in chosen if shown[name] and not chosen[name]]
        if not hidden:
            return
        running = self._find_running_features()
        found = [running[name] for name in hidden if name in running]
        if not found:
            return
        message = "\n".join(under_way.reason for under_way in found)
        readable = [way.records for way in found if self._may_open(way.records)]
        if not readable:
            raise UserError(message)
        raise RedirectWarning(
            message, self._open_under_way(readable[0]), self.env._("Show Them")
        )

    @api.model
    def _may_open(self, records):
        # sudo is for finding; the user opens what they may read
        records = records.sudo(False)
        return records.has_access("read") and bool(records._filtered_access("read"))

    @api.model
    def _open_under_way(self, records):
        """Return the action that opens what must end first."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env["ir.model"]._get(records._name).name,
            "res_model": records._name,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", records.ids)],
            # of all companies, archived ones too: the sentence counts them all
            "context": {"active_test": False, "create": False},
        }

    @api.model
    def _find_running_features(self):
        """Find what features have under way, in all companies; each room adds its own.

        :return: {name of the setting: :class:`UnderWay`}
        """
        return {}
