from decimal import Decimal

from odoo import models
from odoo.tools import float_compare
from odoo.tools.misc import formatLang

from ...engine.quoting import shortest_quoted, write_equation

#: From so many times the market on, a distance is said as a multiple, no percentage.
MULTIPLE = 2.0


class ResCurrency(models.Model):
    """How people read rates, distances and amounts: the one way to write each."""

    _name = "res.currency"
    _inherit = ["res.currency", "used.mixin"]

    # === RATES === #

    def _format_rate(self, rate, company, quoted=None):
        """Write a rate of this currency as its company reads rates.

        :param float rate: units of this currency for 1 unit of the company's currency;
            ignored where ``quoted`` is given
        :param company: ``res.company``; its setting says in which direction
        :param quoted: (Decimal, 'company_per_unit' or 'unit_per_company') of a rate
            that was written down: its digits are kept, and where it was written the
            other way round, it is added as it was
        :return: "1 USD = 7.1234 CNY", "100 JPY = 4.8200 CNY"; "≈" where digits were
            cut; "" for no rate
        """
        self.ensure_one()
        # in a form, somebody may just be typing a negative one
        if not (quoted or rate > 0):
            return ""
        derived, quoted = not quoted, quoted or shortest_quoted(rate)
        # sudo: who works in a branch needn't see its main company
        company = company.sudo().root_id
        home, shown = company.currency_id.name, company.rate_direction
        names = self.name, home
        equation = write_equation(*quoted, *names, shown, derived=derived)
        if derived or quoted[1] == shown or equation.exact:
            return str(equation)
        as_written = write_equation(*quoted, *names, quoted[1])
        return f"{equation} ({as_written})"

    def _format_price(self, price, company):
        """Write what a unit of this currency costs in the company's: see
        :meth:`_format_rate`.

        :param Decimal price: units of the company's currency for 1 of this one
        """
        return self._format_rate(0.0, company, (Decimal(price), "company_per_unit"))

    # === DISTANCES === #

    def _get_distance(self, deviation, company):
        """Return how far a rate is from another one in the direction of people.

        :param float deviation: rate / other − 1 in Odoo's direction
        :return: the same of the prices that the company reads, as a fraction: a rate
            of 1/4.99 against 1/4.684 is 0.0653
        """
        # sudo: who works in a branch needn't see its main company
        if company.sudo().root_id.rate_direction == "unit_per_company":
            return deviation
        return 1 / (1 + deviation) - 1

    def _format_distance(self, deviation, company):
        """Say how far a rate is from the market, in the direction of people.

        :param float deviation: rate / market rate − 1 in Odoo's direction, above −1
        :return: "6.5% above the market", "10 times the market", "at the market"
        """
        times = 1 + self._get_distance(deviation, company)
        if float_compare(times, MULTIPLE, precision_digits=6) >= 0:
            return self.env._("%(number)s times the market", number=self._short(times))
        share = self._format_percent(times)
        if float_compare(times, 1 / MULTIPLE, precision_digits=6) <= 0:
            return self.env._("only %(share)s of the market", share=share)
        # a spread of 0.15% isn't 0.2%
        near = float_compare(abs(times - 1), 0.01, precision_digits=6) < 0
        percent = self._format_percent(abs(times - 1), 2 if near else 1)
        if percent in (self._format_percent(0.0), self._format_percent(0.0, 2)):
            return self.env._("at the market")
        if times > 1:
            return self.env._("%(percent)s above the market", percent=percent)
        return self.env._("%(percent)s below the market", percent=percent)

    def _format_percent(self, fraction, digits=1):
        """Write a fraction in percent: 0.125 is "12.5%"."""
        number = self._short(fraction * 100, digits)
        return self.env._("%(number)s%%", number=number)

    def _short(self, number, digits=1):
        """Write a number with no more decimals than it needs."""
        whole = float_compare(number, round(number), precision_digits=digits) == 0
        return formatLang(self.env, number, digits=0 if whole else digits)

    # === AMOUNTS === #

    def _format_amount(self, amount):
        """Write an amount with the code of its currency, since a symbol may be another
        currency's, too.

        :return: "1,234.50 USD" in the language of the environment
        """
        self.ensure_one()
        digits = self.decimal_places
        number = formatLang(self.env, self.round(amount), digits=digits)
        return f"{number} {self.name}"
