"""What the currencies of exposures may cost; no Odoo. Currencies are told apart by
their ids."""

import math

from . import credit_statistics as statistics

#: Trading days of a year: from a year's volatility to that of a day.
TRADING_DAYS = 252


class CurrencyRisk:
    """Value at risk of many exposures: the covariances of a set of currencies are
    computed once, for the first exposure that holds them.

    :param rates: ``CreditRates``
    :param series: {currency id: {day: rate}}
    :param float volatility_floor: a year's, as a fraction: what a pegged currency is
        taken to move at least
    """

    def __init__(self, rates, series, volatility_floor):
        self._rates, self._series = rates, series
        floor = volatility_floor / math.sqrt(TRADING_DAYS)
        self._floors = dict.fromkeys(series, floor)  # standard deviation of a day
        self._sigmas = {}

    def get_value_at_risk(self, exposure, company_currency_id):
        """Return what an exposure's currencies may cost within the holding period of
        :func:`~.credit_statistics.value_at_risk`.

        :param exposure: ``CustomerExposure``
        :return: (by the sample's covariances, by exponentially weighted ones), company
            currency; None: unknown, for want of a rate or of returns
        """
        held = {}
        for currency_id, amount in exposure.by_currency().items():
            if currency_id != company_currency_id and amount > 0:
                rate = self._rates.convert(currency_id, company_currency_id)
                if rate is None:
                    return None, None
                held[currency_id] = float(amount * rate)
        if not held:
            return 0.0, 0.0
        return tuple(
            None
            if sigma is None
            else statistics.value_at_risk(held, sigma, self._floors)
            for sigma in self._get_sigmas(tuple(sorted(held)))
        )

    def _get_sigmas(self, currency_ids):
        """Return the covariances of some currencies.

        :return: (sample covariances, exponentially weighted ones), or Nones
        """
        if currency_ids not in self._sigmas:
            series = {cid: self._series.get(cid, {}) for cid in currency_ids}
            returns = statistics.aligned_returns(series)
            self._sigmas[currency_ids] = tuple(
                statistics.covariances(returns, decay)
                for decay in (None, statistics.DECAY)
            )
        return self._sigmas[currency_ids]
