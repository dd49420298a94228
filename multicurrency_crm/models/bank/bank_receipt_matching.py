from datetime import date
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL, format_list

from ...engine import matching

#: What is open now was open on every later day, too.
EVER = date(9999, 12, 31)
#: Items that are looked at, customers that are found by a word of the payer's name.
MOST_ROWS, MOST_NAMED = 1000, 80

#: Columns of an item as it is read.
COLUMNS = (
    "id",
    "partner_id",
    "currency_id",
    "residual",
    "due",
    "recorded",
    "name",
    "ref",
    "payment_reference",
    "invoice_origin",
)
#: What an entry is called by, beside its number.
REFERENCES = ("ref", "payment_reference", "invoice_origin")


class BankReceipt(models.Model):
    """What a receipt may pay: who may have paid it, what they owe, what would fit."""

    _inherit = "bank.receipt"

    # === PROPOSALS === #

    def _find_proposals(self, partner=None):
        """Find what this receipt may pay, the likeliest first.

        :param partner: ``res.partner``; nobody else's items
        :return: (``engine.matching.Proposal``, …)
        """
        self.ensure_one()
        payers = self._find_payers(partner)
        items = [self._to_item(row) for row in self._read_items(payers, partner)]
        return matching.propose(self._to_receipt(), items, payers)

    def _to_receipt(self):
        return matching.Receipt(
            exact(self.amount),
            self.currency_id.id,
            exact(self.currency_id.rounding),
            self._get_text(),
            self._get_tolerance(),
        )

    def _to_item(self, row):
        return matching.Item(
            row["id"],
            row["partner_id"],
            row["currency_id"],
            exact(self.currency_id.round(row["residual"])),
            row["due"],
            tuple(row[name] for name in ("name", *REFERENCES) if row[name]),
            row["recorded"],
        )

    def _get_text(self):
        """Return all that bank and payer wrote, which may name what was paid."""
        return "\n".join(filter(None, (self.text, self.reference)))

    def _get_tolerance(self):
        """Return what may be written off of this receipt as charges.

        :return: ``engine.matching.Tolerance``, in the receipt's currency
        """
        company = self.company_id.sudo()  # sudo: its settings, whoever matches
        if not company.receipt_charge_account_id:
            return matching.Tolerance()
        amount = company._get_most_charges(self.currency_id, self.date)
        share = exact(company.receipt_charge_share)
        return matching.Tolerance(share, exact(amount))

    def _get_most_written_off(self, settled):
        """Return the most that may be written off where so much is settled.

        :param float settled: in the receipt's currency
        :return: float in it
        """
        if not self.currency_id:
            return 0.0
        step = exact(self.currency_id.rounding)
        return float(self._get_tolerance().limit(exact(settled), step))

    # === WHO PAID === #

    def _find_payers(self, partner=None):
        """Find who may have paid this receipt, and how that is known.

        :return: {commercial partner's id: key of ``engine.matching.PAYERS``}
        """
        owner = self._get_own_partner()
        if partner:
            payer = partner.commercial_partner_id
            return {payer.id: "own" if payer == owner else "picked"}
        found = [
            *([(owner.id, "own")] if self._find_own() else []),
            *((owner.id, "chosen") for owner in self.partner_id.commercial_partner_id),
            *self._find_learned(),
            *self._find_by_account(),
            *self._find_by_name(),
        ]
        payers = {}
        for partner_id, reason in found:
            known = payers.get(partner_id)
            if not known or matching.PAYERS[known] < matching.PAYERS[reason]:
                payers[partner_id] = reason
        return payers

    def _find_learned(self):
        """Find with whom earlier receipts of that account, or of that payer, were
        matched: what Odoo's bank lines say, nothing is kept besides.

        :return: [(commercial partner's id, reason)]
        """
        account = _squeeze(self.account_number)
        payer = (self.payer or "").strip().lower()
        if not account and not payer:
            return []
        squeezed = SQL(
            "upper(regexp_replace(z.account_number, '[^[:alnum:]]', '', 'g'))"
        )
        return self.env.execute_query(
            SQL(
                """SELECT DISTINCT p.commercial_partner_id,
                          CASE WHEN %(squeezed)s = %(account)s
                               THEN 'learned_account' ELSE 'learned_name' END
                     FROM account_bank_statement_line z
                     JOIN account_move m ON m.id = z.move_id AND m.state = 'posted'
                     JOIN res_partner p ON p.id = z.partner_id
                    WHERE z.is_reconciled AND z.amount > 0
                      AND m.company_id = ANY(%(companies)s)
                      AND (%(squeezed)s = %(account)s
                           OR lower(trim(z.partner_name)) = %(payer)s)
                    LIMIT %(most)s""",
                squeezed=squeezed,
                account=account or None,
                payer=payer or None,
                companies=self.env.companies.ids,
                most=MOST_NAMED,
            )
        )

    def _find_by_account(self):
        """:return: [(commercial partner's id, 'account')] of whose account it is"""
        account = _squeeze(self.account_number)
        if not account:
            return []
        # sudo: whose account it is, archived customers included
        banks = self.env["res.partner.bank"].sudo().with_context(active_test=False)
        owners = banks.search(
            [
                ("sanitized_acc_number", "=", account),
                ("company_id", "in", [False, *self.env.companies.ids]),
            ],
            limit=MOST_NAMED,
        ).partner_id.commercial_partner_id
        return [(owner.id, "account") for owner in owners]

    def _find_by_name(self):
        """:return: [(commercial partner's id, 'name' or 'similar')]"""
        payer = self.payer or self._get_text()
        words = matching.find_telling_words(payer)
        if not words:
            return []
        Partner = self.env["res.partner"].with_context(active_test=False)
        partners = Partner.concat(
            *(
                Partner.search([("name", "=ilike", f"%{word}%")], limit=MOST_NAMED)
                for word in words
            )
        )
        return [
            (partner.commercial_partner_id.id, how)
            for partner in partners
            if (how := matching.compare_names(payer, partner.name or ""))
        ]

    # === WHAT THEY OWE === #

    def _read_items(self, payers, partner=None):
        """Read what is open in the receipt's currency and may concern it: one query,
        and a few for what is the company's own.

        :param payers: {commercial partner's id: reason}
        :param partner: ``res.partner``: all that is open of it
        :return: [{column: value}] of :data:`COLUMNS`, at most :data:`MOST_ROWS`
        """
        Line = self.env["account.move.line"]
        items = Line._get_items_query(
            self.company_id, EVER, self._find_accounts(), partner
        )
        known = list(payers)
        concerned = SQL("TRUE") if partner else self._get_concerned_condition(known)
        rows = self.env.execute_query(
            SQL(
                """SELECT i.id, i.partner_id, i.currency_id, i.residual::float8, i.due,
                          a.account_type != 'asset_receivable' AS recorded,
                          %(name)s, m.ref, m.payment_reference, m.invoice_origin
                     FROM (%(items)s) i
                     JOIN account_move m ON m.id = i.move_id
                     JOIN account_account a ON a.id = i.account_id
                    WHERE i.currency_id = %(currency)s AND i.residual > 0
                      AND i.partner_id IS NOT NULL AND m.id != %(own)s
                      AND i.company_id = ANY(%(companies)s) AND %(concerned)s
                 ORDER BY i.partner_id = ANY(%(known)s) DESC, i.due, i.id
                    LIMIT %(most)s""",
                items=items,
                name=Line._get_document_sql(SQL("i.id"), SQL("m")),
                currency=self.currency_id.id,
                own=self.sudo().move_id.id,  # sudo: its number alone
                companies=self.env.companies.ids,
                concerned=concerned,
                known=known,
                most=MOST_ROWS,
            )
        )
        found = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
        if not partner or partner.commercial_partner_id == self._get_own_partner():
            found += self._read_own()
        return found

    def _get_concerned_condition(self, known):
        """Return the condition that an item ``i`` of an entry ``m`` may concern this
        receipt: it is of somebody who may have paid, of that amount, or named."""
        text = self._get_text()[: matching.MOST_TEXT]
        amount = exact(self.amount)
        most = self._get_tolerance().amount
        Line = self.env["account.move.line"]
        numbers = [
            Line._get_document_sql(SQL("i.id"), SQL("m")),
            *(SQL("m.%s", SQL.identifier(name)) for name in REFERENCES),
        ]
        named = SQL(" OR ").join(
            SQL(
                """(length(%(number)s) > 3 AND position(upper(regexp_replace(
                       %(number)s, '[^[:alnum:]]', '', 'g')) IN %(text)s) > 0)""",
                number=number,
                text=_squeeze(text),
            )
            for number in numbers
        )
        return SQL(
            """(i.partner_id = ANY(%(known)s)
                OR i.residual BETWEEN %(least)s AND %(most)s
                OR m.sequence_number = ANY(%(tails)s) OR %(named)s)""",
            known=known,
            least=amount - most,
            most=amount + most,
            tails=matching.find_tails(text),
            named=named,
        )

    def _find_accounts(self):
        """Find the accounts whose items a receipt may pay: receivables, and for a line
        of the bank those on which payments and transfers wait for it.

        :return: ``account.account``
        """
        receipt = self.sudo()  # sudo: which accounts, not what is on them
        if receipt.payment_id.partner_id:
            lines = receipt.payment_id.move_id.line_ids
            return lines.account_id.filtered(
                lambda account: account.account_type == "asset_receivable"
            )
        receivable = self.env["account.account"]._find_followed(
            ("asset_receivable",), marked=False
        )
        if receipt.payment_id:
            # it gets the account of its customer
            return receivable
        journal = receipt.journal_id
        waiting = journal._get_payment_accounts("inbound")
        waiting |= receipt.company_id.parent_ids.transfer_account_id
        waiting -= journal.default_account_id | journal.suspense_account_id
        return receivable | waiting.filtered("reconcile")

    # === WORDS === #

    @api.model
    def _explain_reasons(self, reasons):
        """Write why something is proposed.

        :param reasons: of ``engine.matching.Proposal``
        """
        sentences = {
            "own": self.env._("money of your own that a bank has changed"),
            "learned_account": self.env._("that account paid for this customer before"),
            "learned_name": self.env._("that payer paid for this customer before"),
            "chosen": self.env._("the customer is on the receipt"),
            "picked": self.env._("the customer was chosen"),
            "account": self.env._("the account is this customer's"),
            "name": self.env._("the payer's name is this customer's"),
            "similar": self.env._("the names are alike"),
            "recorded": self.env._("a payment that waits for the bank"),
            "number": self.env._("the text has its number"),
            "tail": self.env._("the text has the end of its number"),
            "run": self.env._("items that follow each other"),
            "some": self.env._("items that add up to it"),
            "oldest": self.env._("the oldest first"),
            "exact": self.env._("the same amount"),
            "charges": self.env._("the same amount less charges"),
            "over": self.env._("a little more than is open"),
            "part": self.env._("a part"),
        }
        known = [sentences[reason] for reason in reasons if reason in sentences]
        return format_list(self.env, known)


def exact(amount):
    return Decimal(repr(float(amount)))


def _squeeze(text):
    """Return the letters and digits of a text, in capitals."""
    return "".join(filter(str.isalnum, text or "")).upper()
