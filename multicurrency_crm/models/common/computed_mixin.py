from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import format_list

from .guarded_mixin import _normalize

X2MANY = ("one2many", "many2many")


class ComputedMixin(models.AbstractModel):
    """Figures that Odoo computes, and that checks of the addon read.

    Odoo's own screens keep them readonly, and nothing else does: by RPC a client writes
    the total of an order. Where a rule of the addon reads them they come from Odoo's
    computation alone; Odoo computes without calling ``create`` or ``write``. Without
    such a rule everything is as Odoo has it.
    """

    _name = "computed.mixin"
    _description = "Figures That Odoo Computes"

    #: names that no client gives a new record, nor changes
    _computed_alone = frozenset()
    #: names that no client changes: Odoo creates records with them for whoever asks,
    #: and what they claim is held against the facts where it is read
    _claimed_once = frozenset()

    # === TO BE EXTENDED BY WHAT READS THEM === #

    @api.model
    def _keeps_computed(self):
        """Whether a rule that reads the figures of new records may be in force. Costs
        no query."""
        return False

    def _filter_computed_kept(self):
        """Those of these records whose figures a rule in force reads."""
        return self.browse()

    # === GUARDS === #

    @api.model
    def default_get(self, fields):
        """What is computed has the default of its definition, if any: a personal one
        would take the place of the computation."""
        closed = self._computed_alone
        if closed.isdisjoint(fields) or not self._keeps_computed():
            return super().default_get(fields)
        values = super().default_get([name for name in fields if name not in closed])
        own = {name: self._fields[name].default for name in closed.intersection(fields)}
        return {
            **values,
            **{name: default(self) for name, default in own.items() if default},
        }

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            given = {
                name
                for vals in vals_list
                for name in self._computed_alone & vals.keys()
                if self._is_entered(name, vals)
            }
            if given and self._keeps_computed():
                self._refuse_computed(given)
        return super().create(vals_list)

    @api.model
    def _is_entered(self, name, vals):
        """Whether a new record would start with a figure of its client's: a form sends
        along what isn't saved yet, and a relation of nothing for each that it shows."""
        return self._fields[name].type not in X2MANY or bool(vals[name])

    def write(self, vals):
        closed = (self._computed_alone | self._claimed_once) & vals.keys()
        if closed and not self.env.su:
            self._check_computed_kept(closed, vals)
        return super().write(vals)

    def _check_computed_kept(self, names, vals):
        """:raises AccessError: a figure would get another value"""
        kept = self._filter_computed_kept()
        if not kept:
            return
        # rights come first: a refusal tells nobody what is stored
        kept.check_access("write")
        for name in names:
            self._check_field_access(self._fields[name], "write")
        changed = {
            name
            for name in names
            for record in kept.sudo()  # sudo: the right was checked
            if record._is_computed_changed(name, vals)
        }
        if changed:
            self._refuse_computed(changed)

    def _is_computed_changed(self, name, vals):
        field = self._fields[name]
        return _normalize(field, vals[name], self) != _normalize(
            field, self[name], self
        )

    @api.model
    def _refuse_computed(self, names):
        labels = [
            self._fields[name]._description_string(self.env) for name in sorted(names)
        ]
        raise AccessError(
            self.env._(
                "%(fields)s of %(document)s can't be entered: Odoo computes it, and "
                "checks go by it. Change what it follows from.",
                fields=format_list(self.env, labels),
                document=self.env["ir.model"]._get(self._name).name,
            )
        )
