"""Money changed at banks at random, by the bank's rate and by forwards."""

from decimal import Decimal

#: What banks do.
CHANGES = ("convert", "convert", "convert_by_forward", "convert_back")


class RandomConversions:
    """Steps of a random ledger: conversions between a company's bank accounts."""

    @classmethod
    def _equip_banks(cls):
        """Give each set of books an account at a bank for each foreign currency."""
        cls.banks = {}
        for company in (cls.books, cls.sister):
            kit, env = cls.kit[company], cls._in(company)
            chosen = env["res.company"].browse(company.id)
            chosen.conversion_charges_account_id = kit["expense"]
            chosen.forward_result_account_id = kit["income"]
            for currency in cls.usd | cls.jpy | cls.kwd | cls.cny | cls.eur:
                if currency == company.currency_id:
                    continue
                cls.banks[company, currency] = env["account.journal"].create(
                    {
                        "name": f"Bank {currency.name}",
                        "code": f"B{currency.name}",
                        "type": "bank",
                        "company_id": company.id,
                        "currency_id": currency.id,
                    }
                )

    def _prepare_change(self, step):
        """Return what is asked of the bank, or None where it is no money of theirs.

        :return: (environment, values of ``fx.conversion``)
        """
        company = (self.books, self.sister)[step.place == 2]
        env = self._in(company)
        currency, amount = self._get_amount(step)
        foreign = self.banks.get((company, currency))
        if not foreign:
            return None
        unit = currency._convert(
            1.0, company.currency_id, company, self._get_day(step), round=False
        )
        # a bank takes or gives up to two percent beside the market
        rate = Decimal(repr(unit)) * (100 + step.which % 5 - 2) / 100
        vals = {
            "date": self._get_day(step),
            "journal_from_id": foreign.id,
            "journal_to_id": self.kit[company]["bank"].id,
            "amount_from": amount,
            "bank_rate": f"{rate:.8f}",
            "charges": company.currency_id.round(step.which % 3 * unit * amount / 1000),
        }
        return env, vals

    def _do_convert(self, step, **values):
        asked = self._prepare_change(step)
        if not asked:
            return False
        env, vals = asked
        env["fx.conversion"].create(vals | values).action_post()
        return None

    def _do_convert_back(self, step):
        """A conversion that is cancelled, and leaves nothing."""
        asked = self._prepare_change(step)
        if not asked:
            return False
        env, vals = asked
        conversion = env["fx.conversion"].create(vals)
        conversion.action_post()
        conversion.action_cancel()
        return None

    def _do_convert_by_forward(self, step):
        """A forward that is settled in two parts, or in one and not wholly."""
        asked = self._prepare_change(step)
        if not asked:
            return False
        env, vals = asked
        currency, amount = self._get_amount(step)
        part = currency.round(amount * (1 + step.which % 3) / 4)
        forward = env["fx.forward"].create(
            {
                "counterparty_id": self.buyers[0].id,
                "company_id": env.company.id,
                "currency_id": currency.id,
                "amount": amount,
                "quoted_rate": vals.pop("bank_rate"),
                "trade_date": vals["date"],
                "value_date": vals["date"],
            }
        )
        forward.action_activate()
        parts = [part, *[amount - part] * (step.which % 2)]
        for each in filter(None, map(currency.round, parts)):
            env["fx.conversion"].create(
                vals | {"amount_from": each, "forward_id": forward.id}
            ).action_post()
        return None
