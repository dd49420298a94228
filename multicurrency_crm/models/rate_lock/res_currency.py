from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain

#: Context key of a ``LockedPair``.
LOCKED_PAIR = "fx_locked_pair"


class LockedPair(NamedTuple):
    """A company's currency and a currency that is locked to it.

    Only this process makes one: a list that came with a context from outside is none.
    """

    base_id: int
    foreign_id: int
    rate: float  # units of the foreign currency for 1 unit of the company's


def get_locked_pair(env):
    """Return the ``LockedPair`` of a context, or None."""
    locked = env.context.get(LOCKED_PAIR)
    return locked if isinstance(locked, LockedPair) else None


def at_locked_pair(records, pair):
    """Return the records in a context in which money converts at the rate of ``pair``.

    :param pair: ``LockedPair``, or None for the market's rates, whatever the context
        said before
    """
    if get_locked_pair(records.env) == pair:
        return records
    kept = {key: val for key, val in records.env.context.items() if key != LOCKED_PAIR}
    if pair:
        kept[LOCKED_PAIR] = pair
    return records.with_env(records.env(context=kept))


class ResCurrency(models.Model):
    _inherit = "res.currency"

    def _find_archiving_obstacles(self):
        Lock, here = self.env["fx.rate.lock"], Domain("currency_id", "in", self.ids)
        running = Lock.search(here & Domain("state", "=", "active"))
        waits = Domain("amount_open", ">", 0) | Domain("amount_open", "<", 0)
        ordered = Lock.search(here & waits) - running
        return [
            *super()._find_archiving_obstacles(),
            (running, self.env._("release them, or wait for their end")),
            (ordered, self.env._("invoice what was ordered at them, or release them")),
        ]

    @api.model
    def _get_conversion_rate(self, from_currency, to_currency, company=None, date=None):
        """Convert into and out of the currency that the context locks at its rate.

        Prices pass through many doors (pricelist rules, combos, delivery, rewards), and
        all of them end here, with the currency of the order on one side. The context of
        either side counts, so that whoever prices names the pair on the order alone.

        A third currency goes through the company's: at the market's rate to there, at
        the locked one from there. Pairs without the locked currency convert as ever.
        """
        convert = super()._get_conversion_rate
        locked = get_locked_pair(from_currency.env) or get_locked_pair(to_currency.env)
        if not locked or from_currency == to_currency:
            return convert(from_currency, to_currency, company=company, date=date)
        base = self.browse(locked.base_id)
        if to_currency.id == locked.foreign_id:
            to_base = convert(from_currency, base, company=company, date=date)
            return to_base * locked.rate
        if from_currency.id == locked.foreign_id:
            from_base = convert(base, to_currency, company=company, date=date)
            return from_base / locked.rate
        return convert(from_currency, to_currency, company=company, date=date)
