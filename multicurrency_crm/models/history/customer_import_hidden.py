from odoo import fields, models


class CustomerImport(models.Model):
    """Rows that are hidden in the file: people filter out what is paid, or what they
    have looked at. Whether they count is asked."""

    _inherit = "customer.import"

    hidden_rows = fields.Selection(
        selection=[("in", "Brought in like others"), ("out", "Left out")],
        string="Hidden Rows Are",
        copy=False,
        help="Rows that a filter, or somebody, has hidden in the file.",
    )
    hidden_count = fields.Integer(
        string="Hidden Rows", readonly=True, copy=False, help="Rows hidden in the file."
    )

    # === WHAT IS ASKED === #

    def _ask_for_hidden(self):
        """Return a question where rows are hidden in the file and nobody has said
        whether they count, or False."""
        if not self.hidden_count or self.hidden_rows:
            return False
        return self.env._(
            "Rows that are hidden in the file: %(count)s. Are they brought in, or left "
            "out? Say which under Hidden Rows Are.",
            count=self.hidden_count,
        )

    def _get_row_kind(self, row):
        """Return of which kind a row is; one that is hidden may be left out."""
        is_out = row.hidden and self.hidden_rows == "out"
        return "hidden" if is_out and row.kind in ("data", "continuation") else row.kind
