import csv
import io
from datetime import date, timedelta
from decimal import Decimal

from odoo import Command, fields, models
from odoo.tools.misc import file_open

from ..engine.rates import Quote, cross, divide
from ..providers import registry

RATES = "multicurrency_crm/demo/ecb_reference_rates.csv"
#: days of the bank's own sheet, and the currencies on it with their nominals
SHEET_DAYS = 120
SHEET = {"USD": 1, "EUR": 1, "GBP": 1, "JPY": 100}
#: how far the bank is from the market
BANK_MARGIN = Decimal("1.0015")
#: figures that the publisher got wrong on its last day: (currency, times)
DOUBTS = (("JPY", 100), ("MXN", Decimal("1.14")))


class MultiCurrencyDemo(models.AbstractModel):
    """Rates: booked ones, a bank's sheet beside them, a budget, two doubtful ones."""

    _inherit = "multicurrency.demo"

    def _load_rates(self):
        """Real rates of the ECB, moved by whole weeks so that they end today.

        A provider of their own holds them: the ECB did not publish them for these days.
        The daily job leaves it alone for a year.
        """
        company = self._get_company()
        quotes = registry.get("ecb").parse(self._shift_rates(self._get_newest_day()))
        codes = list({quote.currency for quote in quotes} | {"EUR"})
        currencies = self.env["res.currency"].search([("name", "in", codes)])
        started = fields.Datetime.now()
        provider = self.env["fx.rate.provider"].create(
            {
                "name": "ECB rates (demonstration)",
                "service": "ecb",
                "sequence": 20,
                "company_ids": [Command.set(company.ids)],
                "currency_ids": [Command.set((currencies - company.currency_id).ids)],
                "next_run": started + timedelta(days=365),
            }
        )
        self._book(provider, quotes)
        bank = self._load_bank_sheet(quotes)
        self._name_records({"rate_provider": provider, "rate_provider_bank": bank})
        self._load_budget(quotes)
        self._load_doubts(provider, quotes)

    def _get_newest_day(self):
        """The day up to which there are rates: in Ningbo it may be a day later already
        than where they are published, and a rate of a day to come is held."""
        return min(self._get_today(), self.env["res.company"]._get_utc_today())

    @staticmethod
    def _shift_rates(today):
        """The file of rates with its days moved, up to ``today``.

        :param today: date
        :return: bytes, a history file as the ECB publishes it
        """
        with file_open(RATES) as file:
            header, *rows = csv.reader(file)
        newest = date.fromisoformat(rows[0][0])
        weeks = -(-(today - newest).days // 7)
        output = io.StringIO()
        writer = csv.writer(output, lineterminator="\n")
        writer.writerow(header)
        for day, *figures in rows:
            moved = date.fromisoformat(day) + timedelta(weeks=weeks)
            if moved <= today:
                writer.writerow([moved.isoformat(), *figures])
        return output.getvalue().encode()

    def _book(self, provider, quotes):
        """Bring quotes into the books as an upload does."""
        days = [quote.date for quote in quotes]
        list(
            provider._book_companies(
                self._get_company(),
                quotes,
                "file",
                (min(days), max(days)),
                fields.Datetime.now(),
            )
        )

    def _get_yuan_rates(self, quotes, day):
        """Units of each currency for 1 CNY on a day of the file, as Decimal."""
        rates = {quote.currency: quote.rate for quote in quotes if quote.date == day}
        return cross(rates, "EUR", "CNY")

    def _load_bank_sheet(self, quotes):
        """A sheet of the company's bank, which comes second and is kept for reference.

        :return: fx.rate.provider
        """
        lines = ["date,currency,base,nominal,rate,direction"]
        for day in sorted({quote.date for quote in quotes})[-SHEET_DAYS:]:
            rates = self._get_yuan_rates(quotes, day)
            lines += [
                f"{day},{code},CNY,{nominal},"
                f"{divide(nominal, rates[code]) * BANK_MARGIN:.4f},base per foreign"
                for code, nominal in SHEET.items()
                if code in rates
            ]
        bank = self.env["fx.rate.provider"].create(
            {
                "name": "Specimen Bank of Ningbo (sheet)",
                "service": "manual_file",
                "sequence": 30,
                "company_ids": [Command.set(self._get_company().ids)],
            }
        )
        payload = "\n".join([*lines, ""]).encode()
        self._book(bank, registry.get("manual_file").parse(payload))
        return bank

    def _load_budget(self, quotes):
        """The year's plan rates, typed once."""
        today = self._get_today()
        first = min(quote.date for quote in quotes)
        self.env["fx.rate.named"].create(
            [
                {
                    "company_id": self._get_company().id,
                    "currency_id": self.env.ref(f"base.{code}").id,
                    "date": today.replace(month=1, day=1),
                    "kind": "budget",
                    "rate": 1 / round(float(1 / rate), 2),
                }
                for code, rate in self._get_yuan_rates(quotes, first).items()
                if code in ("USD", "EUR", "GBP")
            ]
        )

    def _load_doubts(self, provider, quotes):
        """A slip of scale and a jump on the last day: held back, to be decided on."""
        last = max(quote.date for quote in quotes)
        figures = {
            quote.currency: quote.value for quote in quotes if quote.date == last
        }
        times = dict(DOUBTS)
        self._book(
            provider,
            [
                Quote(
                    "EUR",
                    code,
                    figures[code] * times.get(code, 1),
                    1,
                    "foreign_per_base",
                    last,
                    "mid",
                    "ecb",
                )
                for code in ("CNY", *times)
                if code in figures
            ],
        )
