from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...engine.revaluation import book
from ..common.html_text import as_html
from ..common.process_mark import ProcessMark
from ..common.scheduled_job import ScheduledJob
from .fx_revaluation import STANDING
from .res_company import ADJUSTED

#: Borne while a run posts its own reversal.
REVERSING = ProcessMark("multicurrency_reversing")


class FxRevaluation(models.Model):
    """Entries of runs: posted, reversed on their day, taken back.

    Odoo moves an entry of a closed day to an open one, and says nothing: the locks are
    asked first, for all days, and a moved entry is undone. Reversals are written line
    by line, since Odoo's own take minutes for thousands of lines.
    """

    _inherit = "fx.revaluation"

    # === POSTING === #

    def _check_grantable(self):
        """:raises UserError: the day is to come or closed, or something changed since
        it was computed"""
        # sudo: the right to post was checked
        run = self.sudo()
        run._check_valuable()
        run._check_days_open()
        run._take_turn()
        run._check_same_way()
        if run._is_outdated():
            raise UserError(
                self.env._(
                    "%(run)s isn't what ledger and rates say any more: compute it "
                    "again.",
                    run=run.display_name,
                )
            )

    def _take_turn(self):
        """Write on the oldest run of the company: of two who post at once, the second
        is called again by Odoo, and finds what the first has booked."""
        first = self.search(
            [("company_id", "=", self.company_id.id)], order="id", limit=1
        )
        # what is written with the value that it has isn't sent to the database
        self.env.cr.execute(
            "UPDATE fx_revaluation SET item_count = item_count WHERE id = %s",
            [first.id],
        )

    def _carry_out(self):
        for run in self:
            run._post_entries()
            run._supersede_others()
            run._follow_up()

    def _post_entries(self):
        """Post the entry of this run, and the reversal where its day has come."""
        entry = self._book_all()
        if not entry:
            if self.reversal_date:
                # nothing is left to be waited for
                self._write_guarded({"state": "reversed"})
            return
        move = self._create_entry(entry, self.date, self._get_label())
        self._write_guarded({"move_id": move.id})
        self._post_on(move, self.date)
        if back := self.reversal_date and self._book(self._find_totals("open")):
            reversal = self._create_entry(
                back, self.reversal_date, self._get_reversal_label(), sign=-1
            )
            self._write_guarded({"reversal_move_id": reversal.id})
            if self.reversal_date <= self.company_id._get_today():
                self._post_reversal()
        elif self.reversal_date:
            self._write_guarded({"state": "reversed"})

    def _supersede_others(self):
        """End what was computed for the same day and isn't posted."""
        others = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("date", "=", self.date),
                ("state", "=", "computed"),
                ("id", "!=", self.id),
            ]
        )
        for other in others:
            other._write_guarded({"state": "superseded"})
            other._close_activities()

    def _follow_up(self):
        """Compute later days again, and post the differences."""
        for day in self._find_later_days():
            former = self._find_standing(("date", "=", day))[-1]
            run = self._create_guarded([former._prepare_again_vals()])
            run._value()
            if not run._find_totals():
                run.unlink()
                continue
            run._decide_as_system(
                "granted",
                self.env._("Follows from the revaluation %s.", self.display_name),
            )
            run._post_entries()

    def _prepare_again_vals(self):
        return {
            "company_id": self.company_id.id,
            "date": self.date,
            "rate_kind": self.rate_kind,
            "rate_date": self.rate_date,
            "method": self.method,
            "reversal": self.reversal,
            "by_partner": self.by_partner,
            "advances": self.advances,
            "journal_id": self.journal_id.id,
        }

    # === ENTRIES === #

    def _book_all(self):
        """Say what the entry of this run books.

        :return: [``engine.revaluation.Booking``]
        """
        gains, losses = self.company_id._get_revaluation_results()
        earned = book(self._find_totals("advance"), {}, gains.id, losses.id)
        valued = self._find_totals("open", "money")
        return [*self._book(valued), *earned]

    def _book(self, totals):
        """Say what an entry of these totals books.

        :return: [``engine.revaluation.Booking``]
        """
        # sudo: who works in a branch needn't see its main company
        main = self.company_id.sudo().root_id
        accounts = self.env["account.account"].browse(
            {one.account_id for one in totals}
        )
        asset, liability = (main[name].id for name in ADJUSTED)
        itemised = self._find_accounts()["items"]
        targets = {
            account.id: asset if account.internal_group == "asset" else liability
            for account in accounts & itemised
        }
        gains, losses = self.company_id._get_revaluation_results()
        return book(totals, targets, gains.id, losses.id)

    def _create_entry(self, bookings, day, label, sign=1):
        """Create a draft entry.

        :param bookings: [``engine.revaluation.Booking``]
        :param int sign: -1 mirrors them
        """
        company = self.company_id
        is_storno = sign < 0 and company.account_storno
        Move = self.env["account.move"].with_company(company)
        return Move.with_context(mail_notrack=True).create(
            {
                "move_type": "entry",
                "company_id": company.id,
                "journal_id": self.journal_id.id,
                "date": day,
                "ref": label,
                "line_ids": [
                    Command.create(self._prepare_line_vals(booking, sign, is_storno))
                    for booking in bookings
                ],
            }
        )

    def _prepare_line_vals(self, booking, sign, is_storno):
        valued = self.env["account.account"].browse(booking.valued_id)
        name = self.env._("Revaluation")
        if valued:
            name = self.env._("Revaluation of %s", valued.display_name)
        vals = {
            "name": name,
            "account_id": booking.account_id,
            "partner_id": booking.partner_id,
            # worth something in company currency only: the item's own is unchanged
            "currency_id": booking.currency_id,
            "amount_currency": 0.0,
            "balance": float(sign * booking.balance),
            "tax_ids": [],
        }
        return vals | ({"is_storno": True} if is_storno else {})

    def _get_label(self):
        return self.env._("Revaluation %s", format_date(self.env, self.date))

    def _get_reversal_label(self):
        return self.env._(
            "Reversal of revaluation %s", format_date(self.env, self.date)
        )

    # === CLOSED DAYS === #

    def _check_days_open(self):
        """:raises UserError: a day on which something would be posted is closed"""
        for run in self._find_concerned():
            for day in filter(None, (run.date, run.reversal_date)):
                run._check_books_open(day, run.journal_id)

    def _find_concerned(self):
        """This run, and the last ones of later days, which are computed again."""
        found = self
        for day in self._find_later_days():
            found |= self._find_standing(("date", "=", day))[-1]
        return found

    # === REVERSALS === #

    @api.model
    def _cron_post_reversals(self):
        """Post the reversals whose day has come."""
        # sudo: the job works for all companies
        runs = self.sudo()
        with ScheduledJob(runs) as job:
            for company in runs.env["res.company"].search([]):
                due = self._get_due_domain(company, company._get_today())
                job.work_off(
                    runs,
                    due,
                    lambda found: found._post_reversals(),
                    give_up=lambda run, error: run._notify_stuck(error),
                )

    @api.model
    def _get_due_domain(self, company, day):
        """Return the domain of the company's runs whose reversal is due and a draft."""
        return Domain(
            [
                ("company_id", "=", company.id),
                ("state", "=", "posted"),
                ("reversal_move_id.state", "=", "draft"),
                ("reversal_move_id.date", "<=", day),
            ]
        )

    @api.model
    def _find_waiting(self, moves):
        """Return the runs whose reversals are drafts among these entries, with sudo.

        Where no revaluation is set up this costs no query.

        :param moves: ``account.move``
        """
        # sudo: whoever works with entries needn't see settings, or runs
        drafts = moves.sudo().filtered(
            lambda move: (
                move.state == "draft"
                and move.move_type == "entry"
                and not move.origin_payment_id
                and not move.statement_line_id
                and move.company_id.root_id.revaluation_asset_account_id
            )
        )
        runs = self.sudo()  # sudo: as above
        return runs.search([("reversal_move_id", "in", drafts.ids)]) if drafts else runs

    @api.model
    def _find_adjusting_ids(self, accounts):
        """Find the accounts on which runs have adjusted what is open on others.

        :param accounts: ``account.account``, among which they are sought
        :return: {id}
        """
        self.flush_model(["move_id", "state"])
        self.env["fx.revaluation.line"].flush_model()
        self.env["account.move.line"].flush_model(["move_id", "account_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT l.account_id
                     FROM fx_revaluation t
                     JOIN account_move_line l ON l.move_id = t.move_id
                    WHERE l.account_id = ANY(%s) AND t.state = ANY(%s)
                      AND NOT EXISTS (
                          SELECT 1 FROM fx_revaluation_line x
                           WHERE x.revaluation_id = t.id AND x.kind != 'open'
                             AND l.account_id IN (x.account_id, x.result_account_id))
                """,
                accounts.ids,
                list(STANDING),
            )
        )
        return {account_id for (account_id,) in rows}

    def _post_reversals(self):
        for run in self:
            run._post_reversal()

    def _post_reversal(self):
        """Post the reversal of this run, unless its day is closed or it was changed.

        :raises UserError: either
        """
        move = self.reversal_move_id
        self._check_books_open(self.reversal_date, self.journal_id)
        if not self._is_reversal_kept():
            raise UserError(
                self.env._(
                    "The reversal of %(run)s was changed by hand: cancel the "
                    "revaluation, and compute it again.",
                    run=self.display_name,
                )
            )
        self._post_on(REVERSING.put_on(move), self.reversal_date)
        self._write_guarded({"state": "reversed"})

    def _is_reversal_kept(self):
        """Return whether the draft is what it was written as."""
        bookings = self._book(self._find_totals("open"))
        move = self.reversal_move_id
        written = sorted(
            (line.account_id.id, line.currency_id.id, line.partner_id.id, line.balance)
            for line in move.line_ids
        )
        is_touched = (
            move.journal_id != self.journal_id
            or move.auto_post not in ("no", "at_date")
            or any(line.amount_currency for line in self._filter_foreign(move))
            or move.line_ids.tax_ids
            or move.line_ids.tax_tag_ids
        )
        meant = sorted(
            (
                booking.account_id,
                booking.currency_id,
                booking.partner_id or False,
                float(-booking.balance),
            )
            for booking in bookings
        )
        on_day = move.date == self.reversal_date
        return on_day and written == meant and not is_touched

    def _filter_foreign(self, move):
        """Filter the lines of an entry that are worth something in company currency
        only."""
        return move.line_ids.filtered(
            lambda line: line.currency_id != self.company_currency_id
        )

    def _check_reversal_due(self):
        """:raises UserError: the day of this run's reversal is still to come"""
        if self.reversal_date > self.company_id._get_today():
            raise UserError(
                self.env._(
                    "This entry reverses the revaluation %(run)s: it is posted by "
                    "itself on %(date)s, and not before.",
                    run=self.display_name,
                    date=format_date(self.env, self.reversal_date),
                )
            )

    def _notify_stuck(self, error):
        """Tell who posted the run, once, that its reversal can't be posted."""
        if self.activity_ids:
            return
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("The reversal can't be posted"),
            note=as_html(str(error)),
            user_id=(self.decided_by or self.env.user).id,
        )

    def _check_former_reversed(self):
        """Post the company's reversals that are due by this run's day.

        :raises UserError: one of them can't be posted, or its day is to come
        """
        due = self.search(self._get_due_domain(self.company_id, self.date))
        today = self.company_id._get_today()
        for run in due.sorted("date"):
            if run.reversal_date > today:
                raise UserError(
                    self.env._(
                        "The reversal of %(run)s is still to come: revalue after it.",
                        run=run.display_name,
                    )
                )
            run._post_reversal()

    # === CANCELLING === #

    def _check_cancellable(self):
        """:raises UserError: over already, a closed day, or another run of that day
        came after it"""
        if self.state in ("cancelled", "superseded"):
            raise UserError(self._explain_settled())
        if self.state in STANDING:
            self._check_last_of_day()
            self._check_days_open()

    def _cancel(self):
        """Take this run back; what it posted nets to zero, day by day."""
        self._check_cancellable()
        if self.state in STANDING:
            self._take_turn()
            self._take_back()
        self._write_guarded({"state": "cancelled"})
        self._close_activities()
        if self.move_id:
            self._follow_up()

    def _check_last_of_day(self):
        """:raises UserError: another run of the same day goes by this one"""
        after = self._find_standing(("date", "=", self.date), ("id", ">", self.id))
        if after:
            raise UserError(
                self.env._(
                    "Another revaluation of %(date)s came after this one: cancel that "
                    "one first.",
                    date=format_date(self.env, self.date),
                )
            )

    def _take_back(self):
        reversal = self.reversal_move_id
        if reversal.state == "draft":
            self._write_guarded({"reversal_move_id": False})
            self.flush_recordset()
            reversal.unlink()
        elif reversal:
            mirror = self._mirror(reversal)
            self._write_guarded({"cancel_reversal_move_id": mirror.id})
        if self.move_id:
            self._write_guarded({"cancel_move_id": self._mirror(self.move_id).id})
