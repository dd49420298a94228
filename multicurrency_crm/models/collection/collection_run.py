from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from .collection_letter import FINANCE
from .collection_letter_sending import PRINTED

#: Customers of whom a run that begins says at once what it would do.
SIMULATED = 2000
#: The job that prepares what many customers are to be sent.
JOB = "multicurrency_crm.ir_cron_prepare_letters"


class CollectionRun(models.Model):
    """A round of letters: simulated, prepared, looked at, sent."""

    _name = "collection.run"
    _description = "Collection Run"
    _inherit = ["guarded.mixin", "asking.mixin", "parted.run.mixin"]
    _order = "date desc, id desc"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        help="A main company: its letters have what all of its branches have open.",
    )
    date = fields.Date(required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Asked By", readonly=True, ondelete="set null"
    )
    state = fields.Selection(
        string="Status",
        selection=[("draft", "Draft"), ("prepared", "Prepared"), ("sent", "Sent")],
        default="draft",
        required=True,
        readonly=True,
        index=True,
    )
    letter_ids = fields.One2many("collection.letter", "run_id", readonly=True)
    failure_ids = fields.One2many("collection.run.failure", "run_id", readonly=True)
    is_preparing = fields.Boolean(readonly=True, index=True)
    total = fields.Integer(string="Customers", readonly=True)
    looked_at = fields.Integer(readonly=True)
    last_id = fields.Integer(
        readonly=True, help="The last customer that was looked at, by number."
    )
    progress = fields.Float(compute="_compute_progress")
    sent_by = fields.Many2one("res.users", readonly=True, ondelete="set null")
    simulation = fields.Json(readonly=True, copy=False)
    simulation_text = fields.Text(
        string="What It Would Do", compute="_compute_simulation_text"
    )

    letter_count = fields.Integer(string="Letters", compute="_compute_counts")
    draft_count = fields.Integer(string="To Be Sent", compute="_compute_counts")
    paper_count = fields.Integer(string="To Be Printed", compute="_compute_counts")
    skipped_count = fields.Integer(string="Skipped", compute="_compute_counts")
    sent_count = fields.Integer(string="Sent Letters", compute="_compute_counts")
    failed_count = fields.Integer(string="Failed", compute="_compute_counts")

    # === COMPUTE METHODS === #

    @api.depends("date", "company_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._(
                "%(company)s, %(date)s",
                company=run.company_id.name or "",
                date=format_date(self.env, run.date),
            )

    @api.depends("total", "looked_at", "is_preparing", "state")
    def _compute_progress(self):
        for run in self:
            part = run.looked_at / run.total if run.total else 0.0
            done = run.state != "draft"
            run.progress = 100.0 if done else min(100.0 * part, 99.0)

    @api.depends("letter_ids.state", "letter_ids.queued_on")
    def _compute_counts(self):
        counted = {}
        for run, state, channel, count in self.env["collection.letter"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state", "channel"], ["__count"]
        ):
            found = counted.setdefault(run.id, {})
            found[state] = found.get(state, 0) + count
            if (state, channel) == ("draft", "letter"):
                found["paper"] = found.get("paper", 0) + count
        for run in self:
            found = counted.get(run.id, {})
            run.draft_count = found.get("draft", 0)
            run.paper_count = found.get("paper", 0)
            run.skipped_count = found.get("skipped", 0)
            run.sent_count = found.get("sent", 0)
            run.failed_count = found.get("failed", 0)
            run.letter_count = run.draft_count + run.sent_count + run.failed_count

    # === CRUD METHODS === #

    @api.model
    def _begin(self, company, user, day=None):
        """Begin a run, of today.

        :param company: ``res.company``; its main company's
        :return: ``collection.run`` with sudo
        """
        # sudo: whoever may was let through; nobody writes a run by hand
        company = company.sudo().root_id
        return self.sudo()._create_guarded(
            [
                {
                    "company_id": company.id,
                    "date": day or company._get_today(),
                    "user_id": user.id,
                }
            ]
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_sent(self):
        """Refuse to delete what was sent; of the others, the letters go with them."""
        for run in self:
            if run.state == "sent" or run.letter_ids.filtered(
                lambda letter: letter.state == "sent" or letter.queued_on
            ):
                raise UserError(
                    self.env._("%(run)s was sent: it stays.", run=run.display_name)
                )

    def unlink(self):
        """Delete runs with their letters, and what was said about these."""
        # sudo: nobody deletes letters by hand; rights and states are checked with them
        self.check_access("unlink")
        self._unlink_unless_sent()
        self.sudo().letter_ids.unlink()
        return super().unlink()

    # === ACTIONS === #

    def action_begin(self):
        """Begin a run of today in the main company of the user's, and say what it would
        do.

        :return: action that opens it
        :raises AccessError: not finance
        """
        self._check_finance()
        run = self._begin(self.env.company, self.env.user).with_env(self.env)
        # of more, it takes a while: who wants to know presses Simulate
        if run.sudo()._count_customers() <= SIMULATED:
            run.action_simulate()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": run.id,
            "views": [(False, "form")],
        }

    def action_ask_send(self):
        """Ask whether the letters of this run go, and how many.

        :return: action of the question
        """
        self.ensure_one()
        self._check_finance()
        question = self.env._(
            "Letters to be sent: %(count)s. They can't be called back. Send them?",
            count=self.draft_count - self.paper_count,
        )
        return self._ask_before("action_send", question)

    def action_send(self):
        """Send the letters of this run; those on paper wait to be printed.

        :raises AccessError: not finance of that company
        :raises UserError: it isn't prepared, or was sent
        """
        self.ensure_one()
        self._check_finance()
        if self.state != "prepared":
            raise UserError(
                self.env._(
                    "%(run)s isn't prepared, or was sent already.",
                    run=self.display_name,
                )
            )
        self._write_guarded({"state": "sent", "sent_by": self.env.uid})
        # of two who press at once, the second is tried again, and finds it sent
        self.flush_recordset()
        drafts = self.letter_ids.filtered(
            lambda letter: letter.state == "draft" and letter.channel != "letter"
        )
        return drafts.action_send() if drafts else True

    def action_print(self):
        """Print the letters of this run that go on paper, so many at once.

        :return: action that downloads them
        """
        self.ensure_one()
        self._check_finance()
        if self.state == "draft":
            raise UserError(
                self.env._("%(run)s isn't prepared.", run=self.display_name)
            )
        papers = self.letter_ids.filtered(
            lambda letter: letter.state == "draft" and letter.channel == "letter"
        )
        return papers[:PRINTED].action_print()

    def action_open_letters(self):
        """Open the letters of this run, those that are skipped with them."""
        title = self.env._("Letters: %s", self.display_name)
        return self._open_letters(title, "group_state")

    def action_open_going(self):
        """Open the letters of this run that go, or went."""
        title = self.env._("Letters: %s", self.display_name)
        return self._open_letters(title, None, Domain("state", "!=", "skipped"))

    def action_open_skipped(self):
        """Open the letters of this run that are skipped, by reason."""
        title = self.env._("Skipped: %s", self.display_name)
        skipped = Domain("state", "=", "skipped")
        return self._open_letters(title, "group_reason", skipped)

    def _open_letters(self, title, group, domain=Domain.TRUE):
        """Return the action that opens letters of this run.

        :param group: name of a group of their search, or None
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_collection_letter"
        )
        return action | {
            "name": title,
            "display_name": title,
            "domain": list(Domain("run_id", "=", self.id) & domain),
            "context": {f"search_default_{group}": 1} if group else {},
        }

    def action_open_excluded(self):
        """Open what is open of customers and never reminded of, since Odoo marks it:
        all entries of general journals are, opening balances with them."""
        self.ensure_one()
        accounts = self.env["collection.source"]._find_receivables()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_collection_excluded"
        )
        return action | {
            "domain": [
                ("no_followup", "=", True),
                ("account_id", "in", accounts.ids),
                ("company_id", "child_of", self.company_id.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("partner_id", "!=", False),
            ],
        }

    def _check_finance(self):
        """:raises AccessError: not finance, or another company's run"""
        if not self.env.su and not self.env.user.has_group(FINANCE):
            raise AccessError(
                self.env._("Collection is a matter of Multi-Currency finance.")
            )
        self.check_access("write")
