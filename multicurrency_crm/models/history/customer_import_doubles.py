from datetime import date
from decimal import Decimal

from odoo import models
from odoo.tools import SQL, format_date

from ...engine.history import fold
from ...engine.history_doubles import (
    LOOSENING,
    Known,
    Lookalike,
    find_lookalike,
    is_other,
    loosen,
)
from .customer_import import BOOKED
from .customer_import_ages import BY_AGE
from .customer_import_items import BALANCE

#: Entries that are documents of customers, and the sign of what is owed by them.
INVOICES = {"out_invoice": 1, "out_receipt": 1, "out_refund": -1}


def exact(number):
    """Return a number of the database as it was written; None of none."""
    return None if number is None else Decimal(repr(number))


class CustomerImport(models.Model):
    """Doubles: what is known already, in the file, of other imports, in the books. One
    that says the same is left out; of any other, somebody says what becomes of it."""

    _inherit = "customer.import"

    # === THE DRY RUN === #

    def _gather_doubles(self, facts):
        """Gather what rows may be doubles of, once a row asks.

        ``facts.extra``: ``"alike"`` {(partner's id, loosened number): [Lookalike]} of
        the rows that were judged before, of other imports, and of the books;
        ``"covered"`` {(partner's id, currency's id): why it may be there already}
        """
        if "alike" in facts.extra:
            return
        is_list = self.kind == "balances"
        facts.extra["alike"] = {} if is_list else self._find_lookalikes()
        is_booked = self.kind in BOOKED
        facts.extra["covered"] = self._find_covered() if is_booked else {}

    def _judge_double(self, same, vals, values, facts):
        """Return what becomes of a row that may be a double.

        :param same: (partner's id, key, currency's id)
        :param dict vals: of the row, as judged
        :param dict values: what it says
        :return: values of the row; {}: nothing is known of it
        """
        if known := self._get_known(same, facts):
            return self._judge_known(known, same, vals, values)
        self._gather_doubles(facts)
        partner_id, key, currency_id = same
        alike = find_lookalike(
            key,
            currency_id,
            exact(vals["booked"]),
            facts.extra["alike"].get((partner_id, loosen(key)), ()),
        )
        if alike:
            maybe = self.env._("Is it the same document? Choose what becomes of it.")
            return self._prepare_double_vals([alike.reason, maybe], True)
        if covered := facts.extra["covered"].get((partner_id, currency_id)):
            maybe = self.env._("Is this part of it? Choose what becomes of it.")
            return self._prepare_double_vals([covered, maybe], True)
        return {}

    def _judge_known(self, known, same, vals, values):
        """Return what becomes of a row whose document is known."""
        currency = self.env["res.currency"].browse(same[2])
        said = [self._get_day(values, name) for name in ("date", "due")]
        amount, unit = exact(vals["amount"]), exact(currency.rounding)
        lines, asked = [known.reason], is_other(known, amount, unit, *said)
        if asked:
            lines.append(self._explain_other(known, vals["amount"], currency))
        return self._prepare_double_vals(lines, asked)

    def _prepare_double_vals(self, lines, asked):
        return {
            "state": "duplicate",
            "message": "\n".join(lines),
            "must_choose": bool(asked),
        }

    def _explain_other(self, known, amount, currency):
        """Say what a row says else than what is known already."""
        if known.amounts is None:
            return self.env._(
                "Choose whether this one is left out or created all the same; or say "
                "under Rows Are what several rows of a document come to."
            )
        there = sorted(known.amounts, key=abs)[-1:]
        return self.env._(
            "There it says %(there)s, here %(here)s: choose whether this one is left "
            "out, or created beside it.",
            there=self._describe_document(
                float(*there), known.due or known.day, currency
            ),
            here=currency._format_amount(amount),
        )

    def _describe_document(self, amount, day, currency):
        shown = currency._format_amount(amount)
        if not day:
            return shown
        return self.env._(
            "%(amount)s (%(date)s)", amount=shown, date=format_date(self.env, day)
        )

    def _note_known(self, same, vals, row, facts):
        """Keep a row that is to be created: those below may be doubles of it."""
        partner_id, key, currency_id = same
        facts.extra["known"][same] = self._know_row(row.row_number)
        if self.kind != "balances":
            alike = self._liken(key, currency_id, vals["booked"], row.row_number)
            one = partner_id, loosen(key)
            facts.extra["alike"].setdefault(one, []).append(alike)

    def _know_row(self, number):
        """Return what is known of the document of a row above."""
        return Known(self.env._("Row %(row)s has this document, too.", row=number))

    def _liken(self, key, currency_id, booked, number):
        """Return the document of a row above, to be compared by its loosened number."""
        reason = self.env._(
            "Row %(row)s has the document “%(number)s” in %(currency)s.",
            row=number,
            number=key,
            currency=self.env["res.currency"].browse(currency_id).name,
        )
        return Lookalike(key, currency_id, exact(booked), reason)

    # === KNOWN ALREADY === #

    def _find_known_here(self):
        """Find the documents of rows of this file that were judged before.

        :return: {(partner's id, key, currency's id): Known}
        """
        return {
            (partner_id, key, currency_id): self._know_row(number)
            for partner_id, key, currency_id, number, _booked in self._list_judged()
        }

    def _list_judged(self):
        return self.env.execute_query(
            SQL(
                """SELECT COALESCE(partner_id, -head_id), document_key, currency_id,
                          row_number, booked
                     FROM customer_import_row
                    WHERE import_id = %s AND state = 'create' AND id <= %s""",
                self.id,
                self.last_id,
            )
        )

    def _find_known_elsewhere(self, keys, facts):
        """Find the documents of rows that other imports have brought in, or that are in
        the books.

        :param keys: folded numbers
        :return: {(partner's id, key, currency's id): Known}
        """
        if "books" not in facts.extra:
            facts.extra["books"] = self._find_in_books()
        return {**facts.extra["books"], **self._find_in_imports(keys)}

    def _find_in_imports(self, keys):
        """Find what other imports of this kind have brought in.

        :return: {(partner's id, key, currency's id): Known}
        """
        amounts, found = {}, {}
        for *same, amount, day, due, file_name in self.env.execute_query(
            SQL(
                """SELECT r.partner_id, r.document_key, r.currency_id, r.amount, r.date,
                          r.due, i.file_name
                     FROM customer_import_row r
                     JOIN customer_import i ON i.id = r.import_id
                    WHERE r.company_id = %s
                      AND (r.document_key = ANY(%s)
                           OR %s AND r.document_key LIKE %s)
                      AND i.id != %s AND i.kind = %s
                      AND (r.state = 'done'
                           OR r.state = 'create' AND i.state = 'publishing')
                 ORDER BY r.id""",
                self.company_id.id,
                keys,
                # a balance is known by each of its ages
                self.kind == "balances",
                f"{BALANCE}{BY_AGE}%",
                self.id,
                self.kind,
            )
        ):
            same = self._widen(tuple(same))
            amounts.setdefault(same, []).append(exact(amount or 0.0))
            several = len(amounts[same]) > 1
            found[same] = Known(
                self.env._("Brought in with %(file)s.", file=file_name),
                # several rows of one document, or all of them in one
                frozenset([*amounts[same], sum(amounts[same])]),
                day if self.kind == "past" and not several else None,
                due if self.kind == "items" and not several else None,
            )
        return found

    def _find_in_books(self):
        """Find invoices of the numbers of this file: as they are called, or by their
        reference, in whatever case, width and blanks.

        :return: {(partner's id, folded number, currency's id): Known}
        """
        if self.kind not in ("items", "past"):
            return {}
        keys = self._list_numbers()
        asked = ["".join(key.split()).lower() for key in keys]
        either = SQL(
            "%s = ANY(%s) OR %s = ANY(%s)",
            *(self._fold_in_sql("name"), asked, self._fold_in_sql("ref"), asked),
        )
        found = {}
        for invoice in self._find_invoices(either):
            for text in (invoice["name"], invoice["ref"]):
                if fold(text) in keys:
                    same = invoice["partner"], fold(text), invoice["currency"]
                    amounts = frozenset(map(exact, (invoice["total"], invoice["rest"])))
                    found[same] = Known(self._explain_invoice(invoice), amounts)
        return found

    def _list_numbers(self):
        """:return: {folded number} of the documents of this file"""
        documents = self.env.execute_query(
            SQL(
                """SELECT DISTINCT document FROM customer_import_row
                    WHERE import_id = %s AND document IS NOT NULL""",
                self.id,
            )
        )
        return {fold(document) for (document,) in documents}

    def _explain_invoice(self, invoice):
        return self.env._("It is in the books as %(name)s.", name=invoice["name"])

    def _find_invoices(self, condition):
        """Find posted documents of customers in this company.

        :param SQL condition: on the entry ``m``
        :return: [{"partner": , "name": , "ref": , "currency": , "total": , "rest": ,
            "booked": above 0 what the customer owes}]
        """
        names = ("partner", "name", "ref", "currency", "total", "rest", "booked")
        kept = ("name", "ref", "state", "partner_id", "company_id", "move_type")
        amounts = ("amount_total", "amount_residual", "amount_total_signed")
        self.env["account.move"].flush_model([*kept, *amounts])
        rows = self.env.execute_query(
            SQL(
                """SELECT p.commercial_partner_id, m.name, m.ref, m.currency_id,
                          s.sign * m.amount_total, s.sign * m.amount_residual,
                          m.amount_total_signed
                     FROM account_move m
                     JOIN res_partner p ON p.id = m.partner_id
                     JOIN (VALUES %s) AS s (move_type, sign)
                       ON s.move_type = m.move_type
                    WHERE m.company_id = %s AND m.state = 'posted' AND (%s)""",
                SQL(", ").join(SQL("(%s, %s)", *one) for one in INVOICES.items()),
                self.company_id.id,
                condition,
            )
        )
        return [dict(zip(names, row, strict=True)) for row in rows]

    # === NEARLY THE SAME === #

    def _find_lookalikes(self):
        """Find documents whose numbers are nearly those of this file: of rows that were
        judged before, of other imports, of the books.

        :return: {(partner's id, loosened number): [Lookalike]}
        """
        found = {}
        for partner_id, key, currency_id, number, booked in self._list_judged():
            alike = self._liken(key, currency_id, booked, number)
            found.setdefault((partner_id, loosen(key)), []).append(alike)
        loose = {loosen(key) for key in self._list_numbers()}
        for partner_id, key, currency_id, booked, reason in self._list_elsewhere(loose):
            alike = Lookalike(key, currency_id, exact(booked), reason)
            found.setdefault((partner_id, loosen(key)), []).append(alike)
        return found

    def _list_elsewhere(self, loose):
        """Yield documents of other imports and of the books by loosened numbers.

        :param loose: {loosened number}
        :return: iterator of (partner's id, folded number, currency's id, what it came
            to in company currency, where it is)
        """
        asked = list(loose)
        for *one, file_name in self.env.execute_query(
            SQL(
                """SELECT r.partner_id, r.document_key, r.currency_id, r.booked,
                          i.file_name
                     FROM customer_import_row r
                     JOIN customer_import i ON i.id = r.import_id
                    WHERE r.company_id = %s AND i.id != %s AND i.kind = %s
                      AND r.document_key IS NOT NULL
                      AND (r.state = 'done'
                           OR r.state = 'create' AND i.state = 'publishing')
                      AND %s = ANY(%s)""",
                *(self.company_id.id, self.id, self.kind),
                *(self._loosen_in_sql(SQL("r.document_key")), asked),
            )
        ):
            said = self.env._(
                "%(file)s has brought in the document “%(number)s” in %(currency)s.",
                file=file_name,
                number=one[1],
                currency=self.env["res.currency"].browse(one[2]).name,
            )
            yield (*one, said)
        yield from self._list_in_books(loose)

    def _list_in_books(self, loose):
        """Yield invoices by loosened numbers, as :meth:`_list_elsewhere` does."""
        texts = [
            SQL("lower(normalize(%s, NFKC))", SQL.identifier("m", name))
            for name in ("name", "ref")
        ]
        either = SQL(" OR ").join(
            SQL("%s = ANY(%s)", self._loosen_in_sql(text), list(loose))
            for text in texts
        )
        for invoice in self._find_invoices(either):
            said = self.env._(
                "%(name)s in %(currency)s is in the books.",
                name=invoice["name"],
                currency=self.env["res.currency"].browse(invoice["currency"]).name,
            )
            for text in (invoice["name"], invoice["ref"]):
                if loosen(text) in loose:
                    where = invoice["partner"], fold(text), invoice["currency"]
                    yield (*where, invoice["booked"], said)

    def _loosen_in_sql(self, text):
        """Return a folded text as :func:`loosen` leaves it."""
        for pattern, instead in LOOSENING:
            text = SQL("regexp_replace(%s, %s, %s, 'g')", text, pattern, instead)
        return text

    # === BALANCES AND ITEMS === #

    def _find_covered(self):
        """Find what may be there already in another form: of balances, items that
        imports have brought in or that are open in the books; of items, balances.

        :return: {(partner's id, currency's id): sentence}
        """
        found = {}
        if self.kind == "balances":
            for partner_id, currency_id, amount in self._find_open_in_books():
                currency = self.env["res.currency"].browse(currency_id)
                found[partner_id, currency_id] = self.env._(
                    "Open in the books on %(date)s already: %(amount)s.",
                    date=format_date(self.env, self.date),
                    amount=currency._format_amount(float(amount)),
                )
        for *one, amount, file_name in self._list_in_another_form():
            currency = self.env["res.currency"].browse(one[1])
            found[tuple(one)] = self.env._(
                "%(file)s has brought in %(amount)s of this customer already.",
                file=file_name,
                amount=currency._format_amount(float(amount)),
            )
        return found

    def _list_in_another_form(self):
        """:return: [(partner's id, currency's id, amount, file)] of imports of the
        other kind that is booked"""
        [other] = set(BOOKED) - {self.kind}
        return self.env.execute_query(
            SQL(
                """SELECT r.partner_id, r.currency_id, SUM(r.amount), MAX(i.file_name)
                     FROM customer_import_row r
                     JOIN customer_import i ON i.id = r.import_id
                    WHERE r.company_id = %s AND i.kind = %s
                      AND (r.state = 'done'
                           OR r.state = 'create' AND i.state = 'publishing')
                 GROUP BY r.partner_id, r.currency_id""",
                self.company_id.id,
                other,
            )
        )

    def _find_open_in_books(self):
        """Find what customers owe on the opening date, by the books.

        :return: [(partner's id, currency's id, amount)]
        """
        receivable = self.env["account.account"].search(
            [
                *self.env["account.account"]._check_company_domain(self.company_id),
                ("account_type", "=", "asset_receivable"),
            ]
        )
        items = self.env["account.move.line"]._get_items_query(
            self.company_id, self.date or date.max, receivable
        )
        return self.env.execute_query(
            SQL(
                """SELECT p.commercial_partner_id, i.currency_id, SUM(i.residual)
                     FROM (%s) i JOIN res_partner p ON p.id = i.partner_id
                    WHERE i.residual != 0 AND i.company_id = %s
                 GROUP BY p.commercial_partner_id, i.currency_id""",
                items,
                self.company_id.id,
            )
        )
