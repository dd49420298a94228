from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date, format_list, formatLang

from ...engine.history_fields import list_missing
from .customer_import import BOOKED, BUSY, CHOICES, OPEN_STATES, READING
from .customer_import_money import NOTHING

#: How far ahead an old system may be left.
AHEAD = timedelta(days=31)


class CustomerImport(models.Model):
    """What people see of an import: what is expected of them now, how far the job came,
    and the rows behind each figure."""

    _inherit = "customer.import"

    next_step = fields.Text(
        compute="_compute_next_step", help="What is expected of you now."
    )
    needs_care = fields.Boolean(
        compute="_compute_next_step", help="Something stands against publishing."
    )
    is_cured_here = fields.Boolean(
        compute="_compute_next_step",
        help="What is wrong isn't to be mended in the file.",
    )
    can_publish = fields.Boolean(
        compute="_compute_next_step", help="Rows are left that publishing brings in."
    )
    typed_count = fields.Integer(
        string="Typed Totals",
        compute="_compute_typed_count",
        help="Totals of the old system that are typed.",
    )

    # === COMPUTE METHODS === #

    @api.depends("total_ids.is_typed")
    def _compute_typed_count(self):
        for record in self:
            record.typed_count = len(record.total_ids.filtered("is_typed"))

    @api.depends(
        *("state", "file", "kind", "failure", "skip_bad", "difference_reason"),
        *("error_count", "duplicate_count", "create_count", "update_count", "date"),
        *("done_count", "ties_out", "typed_count", "is_own", "explained"),
        *("hidden_count", "hidden_rows", "create_customers"),
        *("column_ids.field", "column_ids.reading", "row_ids.choice"),
        *("row_ids.state", "row_ids.left_out"),
    )
    @api.depends_context("lang", "uid")
    def _compute_next_step(self):
        for record in self:
            obstacle = (
                record._explain_obstacle()
                if record.state in ("read", "ready")
                else False
            )
            record.needs_care = bool(obstacle)
            record.is_cured_here = record.state == "ready" and record._is_cured_here()
            record.can_publish = record.state == "ready" and record._has_rows_left()
            record.next_step = obstacle or record._explain_step()

    def _has_rows_left(self):
        """Return whether rows are left to publish."""
        rows = self.env["customer.import.row"]
        # of a record that is being edited: those of what is saved
        left = self._origin._get_publish_domain()
        return bool(rows.search_count(left, limit=1))

    @api.onchange(*sorted(READING))
    def _onchange_file(self):
        """Another file, or another way to read it, is read first: as soon as it is
        chosen, the next step is said, and its button is there."""
        if self.state in OPEN_STATES:
            self.state = "draft"

    @api.onchange("column_ids", *sorted(CHOICES - READING))
    def _onchange_choices(self):
        """What was checked in another way is checked again."""
        if self.state == "ready":
            self.state = "read"

    # === CONSTRAINT METHODS === #

    @api.constrains("date")
    def _check_date(self):
        for record in self:
            if record.date > record.company_id._get_today() + AHEAD:
                raise ValidationError(
                    self.env._(
                        "The opening date %(date)s is more than a month ahead: enter "
                        "the day on which the old system is left.",
                        date=format_date(self.env, record.date),
                    )
                )

    # === WHAT IS EXPECTED === #

    def _explain_obstacle(self):
        """Return what has to be done before this file can be checked or published, or
        False."""
        if self.state == "read":
            return (
                self._explain_lost()
                or self._explain_unmatched()
                or self._explain_unsettled()
                or self._ask_for_hidden()
            )
        if self.error_count and not self.skip_bad:
            return self._explain_errors()
        if undecided := self._explain_undecided():
            return undecided
        if not self.ties_out and not self._has_reason():
            return self.env._(
                "What was found differs from the totals of the old system. Rows that "
                "explain a difference are named beside it below; where none are, some "
                "are missing, or several are wrong. Mend the file, or say why it "
                "differs."
            )
        return False

    def _explain_errors(self):
        """Return what is to be done with rows that have errors: first what is said
        here, and then what is mended in the file."""
        unsettled, unknown = self._explain_unsettled(), self._count_unknown()
        lines = [unsettled] if unsettled else []
        if unknown:
            lines.append(
                self.env._(
                    "Rows of customers whom nobody knows: %(count)s. Tick Create "
                    "Unknown Customers and check again, or bring these customers in "
                    "first.",
                    count=formatLang(self.env, unknown, digits=0),
                )
            )
        if not self._is_cured_here():
            lines.append(
                self.env._(
                    "Rows with errors: %(count)s. Open them to see why, mend them in "
                    "the file and load it here again. Or skip them here, and bring "
                    "them in later, mended in the file that Rows to Mend downloads.",
                    count=formatLang(self.env, self.error_count - unknown, digits=0),
                )
            )
        return "\n".join(lines)

    def _is_cured_here(self):
        """Return whether errors come of what nobody has said here yet, so that mending
        the file is of no use before that."""
        if not self.error_count or self.skip_bad:
            return False
        return bool(self._explain_unsettled()) or (
            self._count_unknown() == self.error_count
        )

    def _count_unknown(self):
        """Return how many rows are errors because nobody knows their customer."""
        if self.create_customers or not self.error_count:
            return 0
        mine = [("import_id", "in", self._origin.ids), ("state", "=", "error")]
        rows = self.env["customer.import.row"]
        return rows.search_count([*mine, ("is_unknown", "=", True)])

    def _explain_unmatched(self):
        """Return which columns are missing before a file can be checked, or False."""
        chosen = self.column_ids.filtered("field").mapped("field")
        missing = list_missing(self.kind, chosen) if self.kind else []
        return self._name_missing(missing) if missing else False

    def _name_missing(self, missing):
        """Return a sentence that says which columns are missing, a line each.

        :param missing: [fields of which a column has to be one]
        """
        names = dict(self.column_ids._fields["field"]._description_selection(self.env))
        lines = [
            self.env._(
                "• %(columns)s",
                columns=format_list(
                    self.env, [names[one] for one in choices], style="or"
                ),
            )
            for choices in missing
        ]
        return "\n".join(
            [
                self.env._(
                    "Choose in the list of columns which column of the file is:"
                ),
                *lines,
            ]
        )

    def _explain_unsettled(self):
        """Return of which columns somebody has to say how they are read, or False."""
        columns = self.column_ids.filtered(
            lambda one: (
                one.is_open and one.field not in (False, NOTHING) and not one.reading
            )
        )
        if not columns:
            return False
        return self.env._(
            "Choose below how these columns are read: %(columns)s. Their cells can be "
            "read in two ways.",
            columns=format_list(self.env, columns.mapped("title")),
        )

    def _explain_step(self):
        """Return what is expected now, where nothing stands against going on."""
        explain = getattr(self, f"_explain_{self.state}", None)
        return explain() if explain else False

    def _explain_draft(self):
        if not self.file:
            return self.env._(
                "Choose the spreadsheet of the old system. Nothing is written before "
                "you publish it."
            )
        return self.env._(
            "Read the file: what it holds, and what its columns are, is proposed then."
        )

    def _explain_read(self):
        step = self.env._(
            "Look at which column is what. Then check: every row is judged, and "
            "nothing is written yet."
        )
        if self.kind in BOOKED:
            step = self.env._(
                "Look at the opening date, and at which column is what. Then check: "
                "every row is judged, and nothing is written yet."
            )
        return "\n".join(filter(None, [step, self._name_left_columns()]))

    def _explain_checking(self):
        return self.env._(
            "Its rows are being checked. You may leave this page and come back."
        )

    def _explain_ready(self):
        left = self._name_left_columns()
        return "\n".join(filter(None, [self._explain_checked(), left]))

    def _explain_checked(self):
        waiting = self._count_undecided()
        if not self.can_publish:
            return self._explain_nothing_left(waiting)
        left_out = self._explain_left_out_values()
        step = self._explain_publishable(waiting, left_out)
        return "\n".join(filter(None, [self._ask_for_date(), left_out, step]))

    def _explain_publishable(self, waiting, left_out):
        """Return what is expected before rows are published.

        :param int waiting: duplicates of which nobody has said what becomes of them
        :param str left_out: values that rows are brought in without, "" if none
        """
        if not self.create_count + self.update_count and not waiting:
            return self.env._("Duplicates are settled: publish.")
        if waiting:
            return self.env._(
                "Duplicates: %(count)s. They are left out unless you choose otherwise "
                "at their rows. Then publish.",
                count=waiting,
            )
        if self.kind in BOOKED and not self.typed_count:
            return self.env._(
                "Enter below what the old system shows for each currency, to see that "
                "nothing is missing. Then publish."
            )
        if not self.ties_out:
            return self.env._(
                "What was found differs from the totals of the old system, for the "
                "reason given below: publish."
            )
        if left_out:
            return self.env._("All else fits: publish, or mend the file first.")
        return self.env._("Everything fits: publish.")

    def _ask_for_date(self):
        """Return a question where documents are of after the opening date, or False."""
        if self.kind not in BOOKED:
            return False
        rows = self.env["customer.import.row"]
        later = [("state", "=", "create"), ("date", ">", self.date)]
        count = rows.search_count([("import_id", "in", self.ids), *later])
        if not count:
            return False
        return self.env._(
            "Documents of after the opening date %(date)s: %(count)s. Is that the day "
            "on which the old system was left?",
            date=format_date(self.env, self.date),
            count=count,
        )

    def _explain_nothing_left(self, waiting):
        """Return why nothing is to be published.

        :param int waiting: duplicates of which nobody has said what becomes of them
        """
        if not waiting:
            return self.env._("No row is left to publish: its rows say why.")
        if self.kind == "customers":
            return self.env._(
                "Duplicates: %(count)s, and nothing else. All of it seems to be there "
                "already: there is nothing to do, unless you choose otherwise at these "
                "rows.",
                count=waiting,
            )
        return self.env._(
            "Duplicates: %(count)s, and nothing else. All of it is there already: "
            "there is nothing to do.",
            count=waiting,
        )

    def _count_undecided(self):
        """Return of how many duplicates nobody has said what becomes of them."""
        if not self.duplicate_count:
            return 0
        rows = self.env["customer.import.row"]
        undecided = [("state", "=", "duplicate"), ("choice", "=", False)]
        return rows.search_count([("import_id", "in", self.ids), *undecided])

    def _explain_requested(self):
        if self.is_own:
            return self.env._(
                "It waits for the approval of a manager who didn't bring it in."
            )
        if not self.env.user.has_group(self._decision_group):
            return self.env._("It waits for the approval of a manager.")
        return self.env._("Look at its rows and totals. Then approve or refuse it.")

    def _explain_publishing(self):
        return self.env._(
            "It is being published; nothing of it counts before all of it is there. "
            "You may leave this page and come back."
        )

    def _explain_done(self):
        return self.env._(
            "Published rows: %(count)s. They can be taken back as long as nothing "
            "depends on them.",
            count=self.done_count,
        )

    def _explain_undoing(self):
        return self.env._(
            "It is being taken back. You may leave this page and come back."
        )

    def _explain_undone(self):
        return self.env._(
            "Taken back. To bring it in once more, load the file in a new import."
        )

    # === HOW FAR IT CAME === #

    @api.readonly
    def get_progress(self):
        """Return how far the job came with this import.

        :return: {"is_busy": whether a job is at work on it, "percent": 0 to 100,
            "text": how many rows, in the user's language}
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "is_busy": self.state in BUSY,
            "percent": round(self.progress),
            "text": self._describe_progress(),
        }

    def _describe_progress(self):
        if self.state == "checking" and not self.is_staged:
            return self.env._("The file is being read.")
        return self.env._(
            "%(done)s of %(total)s rows",
            done=formatLang(self.env, self.looked_at, digits=0),
            total=formatLang(self.env, self.total, digits=0),
        )
