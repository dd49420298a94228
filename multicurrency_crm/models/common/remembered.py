"""What every document asks for and nearly nobody changes, remembered between
transactions, as Odoo's ``ormcache`` does, and never as it was before a change.

Who changes it calls ``res.company._forget_remembered()``. Meanwhile others read: one
who reads before the change is committed finds what was, and so does one who began
before that and reads after it. What such a transaction finds is its own.
"""

from odoo.tools import SQL, ormcache

#: key of the moment since which values are kept, among these values
_SINCE = ("multicurrency_crm.remembered_since",)
#: key of what only this transaction remembers, and whether it changed anything
_OWN, _FORGOT = "multicurrency_crm.remembered", "multicurrency_crm.forgot"


class remembered(ormcache):  # noqa: N801 (a decorator, as Odoo's)
    """Decorate a method whose value depends on what is stored, and on the arguments
    that are named."""

    def lookup(self, *args, **kwargs):
        model = args[0]
        cr, kept = model.env.cr, model.pool._Registry__caches[self.cache_name]
        key = self.key(*args, **kwargs)
        # values of before and after a clearing never meet: their keys differ
        since = _get_since(cr, kept)
        key = (since, *key)
        if _FORGOT in cr.postcommit.data:
            kept = _get_own(cr)
        elif key not in kept and cr.now() < since:
            kept = _get_own(cr)  # it may have begun before the last change was there
        try:
            return kept[key]
        except KeyError:
            value = kept[key] = self.method(*args, **kwargs)
            return value


def forget(env):
    """Forget all that is remembered, now and once the change is there for others."""
    cr, clear = env.cr, env.registry.clear_cache
    clear()
    _get_own(cr).clear()
    if _FORGOT not in cr.postcommit.data:
        cr.postcommit.data[_FORGOT] = True
        cr.postcommit.add(clear)


def _get_since(cr, kept):
    """Return the moment from which on transactions remember for all: those that begin
    later see every change that cleared what was kept before.

    :param kept: what is kept
    :return: ``datetime`` in UTC, by the clock of the database
    """
    moment = kept.get(_SINCE)
    if moment is None:
        # kept before the clock is read: what is cleared meanwhile takes it along
        moment = kept[_SINCE] = []
    if not moment:
        cr.execute(SQL("SELECT clock_timestamp() AT TIME ZONE 'UTC'"))
        moment.append(cr.fetchone()[0])
    return moment[0]


def _get_own(cr):
    """Return what this transaction remembers for itself: until a savepoint is rolled
    back, and what was read since with it."""
    transaction = cr.transaction
    if transaction is None:
        return {}
    # of all that a transaction keeps, this is dropped by nothing but a rollback
    return transaction.field_data_patches.setdefault(_OWN, {})
