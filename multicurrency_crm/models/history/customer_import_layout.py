from odoo import api, fields, models


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
    def _remember(self, company, fingerprint, kind, columns, choices):
        """Keep how a file was matched that somebody has published."""
        vals = {"kind": kind, "columns": columns, "choices": choices}
        if known := self._recall(company, fingerprint):
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
