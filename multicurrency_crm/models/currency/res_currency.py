from datetime import datetime

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_list


class ResCurrency(models.Model):
    _inherit = "res.currency"

    @api.model
    def _get_conversion_rate(self, from_currency, to_currency, company=None, date=None):
        """Convert at the rate of the company's day.

        Whoever converts for an order hands its date over, which is a moment in UTC:
        Odoo would take the day that it was in UTC, for prices, costs, delivery,
        re-invoiced expenses and the sums of an opportunity alike.
        """
        if isinstance(date, datetime) and from_currency != to_currency:
            date = (company or self.env.company)._get_day_of(date)
        return super()._get_conversion_rate(
            from_currency, to_currency, company=company, date=date
        )

    # === PRINTED === #

    def _shares_symbol(self):
        """Return whether another active currency has this one's symbol, too: $ is the
        dollar of three continents. Costs no query, as Odoo knows its currencies."""
        self.ensure_one()
        known = self.get_all_currencies()
        return any(
            other["symbol"] == self.symbol and currency_id != self.id
            for currency_id, other in known.items()
        )

    def _get_printed_code(self, company):
        """Return the code that customers of this company read beside a total in this
        currency: "USD", or False where the symbol tells, or nobody asked for codes."""
        # sudo: customers read their documents, and not the company's settings
        wanted = self and company.sudo().print_currency_code
        return bool(wanted) and self._shares_symbol() and self.name

    # === ARCHIVED === #

    def _find_archiving_obstacles(self):
        """Find what runs on in these currencies, and couldn't be invoiced.

        To be extended by each room that promises something in a currency. Called with
        sudo.

        :return: [(records, what to do with them)]; empty recordsets are left out
        """
        return []

    def write(self, vals):
        """Archive no currency in which something of ours is promised."""
        if "active" in vals and not vals["active"]:
            self.filtered("active")._check_archivable()
        return super().write(vals)

    def _check_archivable(self):
        """Check that nothing runs on in these currencies.

        :raises UserError: what does, and what to do with each
        """
        # sudo: what stands in the way does, whoever may read it
        found = self.sudo()._find_archiving_obstacles()
        if obstacles := self.env["res.company"]._list_obstacles(found):
            raise UserError(
                self.env._(
                    "%(currencies)s can't be archived, since nothing could be invoiced "
                    "any more of what was promised:\n%(obstacles)s",
                    currencies=format_list(self.env, self.mapped("name")),
                    obstacles=obstacles,
                )
            )

    def _get_archived_refusal(self, document):
        """Return that what is archived can't be the currency of a document, and what to
        do, or False.

        Copies, activations, imports and whatever else starts something in a currency
        asks here first.

        :param str document: name of what would be in it
        """
        archived = self.filtered(lambda currency: not currency.active)
        if not archived:
            return False
        return self.env._(
            "%(currency)s, the currency of %(document)s, is archived, and nothing can "
            "be invoiced in it: activate it under Currencies, or choose another one.",
            currency=format_list(self.env, archived.mapped("name")),
            document=document,
        )

    def _check_active(self, document):
        """Check that something may start in these currencies.

        :param str document: as for ``_get_archived_refusal``
        :raises UserError: one is archived
        """
        if refusal := self._get_archived_refusal(document):
            raise UserError(refusal)

    # === RATES === #

    def _has_rate_on(self, company, date):
        """The currencies of ``self`` that ``company`` can convert on ``date``.

        Where Odoo's table holds no row on or before the date, Odoo converts at
        the oldest later rate, or at 1.0; whoever writes a converted amount asks
        here first.  A row counts if it is shared or belongs to the root company
        (as in ``_get_rates``); which of the two wins changes the rate, not
        whether there is one.  The company's own currency needs no row.  One
        query for any number of currencies.

        :param company: res.company whose books the conversion is for
        :param date: date (or ISO string) of the conversion
        :return: recordset, in the order of ``self``
        """
        # sudo: any user converts in a company that they may not read
        foreign = self - company.sudo().currency_id
        if not foreign:
            return self
        # sudo: a branch's user may not read the rates of the root company
        rows = (
            self.env["res.currency.rate"]
            .sudo()
            ._read_group(
                [
                    ("currency_id", "in", foreign.ids),
                    ("company_id", "in", (False, company.sudo().root_id.id)),
                    ("name", "<=", date),
                ],
                ["currency_id"],
            )
        )
        known = {currency.id for (currency,) in rows}
        return self.filtered(lambda c: c not in foreign or c.id in known)

    def _get_known_rates(self, company, date):
        """Rates of the currencies of ``self`` that ``company`` can convert.

        :param company: res.company whose books the rates are for
        :param date: date (or ISO string) of the conversion
        :return: dict {currency id: units of that currency for 1 unit of the
            company's currency}; a currency without a rate on or before the date
            is absent.  Two queries for any number of currencies.
        """
        known = self._has_rate_on(company, date)
        if not known:
            return {}
        # sudo: a branch's user may not read the rates of the root company
        books = company.sudo().currency_id
        technical = (known | books).sudo()._get_rates(company, date)
        return {
            currency.id: technical[currency.id] / technical[books.id]
            for currency in known
        }

    def _find_rate_days(self, company, date):
        """Find the days of the rates that a company converts with on a date: a rate is
        shown beside its own day.

        :param company: res.company whose books the conversion is for
        :param date: date of the conversion
        :return: dict {currency id: date}; a currency without a rate on or before the
            date is absent, and so is the company's own
        """
        # sudo: any user converts in a company that they may not read
        foreign = self - company.sudo().currency_id
        if not foreign:
            return {}
        # sudo: a branch's user may not read the rates of the root company
        rows = (
            self.env["res.currency.rate"]
            .sudo()
            ._read_group(
                [
                    ("currency_id", "in", foreign.ids),
                    ("company_id", "in", (False, company.sudo().root_id.id)),
                    ("name", "<=", date),
                ],
                ["currency_id", "company_id"],
                ["name:max"],
            )
        )
        # as in ``_get_rates``, a company's own rows hide the shared ones
        shared_first = sorted(rows, key=lambda row: bool(row[1]))
        return {currency.id: day for currency, _owner, day in shared_first}
