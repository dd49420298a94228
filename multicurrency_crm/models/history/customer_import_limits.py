from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_list

from .customer_import_checking import RowError


class CustomerImport(models.Model):
    """Credit limits that come with customers. A limit is a decision: it is asked for in
    the name of whoever loaded the file, and granted at once only where whoever
    publishes it may grant it. One that is there stays."""

    _inherit = "customer.import"

    # === THE DRY RUN === #

    def _gather_limits(self, facts):
        """Gather who has a limit, or waits for one.

        ``facts.extra["limited"]``: {customer's id: ``credit.limit``, with sudo}
        """
        facts.extra["limited"] = {}
        if "limit" in self.column_ids.mapped("field"):
            limits = self._find_limits()
            facts.extra["limited"] = {limit.partner_id.id: limit for limit in limits}

    def _find_limits(self, partners=None):
        """Find the permanent limits that count, or that are asked for.

        :return: ``credit.limit``, with sudo
        """
        # sudo: who brings a file in needn't see what its main company decided
        main = self.company_id.sudo().root_id
        domain = (
            Domain("company_id", "=", main.id)
            & Domain("kind", "=", "permanent")
            & Domain("is_group", "=", False)
            & Domain("state", "in", ("draft", "approved"))
            & Domain("superseded_from", "=", False)
        )
        if partners is not None:
            domain &= Domain("partner_id", "in", partners.ids)
        return self.env["credit.limit"].sudo().search(domain)

    def _read_limit(self, values, facts, partner):
        """Return the limit of a row; one of 0 is none: most systems mean no limit by
        it, and here it would mean prepayment. Without a currency of its own, it is in
        the customer's.

        :param partner: the customer, None of one that is to be created
        :return: (Decimal, ``res.currency``) or None
        :raises RowError: it is below 0, or in no currency
        """
        amount = self._get_number(values, "limit")
        if not amount:
            return None
        if amount < 0:
            below = self.env._("A limit is 0 or more.")
            raise RowError(below, "limit")
        marks = self._find_marks(values, facts, ("limit",))
        code = values.get("limit_currency") or values.get("currency")
        if not code and marks and len(codes := marks["limit"][1]) == 1:
            code = next(iter(codes))
        if not code and partner:
            customer = partner.with_company(self.company_id)
            code = customer.preferred_currency_id.name
        if not code:
            raise RowError(
                self.env._(
                    "In which currency is the limit? Add a column Limit Currency, or "
                    "one of the customer's currency."
                ),
                "limit",
            )
        currency = self._find_currency({"currency": code}, facts, "limit")
        self._check_marks(marks, currency)
        return Decimal(repr(currency.round(float(amount)))), currency

    def _note_limit(self, values, facts, row, partner, notes):
        """Say what becomes of the limit of a row.

        :param partner: the customer, None of one that is to be created
        :param list notes: added to
        :return: whether a limit is to be made
        """
        if self._get_number(values, "limit") == 0:
            zero = self.env._(
                "A limit of 0 is left out: enter it by hand where 0 means that the "
                "customer pays in advance."
            )
            self._note_left_out(row, "limit", values["limit"], facts, notes, zero)
        asked = self._read_limit(values, facts, partner)
        if not asked:
            return False
        amount, currency = asked
        known = partner and facts.extra["limited"].get(partner.id)
        if known:
            notes.append(
                self.env._(
                    "Its limit stays: %(limit)s. Revise that one.",
                    limit=known.display_name,
                )
            )
            return False
        notes.append(
            self.env._(
                "Credit limit: %(amount)s, asked for. A credit manager who had no hand "
                "in this file grants it: by publishing it, or afterwards.",
                amount=currency._format_amount(float(amount)),
            )
        )
        return True

    # === PUBLISHING === #

    def _make_limits(self, rows, facts):
        """Ask for the limits of customers that were just published, and grant those
        that whoever published them may grant.

        :param rows: ``customer.import.row`` with their customers
        :return: {row's id: limit's id}
        """
        asked = {
            row: self._read_limit(row.values or {}, facts, row.partner_id)
            for row in rows
        }
        asked = {row: limit for row, limit in asked.items() if limit}
        if not asked:
            return {}
        partners = rows.browse().union(*asked).partner_id
        limited = self._find_limits(partners).partner_id
        vals_list, kept = [], []
        for row, (amount, currency) in asked.items():
            if row.partner_id in limited:
                continue
            limited |= row.partner_id
            kept.append(row.id)
            vals_list.append(
                self._prepare_limit_vals(row.partner_id, float(amount), currency)
            )
        # sudo: the right to publish was checked; asked in the name of who brought it in
        Limit = self.env["credit.limit"].with_user(self.user_id or self.env.user).sudo()
        limits = Limit.with_context(**self._get_quiet_context()).create(vals_list)
        limits._write_guarded({"import_id": self.id})
        for limit in limits:
            self._grant_limit(limit)
        return dict(zip(kept, limits.ids, strict=True))

    def _prepare_limit_vals(self, partner, amount, currency):
        # sudo: who works in a branch needn't see its main company
        main = self.company_id.sudo().root_id
        return {
            "partner_id": partner.id,
            "company_id": main.id,
            "kind": "permanent",
            "amount": amount,
            "currency_id": currency.id,
            "date_start": main._get_today(),
            "note": self.env._("Brought in with %(file)s.", file=self.file_name or ""),
        }

    def _grant_limit(self, limit):
        """Grant a limit where whoever publishes may: a credit manager, within the own
        cap, who had no hand in the file. Nobody is told of it by itself."""
        publisher = self.published_by
        asked = limit.with_user(publisher)
        refused = limit._get_decision_refusal(publisher)
        if not publisher or refused or limit._get_cap_refusal(publisher):
            return
        asked._check_may_decide()
        asked._check_cap()
        asked._check_grantable()
        asked._decide("granted")._carry_out()

    # === TAKING BACK === #

    def _find_made_limits(self, rows):
        """Return the limits that publishing some rows has made, as far as they are
        there; ``credit.limit``, with sudo."""
        ids = [row.made["limit"] for row in rows if (row.made or {}).get("limit")]
        # sudo: whoever takes an import back needn't read limits
        return self.env["credit.limit"].sudo().browse(ids).exists()

    def _check_free_limits(self, rows):
        """:raises UserError: somebody has decided on a limit since, or has revised it;
        or it counts, and who takes it back may not end limits"""
        decided = self._find_made_limits(rows).filtered(self._is_decided_since)
        if decided:
            names = format_list(self.env, decided[:5].mapped("display_name"))
            raise UserError(
                self.env._(
                    "%(limits)s: decided on meanwhile, so the import stays.",
                    limits=names,
                )
            )
        for limit in self._find_made_limits(rows):
            if limit.state == "approved":
                limit.with_env(self.env)._check_decides_here()

    def _is_decided_since(self, limit):
        """Return whether a person has decided on a limit since it was brought in."""
        if limit.state == "draft":
            return False
        is_ours = limit.decided_by == self.published_by and limit.state == "approved"
        revisions = limit.search_count([("supersedes_id", "=", limit.id)], limit=1)
        return bool(revisions) or not is_ours or bool(limit.superseded_from)

    def _take_limits_back(self, limits, gone):
        """Take limits back: those of customers that go are deleted, others end.

        :param gone: ``res.partner`` that are deleted afterwards
        """
        today = self.company_id._get_today()
        for limit in limits:
            if limit.state == "approved" and limit.partner_id not in gone:
                limit._end(today)
                continue
            if limit.state == "approved":
                limit._write_guarded({"state": "draft"})
            limit.unlink()
