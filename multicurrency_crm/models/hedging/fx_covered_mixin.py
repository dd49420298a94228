from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class FxCoveredMixin(models.AbstractModel):
    """A document whose money may be covered by forwards with banks."""

    _name = "fx.covered.mixin"
    _description = "Document Covered by Forwards"

    #: the field of ``fx.forward.allocation`` that points here
    _cover_field = None

    currency_id = fields.Many2one("res.currency")
    covered_amount = fields.Monetary(
        string="Covered",
        compute="_compute_covered_amount",
        search="_search_covered_amount",
        groups="multicurrency_crm.group_user",
        help="By forwards with banks, in the document's currency.",
    )

    covered_share = fields.Float(
        compute="_compute_covered_share",
        groups="multicurrency_crm.group_user",
        help="Covered / what can be covered at most.",
    )

    # Not stored, and without triggers: documents that nobody covers cost nothing.
    def _compute_covered_amount(self):
        covered = dict(
            self.env["fx.forward.allocation"]._read_group(
                [(self._cover_field, "in", self.ids)],
                [self._cover_field],
                ["amount:sum"],
            )
        )
        for document in self:
            document.covered_amount = covered.get(document._origin, 0.0)

    def _compute_covered_share(self):
        for document in self:
            covered = document.covered_amount
            limit = document._get_cover_limit() if covered else 0.0
            document.covered_share = covered / limit if limit else 0.0

    @api.model
    def _search_covered_amount(self, operator, value):
        """Search for what is covered (``> 0``) or not (``= 0``)."""
        # Odoo asks for no right to a field that is searched by a method
        self._check_field_access(self._fields["covered_amount"], "read")
        if operator not in (">", "=", "in") or value not in (0, [0], {0}):
            return NotImplemented
        covers = self.env["fx.forward.allocation"]._search(
            [(self._cover_field, "!=", False)]
        )
        found = Domain("id", "in", covers.subselect(self._cover_field))
        return found if operator == ">" else ~found

    # === HOW MUCH, AND BY WHAT === #

    def _get_money(self):
        """Return the document that stands for the money of this one: an order for its
        lock and its invoice, so that nothing is covered twice."""
        self.ensure_one()
        return self

    def _get_money_key(self):
        money = self._get_money()
        return f"{money._name},{money.id}"

    def _get_cover_limit(self):
        """Return the most that can be covered, in the document's currency."""
        raise NotImplementedError

    def _get_cover_room(self):
        """Return what isn't covered yet of this document and of its money, in its
        currency."""
        money = self._get_money()
        Cover = self.env["fx.forward.allocation"]
        own = Cover.search([(self._cover_field, "=", self.id)])
        room = self._get_cover_limit() - sum(own.mapped("amount"))
        shared = Cover.search([("money_key", "=", self._get_money_key())])
        left = money._get_cover_limit() - sum(shared.mapped("amount"))
        return min(room, left)

    def _get_cover_side(self):
        """Return the side of the forwards that can cover this: 'sell' for what comes
        in, 'buy' for what goes out."""
        return "sell"

    def _check_may_be_covered(self, side):
        """Check that a forward of this side can cover this document as it is.

        :param side: 'sell' or 'buy'
        :raises ValidationError: the document is over, or money flows the other way
        """
        if self._is_given_up():
            raise ValidationError(
                self.env._(
                    "%(document)s is over: nothing of it has to be covered.",
                    document=self.display_name,
                )
            )
        if side == self._get_cover_side():
            return
        if side == "buy":
            raise ValidationError(
                self.env._(
                    "%(document)s brings money in: cover it by a forward that sells.",
                    document=self.display_name,
                )
            )
        raise ValidationError(
            self.env._(
                "%(document)s takes money out: cover it by a forward that buys.",
                document=self.display_name,
            )
        )

    def _is_given_up(self):
        """Return whether nothing of this document is expected any more."""
        return self.state == "cancel"

    def _check_covered_amount(self):
        """Check that no more is covered than this document comes to.

        :raises ValidationError: more is covered
        """
        self.ensure_one()
        if self.currency_id.compare_amounts(self._get_cover_room(), 0) >= 0:
            return
        raise ValidationError(
            self.env._(
                "%(document)s is over %(amount)s, and more than that would be covered: "
                "cover less.",
                document=self.display_name,
                amount=self.currency_id._format_amount(self._get_cover_limit()),
            )
        )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_uncover(self):
        self._uncover()

    def _uncover(self):
        """Free what covered documents that are given up; what a settled contract
        covered stays as evidence."""
        # sudo: whoever may cancel the document ends its cover
        self.env["fx.forward.allocation"].sudo().search(
            [
                (self._cover_field, "in", self.ids),
                ("forward_id.state", "in", ("draft", "active")),
            ]
        ).unlink()

    # === ACTIONS === #

    def action_cover(self):
        """Cover this document by a forward."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cover"),
            "res_model": "fx.forward.allocation",
            "view_mode": "form",
            "target": "new",
            "context": {f"default_{self._cover_field}": self.id},
        }

    def action_open_covers(self):
        """Open what covers this document."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_fx_forward_allocation"
        )
        return {**action, "domain": [(self._cover_field, "=", self.id)]}
