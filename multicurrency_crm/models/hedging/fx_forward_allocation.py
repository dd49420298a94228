from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..common.guarded_mixin import open_guarded
from ..common.html_text import as_html

#: What can be covered: exactly one of them an allocation.
DOCUMENTS = ("order_id", "lock_id", "move_id")


class FxForwardAllocation(models.Model):
    _name = "fx.forward.allocation"
    _description = "Cover by a Forward"
    _inherit = ["typed.number.mixin", "guarded.mixin"]
    _order = "forward_id, id"

    forward_id = fields.Many2one(
        "fx.forward", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="forward_id.company_id", store=True)
    currency_id = fields.Many2one(related="forward_id.currency_id", store=True)
    side = fields.Selection(related="forward_id.side")
    value_date = fields.Date(related="forward_id.value_date")
    rate_display = fields.Char(related="forward_id.rate_display")
    state = fields.Selection(related="forward_id.state", string="Forward Status")
    # A document that is covered can't be deleted: its cover is taken away first.
    order_id = fields.Many2one("sale.order", ondelete="restrict")
    lock_id = fields.Many2one("fx.rate.lock", string="Rate Lock", ondelete="restrict")
    move_id = fields.Many2one("account.move", string="Invoice", ondelete="restrict")
    document_name = fields.Char(
        string="Document", compute="_compute_document_name", compute_sudo=True
    )
    amount = fields.Monetary(required=True, help="In the currency of the forward.")
    # Of two people who cover the same money at once, both count to the same number,
    # and the index below refuses the second.
    money_key = fields.Char(readonly=True, copy=False)
    number = fields.Integer(readonly=True, copy=False)
    # What can be chosen follows from the document.
    document_company_id = fields.Many2one(
        "res.company", compute="_compute_document", compute_sudo=True
    )
    document_currency_id = fields.Many2one(
        "res.currency", compute="_compute_document", compute_sudo=True
    )
    document_side = fields.Char(compute="_compute_document", compute_sudo=True)

    _one_document = models.Constraint(
        "CHECK (num_nonnulls(order_id, lock_id, move_id) = 1)",
        "A cover is of one order, one rate lock or one invoice: choose one of them.",
    )
    _amount_positive = models.Constraint(
        "CHECK (amount > 0)", "The amount of a cover is above zero: enter one."
    )
    _same_money_number = models.UniqueIndex(
        "(money_key, number)",
        "Somebody else is covering the same document just now: try again.",
    )
    _order_key = models.Index("(order_id) WHERE order_id IS NOT NULL")
    _lock_key = models.Index("(lock_id) WHERE lock_id IS NOT NULL")
    _move_key = models.Index("(move_id) WHERE move_id IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends("order_id", "lock_id", "move_id")
    def _compute_document_name(self):
        # sudo: who reads forwards may read neither orders nor invoices
        for cover in self:
            cover.document_name = cover._get_document().display_name

    @api.depends("order_id", "lock_id", "move_id")
    def _compute_document(self):
        for cover in self:
            document = cover._get_document()
            cover.document_company_id = document.company_id
            cover.document_currency_id = document.currency_id
            cover.document_side = bool(document) and document._get_cover_side()

    @api.depends("forward_id", "order_id", "lock_id", "move_id")
    def _compute_display_name(self):
        for cover in self:
            cover.display_name = f"{cover.forward_id.name} → {cover.document_name}"

    def _get_document(self):
        """Return the one document that is covered."""
        self.ensure_one()
        return self.order_id or self.lock_id or self.move_id

    # === ONCHANGE METHODS === #

    @api.onchange("forward_id", "order_id", "lock_id", "move_id")
    def _onchange_amount(self):
        # sudo: finance covers documents that they may not open
        document = self._get_document().sudo()
        if document and self.forward_id and not self.amount:
            self.amount = max(
                min(self.forward_id.amount_available, document._get_cover_room()), 0.0
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("forward_id", *DOCUMENTS, "amount")
    def _check_cover(self):
        # sudo: who covers a document may not read all of it
        for cover in self.sudo():
            forward, document = cover.forward_id, cover._get_document()
            if forward.state not in ("draft", "active"):
                raise ValidationError(
                    self.env._(
                        "%(forward)s is over and covers nothing any more: choose a "
                        "running contract.",
                        forward=forward.name,
                    )
                )
            forward._check_allocated()
            if document:
                cover._check_same_money(document)
                document._check_may_be_covered(forward.side)
                document._check_covered_amount()

    def _check_same_money(self, document):
        """Check that contract and document are of one currency, and of one company or
        a branch of it.

        :raises ValidationError: they are not
        """
        forward = self.forward_id
        if document.currency_id != forward.currency_id:
            raise ValidationError(
                self.env._(
                    "%(document)s is in %(theirs)s, %(forward)s in %(ours)s: choose a "
                    "contract in the same currency.",
                    document=document.display_name,
                    theirs=document.currency_id.name,
                    forward=forward.name,
                    ours=forward.currency_id.name,
                )
            )
        if forward.company_id not in document.company_id.parent_ids:
            raise ValidationError(
                self.env._(
                    "%(document)s belongs to %(theirs)s, %(forward)s to %(ours)s: "
                    "choose a contract of the same company.",
                    document=document.display_name,
                    theirs=document.company_id.name,
                    forward=forward.name,
                    ours=forward.company_id.name,
                )
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_guarded(vals_list)
        opened = super(FxForwardAllocation, open_guarded(self))
        covers = opened.create(self._number(vals_list)).with_env(self.env)
        covers._log()
        return covers

    @api.model
    def _number(self, vals_list):
        """Return the values with the next numbers of the money that they cover."""
        last = {}
        numbered = []
        for vals in vals_list:
            name = next((name for name in DOCUMENTS if vals.get(name)), None)
            if name:
                document = self.env[self._fields[name].comodel_name].browse(vals[name])
                # sudo: all covers of the document count, whoever may see them
                key = document.sudo()._get_money_key()
                if key not in last:
                    found = self.sudo().search(
                        [("money_key", "=", key)], order="number desc", limit=1
                    )
                    last[key] = found.number
                last[key] += 1
                vals = {**vals, "money_key": key, "number": last[key]}
            numbered.append(vals)
        return numbered

    def write(self, vals):
        self.check_access("write")
        if vals.keys() & {"forward_id", "amount", "money_key", "number", *DOCUMENTS}:
            raise UserError(
                self.env._("A cover isn't changed: take it away and enter another one.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        if not self.env.su and any(cover.state == "settled" for cover in self):
            raise UserError(
                self.env._("What a settled forward covered stays as evidence.")
            )
        self._log(is_over=True)

    def _log(self, is_over=False):
        """Log in the histories of contract and document that one covers the other, or
        no longer does."""
        # sudo: who covers a document may not write to it
        for cover in self.sudo():
            names = {
                "forward": cover.forward_id.name,
                "document": cover.document_name,
                "amount": cover.currency_id._format_amount(cover.amount),
            }
            if is_over:
                body = self.env._(
                    "%(forward)s covers %(document)s no longer: %(amount)s", **names
                )
            else:
                body = self.env._(
                    "%(forward)s covers %(document)s: %(amount)s", **names
                )
            cover.forward_id._message_log(body=as_html(body))
            cover._get_document()._message_log(body=as_html(body))
