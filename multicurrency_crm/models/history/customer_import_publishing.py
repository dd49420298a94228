from collections import defaultdict
from functools import partial

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL, format_list, formatLang

from .account_payment import OPENING
from .customer_import import BOOKED

#: Rows that are published in one part, and items of one entry at most.
PART = 200
#: Rows of which no entry is made.
PLAIN_PART = 1000


class CustomerImport(models.Model):
    """Publishing all rows or none, part by part."""

    _inherit = "customer.import"

    # === ACTIONS === #

    def action_ask_publish(self):
        """Ask whether this import is published, with its totals.

        :return: action of the question
        """
        self.ensure_one()
        self._check_finance()
        self._check_publishable()
        rows = self.env["customer.import.row"].search_count(self._get_publish_domain())
        question = self.env._(
            "Rows to be published: %(count)s. %(totals)s",
            count=formatLang(self.env, rows, digits=0),
            totals=self.totals or "",
        )
        left_out = self._explain_left_out_values()
        question = "\n".join(filter(None, [question, left_out]))
        return self._ask_before("action_publish", question)

    def action_publish(self):
        """Publish what was checked; where the company wants four eyes, ask for it.

        :return: True, or a notification where nobody may approve
        :raises AccessError: not finance
        :raises UserError: not checked, errors, totals that differ, closed books …
        """
        self.ensure_one()
        self._check_finance()
        self._check_publishable()
        # sudo: who works in a branch needn't see its main company
        if self.company_id.sudo().root_id.history_four_eyes:
            return self.action_request()
        # sudo: the right was checked; nobody writes the state by hand
        self.sudo()._write_guarded({"state": "publishing"})
        self.sudo()._start_publishing()
        return True

    def action_request(self):
        """Ask for what may be published; see ``decision.mixin``."""
        for record in self:
            record._check_finance()
            record._check_publishable()
        return super().action_request()

    # === BEFORE IT IS PUBLISHED === #

    def _check_grantable(self):
        result = super()._check_grantable()
        # sudo: totals and rows are its own, whoever decides
        self.sudo()._check_publishable(asked=True)
        return result

    def _check_publishable(self, asked=False):
        """:param bool asked: it waits for a decision
        :raises UserError: with what stands against publishing, and what to do"""
        expected = "requested" if asked else "ready"
        if self.state != expected:
            raise UserError(
                self.env._(
                    "%(record)s isn't checked, or is published already: check it "
                    "first.",
                    record=self.display_name,
                )
            )
        if self.error_count and not self.skip_bad:
            raise UserError(
                self.env._(
                    "%(count)s rows have errors: mend them in the file and load it "
                    "again, or choose to skip them.",
                    count=self.error_count,
                )
            )
        self._check_decided()
        if not self.env["customer.import.row"].search_count(
            self._get_publish_domain(), limit=1
        ):
            raise UserError(self.env._("No row is left to publish."))
        if not self.ties_out and not self._has_reason():
            raise UserError(
                self.env._(
                    "What was found differs from the totals of the old system: mend "
                    "the rows, or say why it differs."
                )
            )
        if self.kind in BOOKED:
            self._check_bookable()

    def _check_bookable(self):
        """:raises UserError: the journal or the account isn't chosen, or the books of
        the day are closed"""
        # sudo: who works in a branch needn't see its main company
        main = self.company_id.sudo().root_id
        journal, account = self._get_history_journal(), main.history_account_id
        missing = [
            main._fields[name]._description_string(self.env)
            for name, found in (
                ("history_journal_id", journal),
                ("history_account_id", account),
            )
            if not found
        ]
        if missing:
            raise UserError(
                self.env._(
                    "To book opening items, %(company)s needs %(settings)s: choose "
                    "them in the settings of Multi-Currency.",
                    company=main.name,
                    settings=format_list(self.env, missing),
                )
            )
        entry = self.env["customer.import.entry"].new({"company_id": self.company_id})
        entry.import_id = self
        entry._check_books_open(self.date, journal)

    def _get_history_journal(self):
        """Return the journal that entries are booked in, with sudo: of the main company
        for its branches, too."""
        # sudo: who works in a branch needn't see its main company
        return self.company_id.sudo().root_id.history_journal_id

    def _get_publish_domain(self):
        """Return the domain of the rows that are to be published."""
        doing = ("create", "update") if self.kind == "customers" else ("create",)
        chosen = [("state", "=", "duplicate"), ("choice", "in", doing)]
        return [
            ("import_id", "=", self.id),
            ("choice", "!=", "skip"),
            "|",
            ("state", "in", ("create", "update")),
            "&",
            *chosen,
        ]

    # === PUBLISHING === #

    def _carry_out(self):
        self._start_publishing()

    def _start_publishing(self):
        """Begin to publish: whoever is at it in the same company is waited for. With
        sudo."""
        self.env["customer.import.turn"]._take(self.company_id)
        self.flush_recordset()
        self.env["customer.import.row"].flush_model()
        if self.kind == "customers":
            self._check_customers_new()
        else:
            self._check_not_known()
        self._settle_choices()
        self._write_guarded(
            {
                "published_by": self.env.uid,
                "published_on": fields.Datetime.now(),
                "total": self.env["customer.import.row"].search_count(
                    self._get_publish_domain()
                ),
                "looked_at": 0,
                "failure": False,
            }
        )
        self.flush_recordset()
        self._remember_layout()
        self._work()

    def _settle_choices(self):
        """Have duplicates, and customers that are known, do what was chosen."""
        doing = ("create", "update") if self.kind == "customers" else ("create",)
        mine = [("import_id", "=", self.id)]
        Row = self.env["customer.import.row"]
        known = Row.search([*mine, ("state", "=", "update"), ("choice", "=", "create")])
        known._write_guarded({"state": "create", "partner_id": False})
        for choice in doing:
            rows = Row.search(
                [*mine, ("state", "=", "duplicate"), ("choice", "=", choice)]
            )
            rows._write_guarded({"state": choice})
            if choice == "update":
                for row in rows:
                    row._write_guarded({"partner_id": row.duplicate_id.id})
        Row.search(
            [*mine, ("choice", "=", "skip"), ("state", "in", ("create", "update"))]
        )._write_guarded({"state": "skip"})
        self.env.flush_all()

    def _work_off_publishing(self, job):
        """Publish part by part, customers who are new first; what fails takes
        everything back."""
        publish = getattr(self, f"_publish_{self.kind}")
        while ids := self._find_waiting_heads():
            if not self._do_or_call_back(
                job, partial(self._create_newcomers, ids), len(ids)
            ):
                return
        while ids := self._find_part_ids():
            if not self._do_or_call_back(
                job, partial(self._publish_part, ids, publish), len(ids)
            ):
                return
            self.invalidate_recordset()
        job.do(self._finish_publishing, self, count=0)

    def _do_or_call_back(self, job, work, count):
        """Do a part of publishing; where it fails, take back what was published.

        :return: whether it was done
        """
        if job.do(work, self, count):
            return True
        if job.has_collided():
            job.set_aside(count)
            return False
        reason = self._explain_failure(job.error)
        job.do(partial(self._call_back, reason), self, count=0)
        self._work_off_undoing(job)
        return False

    def _find_part_ids(self):
        """Return the ids of the next rows to publish, those of one customer and
        currency together."""
        is_booked = self.kind in BOOKED
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM customer_import_row
                    WHERE import_id = %s AND state IN ('create', 'update')
                      AND is_published IS NOT TRUE
                 ORDER BY %s LIMIT %s""",
                self.id,
                SQL("partner_id, currency_id, id" if is_booked else "id"),
                PART if is_booked else PLAIN_PART,
            )
        )
        return [row_id for (row_id,) in rows]

    def _publish_part(self, ids, publish):
        """Publish some rows, unless another worker has done it."""
        self.lock_for_update()
        self.invalidate_recordset()
        Row = self.env["customer.import.row"]
        Row.browse(ids).invalidate_recordset()
        # in the order in which they were found
        waiting = set(
            Row.search(
                [
                    ("id", "in", ids),
                    ("state", "in", ("create", "update")),
                    ("is_published", "=", False),
                ]
            ).ids
        )
        rows = Row.browse(row_id for row_id in ids if row_id in waiting)
        if self.state != "publishing" or not rows:
            return
        publish(rows)
        self._write_guarded({"looked_at": self.looked_at + len(rows)})

    def _finish_publishing(self):
        """Have everything count that was published."""
        self.lock_for_update()
        if self.state != "publishing":
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE customer_import_row SET state = 'done'
                    WHERE import_id = %s AND is_published""",
                self.id,
            )
        )
        self.env["customer.import.row"].invalidate_model()
        self._write_guarded({"state": "done"})

    def _call_back(self, reason):
        """Note that publishing failed: what was published is taken back."""
        self.lock_for_update()
        self._write_guarded(
            {
                "state": "undoing",
                "failure": reason,
                "total": self.looked_at,
                "looked_at": 0,
            }
        )

    # === ENTRIES === #

    def _publish_items(self, rows):
        """Book some items: an entry for each customer and currency, and one for each
        item in dispute, since it is an entry that is disputed.

        :param rows: ``customer.import.row``
        """
        groups = defaultdict(list)
        for row in rows:
            key = row.partner_id.id, row.currency_id.id, row.disputed and row.id
            groups[key].append(row.id)
        keys = [(key[:2], ids) for key, ids in groups.items()]
        Row = self.env["customer.import.row"]
        vals_list = [
            self._prepare_entry_vals(Row.browse(ids).with_prefetch(rows.ids))
            for _key, ids in keys
        ]
        Move = self.env["account.move"].with_company(self.company_id)
        Move = OPENING.put_on(Move.with_context(**self._get_quiet_context()))
        moves = Move.create(vals_list)
        entries = self._create_entries(keys, moves)
        moves._post(soft=False)
        self._mark_disputed(keys, moves)
        if any(move.date != self.date for move in moves):
            entries[:1]._check_books_open(self.date, self._get_history_journal())
        Row._update(
            [
                {
                    "id": row_id,
                    "entry_id": entry.id,
                    "move_id": entry.move_id.id,
                    "is_published": True,
                }
                for (_key, ids), entry in zip(keys, entries, strict=True)
                for row_id in ids
            ]
        )

    def _mark_disputed(self, keys, moves):
        """Have items that are disputed in the old system be so here, from the opening
        date on.

        :param keys: [((partner's id, currency's id), ids of the rows)]
        :param moves: ``account.move``, in the same order
        """
        for (_key, ids), move in zip(keys, moves, strict=True):
            row = self.env["customer.import.row"].browse(ids[0])
            if row.disputed:
                reason = (row.values or {}).get("reason") or False
                move._write_guarded(
                    {
                        "credit_disputed_since": self.date,
                        "credit_dispute_reason": reason,
                    }
                )

    def _create_entries(self, keys, moves):
        """Note which entries this import has posted.

        :param keys: [((partner's id, currency's id), ids of the rows)]
        :param moves: ``account.move``, in the same order
        :return: ``customer.import.entry``
        """
        Row = self.env["customer.import.row"]
        return self.env["customer.import.entry"]._create_guarded(
            [
                {
                    "import_id": self.id,
                    "company_id": self.company_id.id,
                    "partner_id": partner_id,
                    "currency_id": currency_id,
                    "amount": sum(Row.browse(ids).mapped("amount")),
                    "move_id": move.id,
                }
                for ((partner_id, currency_id), ids), move in zip(
                    keys, moves, strict=True
                )
            ]
        )

    def _publish_balances(self, rows):
        self._publish_items(rows)

    @api.model
    def _get_quiet_context(self):
        """Return a context in which nobody is told anything, and nothing is tracked."""
        return {
            "mail_create_nolog": True,
            "mail_create_nosubscribe": True,
            "mail_notrack": True,
            "tracking_disable": True,
            "mail_activity_automation_skip": True,
        }

    def _prepare_entry_vals(self, rows):
        """Prepare the entry of items of one customer and currency: each item as it is,
        amount and company currency both, against one account."""
        partner = rows[0].partner_id.with_company(self.company_id)
        common = {
            "partner_id": partner.id,
            "currency_id": rows[0].currency_id.id,
            "tax_ids": [],
        }
        lines = [
            {
                **common,
                "name": self._get_item_name(row, partner),
                "account_id": partner.property_account_receivable_id.id,
                "amount_currency": row.amount,
                "balance": row.booked,
                "date_maturity": row.due or self.date,
                # general journals leave their items out of reminders
                "no_followup": False,
                "analytic_distribution": False,
            }
            for row in rows
        ]
        lines += [{**common, **vals} for vals in self._prepare_against_vals(rows)]
        return {
            "move_type": "entry",
            "company_id": self.company_id.id,
            "journal_id": self._get_history_journal().id,
            "date": self.date,
            # customers may read it
            "ref": self._get_entry_reference(partner),
            "line_ids": [Command.create(line) for line in lines],
        }

    def _prepare_against_vals(self, rows):
        """Prepare the lines against items, one a side: so that their amounts and values
        have the same sign."""
        # sudo: who works in a branch needn't see its main company
        clearing = self.company_id.sudo().root_id.history_account_id
        currency, own = rows[0].currency_id, self.company_currency_id
        against = defaultdict(lambda: [0.0, 0.0])
        for row in rows:
            side = against[row.booked > 0]
            side[0] -= row.amount
            side[1] -= row.booked
        return [
            {
                "name": self.file_name,
                "analytic_distribution": False,
                "account_id": clearing.id,
                "amount_currency": currency.round(amount),
                "balance": own.round(booked),
            }
            for amount, booked in against.values()
        ]
