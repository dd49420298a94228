from odoo import api, fields, models

from ...engine.history import fold


class CustomerImportLayout(models.Model):
    """How the columns of a file were matched: the next one with these headers is
    matched alike."""

    _name = "customer.import.layout"
    _description = "Layout of Files That Is Remembered"
    _inherit = ["guarded.mixin", "main.company.mixin"]
    _rec_name = "fingerprint"

    company_id = fields.Many2one(readonly=True, index=True)
    fingerprint = fields.Char(required=True, readonly=True)
    kind = fields.Char(required=True, readonly=True)
    columns = fields.Json(
        readonly=True, help="{folded header: [standard field, how it is read]}"
    )
    choices = fields.Json(readonly=True, help="What was chosen for the whole file.")
    import_id = fields.Many2one(
        "customer.import",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The file that it is remembered of.",
    )
    before = fields.Json(
        readonly=True, help="What was remembered before that file was published."
    )

    _key = models.Constraint(
        "UNIQUE(company_id, fingerprint)", "These headers are remembered already."
    )

    @api.model
    def _recall(self, company, fingerprint):
        """Return the layout of files with these headers, with sudo, or none.

        :param company: ``res.company``; its main company's
        """
        # sudo: who works in a branch needn't see its main company's
        return self.sudo().search(
            [
                ("company_id", "=", company.sudo().root_id.id),
                ("fingerprint", "=", fingerprint),
            ],
            limit=1,
        )

    @api.model
    def _forget_texts(self, folded):
        """Forget layouts whose headers are one of some texts: of a table without any,
        they were its first row.

        :param folded: set of texts, as they are compared
        """
        # sudo: whoever erases personal data needn't read layouts
        every = self.sudo().search([])
        every.filtered(
            lambda one: not folded.isdisjoint(map(fold, one.columns or ()))
        ).unlink()

    @api.model
    def _remember(self, source, fingerprint, kind, columns, choices):
        """Keep how a file was matched that somebody has published.

        :param source: ``customer.import``
        """
        company = source.company_id
        vals = {"kind": kind, "columns": columns, "choices": choices}
        vals |= {"import_id": source.id}
        if known := self._recall(company, fingerprint):
            if known.import_id != source:
                names = ("kind", "columns", "choices")
                before = {name: known[name] for name in names}
                vals["before"] = {**before, "import_id": known.import_id.id}
            known._write_guarded(vals)
            return
        # sudo: nobody writes a layout by hand
        self.sudo()._create_guarded(
            [
                {
                    "company_id": company.sudo().root_id.id,  # sudo: as above
                    "fingerprint": fingerprint,
                    **vals,
                }
            ]
        )

    @api.model
    def _forget(self, source):
        """Forget how a file was matched that was taken back: what was remembered before
        it counts again.

        :param source: ``customer.import``
        """
        # sudo: as above
        layouts = self.sudo()
        for layout in layouts.search([("import_id", "=", source.id)]):
            if not layout.before:
                layout.unlink()
                continue
            before = self.env["customer.import"].browse(layout.before["import_id"])
            vals = {**layout.before, "import_id": before.exists().id, "before": False}
            layout._write_guarded(vals)
        for layout in layouts.search(
            [("company_id", "=", source.company_id.root_id.id)]
        ):
            if (layout.before or {}).get("import_id") == source.id:
                layout._write_guarded({"before": False})
