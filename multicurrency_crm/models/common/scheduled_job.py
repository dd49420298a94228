"""What all scheduled jobs of the addon have in common: :class:`ScheduledJob`."""

import logging
import random
import time
from collections import deque
from datetime import timedelta
from functools import partial

import psycopg2
from psycopg2 import errors

from odoo.exceptions import ConcurrencyError, LockError, UserError
from odoo.fields import Domain
from odoo.models import BaseModel

_logger = logging.getLogger(__name__)

#: what others who work at the same moment cause; PostgreSQL asks to try again
COLLISIONS = (
    errors.SerializationFailure,
    errors.DeadlockDetected,
    errors.LockNotAvailable,
    ConcurrencyError,
    LockError,
)
#: how often a chunk is tried in place
TRIES = 4
#: longest pause before the second try, in seconds; it doubles with each
PAUSE = 0.25
#: how long a chunk waits for a row that somebody else has
WAIT = "3s"
#: after how long the job is called again for what was set aside
LATER = timedelta(minutes=1)
#: how long Odoo calls a job again and again, in seconds behind the time that it gives
#: it: it counts these calls as one, which ends the whole server at ``limit_time_real``
LONGEST = 30
#: records of one chunk, where a job has no reason for another number
BATCH = 100


class TimeIsOver(Exception):
    """The time that Odoo gives a job is over: it ends, and is called again soon."""


class ScheduledJob:
    """One call of a scheduled job, which works in chunks.

    ::

        with ScheduledJob(self) as job:
            for company in companies:
                job.work_off(records, domain, work)

    Called by the scheduler, each chunk is a transaction: what is done stays done when
    the job is killed or its time is over, and the next call goes on. A chunk that
    collides with what others do is tried again in place; if that doesn't help, it is
    set aside, the others go on, and Odoo calls again a minute later: at once, it would
    find the row in use still. A chunk that fails by itself is undone and named in the
    log, and the others go on.

    Called by other code, all chunks are parts of the caller's transaction, which alone
    commits: a collision goes up to it, so that nothing is done by half.
    """

    def __init__(self, records):
        """:param records: any of the job's model, in its environment"""
        self.env = records.env
        #: the exception by which the last chunk failed, or None
        self.error = None
        self._is_scheduled = bool(self.env.context.get("ir_cron_progress_id"))
        self._left = self._aside = 0
        self._has_worked = False

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if kind is None and (self._has_worked or self._aside):
            if self._aside:
                self._ask_to_be_called(LATER)
            self._commit(0, remaining=0)
        elif kind is TimeIsOver and self._is_long():
            # others have their turn, and the server's clock begins anew
            self._ask_to_be_called()
            self._commit(0, remaining=0)
        return kind is TimeIsOver

    def _is_long(self):
        """Return whether Odoo has called this job for so long that it should stop."""
        end = self.env.context.get("cron_end_time", float("inf"))
        return time.monotonic() > end + LONGEST

    def _ask_to_be_called(self, pause=timedelta()):
        """Have Odoo call the job again, for what is left."""
        if self._is_scheduled:
            job = self.env["ir.cron"].browse(self.env.context["cron_id"])
            job._trigger(self.env.cr.now() + pause)

    # === CHUNKS === #

    def expect(self, count):
        """Announce so many more records, for those who look at the job meanwhile."""
        self._left += count

    def set_aside(self, count=1):
        """Note that so many records are left to the next call, a minute later."""
        self._aside += count

    def has_set_aside(self):
        """Return whether records are left to the next call."""
        return bool(self._aside)

    def do(self, work, about, count=1, tries=TRIES):
        """Do one chunk.

        :param work: function of nothing; called again after a collision, and then in
            another transaction: it finds anew what it works on
        :param about: recordset, or what to call the chunk in the log
        :param int count: how many records it is; 0: it only prepares others
        :param int tries: how often it is tried in place: one that can be done in parts
            needs no second time
        :return: True if it went through; False if it was undone: then ``error`` is by
            what, and who has collided is to be set aside
        :raises TimeIsOver: it went through, and no time is left for another one
        """
        self.error, self._has_worked = None, True
        if not self._is_scheduled:
            return self._do_in_place(work, about, count)
        for number in range(1, tries + 1):
            try:
                return self._do_apart(work, count, is_first=number == 1)
            except TimeIsOver:
                raise
            except Exception as error:
                self._undo(error)
                is_held = isinstance(error, errors.LockNotAvailable | LockError)
                if not isinstance(error, COLLISIONS):
                    self._log_failure(about, count)
                    return False
                # what holds a row for that long has it a while longer
                if is_held or number == tries:
                    _logger.info("%s: in use by others", self._name(about))
                    return False
                time.sleep(random.uniform(0.0, PAUSE * 2**number))
        return False

    def has_collided(self):
        """Return whether the last chunk was undone because others were at work."""
        return isinstance(self.error, COLLISIONS)

    def work_off(self, model, domain, work, size=None, give_up=None):
        """Do ``work`` on what ``domain`` finds, in chunks. One that doesn't go through
        is halved, after the others had their turn, until its fault is one record's.

        :param model: recordset that says of which model, in which environment
        :param work: function of a recordset whose rows are locked
        :param int size: records of a chunk; default: :data:`BATCH`
        :param give_up: function of a record that failed by itself, and of its error;
            done in a chunk of its own
        """
        size = size or BATCH
        ids = model.search(Domain(domain), order="id").ids
        self.expect(len(ids))
        queue = deque(ids[at : at + size] for at in range(0, len(ids), size))
        while queue:
            batch = queue.popleft()
            about = model.browse(batch)
            if self.do(partial(self._work_on, about, domain, work), about, len(batch)):
                continue
            if middle := len(batch) // 2:
                queue += [batch[:middle], batch[middle:]]
            elif self.has_collided():
                self._left = max(self._left - 1, 0)
                self.set_aside()
                self._check_time()
            elif give_up:
                self.do(partial(give_up, about, self.error), about, count=0)

    def _work_on(self, records, domain, work):
        """Do ``work`` on those records of a chunk that ``domain`` still finds, and that
        nobody else has."""
        found = records.search(Domain("id", "in", records.ids) & Domain(domain))
        free = found.try_lock_for_update(allow_referencing=True)
        if free:
            work(free)
        self.set_aside(len(found) - len(free))

    # === TRANSACTIONS === #

    def _do_in_place(self, work, about, count):
        try:
            with self.env.cr.savepoint():
                work()
        except Exception as error:
            if isinstance(error, COLLISIONS) or self.env.cr.closed:
                raise
            self.error = error
            self._log_failure(about, count)
            return False
        return True

    def _do_apart(self, work, count, is_first):
        """Do a chunk in a transaction of its own, which sees what others committed."""
        if is_first:
            self._commit(0)
        aside = self._aside
        try:
            self.env.cr.execute("SELECT set_config('lock_timeout', %s, TRUE)", [WAIT])
            work()
            self._left = max(self._left - count, 0)
            seconds = self._commit(count)
        except Exception:
            self._aside = aside
            raise
        # each call gets something done, and be its time over when it begins
        if count and not seconds:
            raise TimeIsOver
        return True

    def _commit(self, processed, remaining=None):
        """Commit, and tell Odoo how much is done and how much is left.

        :return: seconds that are left to this job
        """
        if not self._is_scheduled:
            return 1
        if remaining is None:
            # while a job is at work, there is more
            remaining = max(self._left + self._aside, 1)
        seconds = self.env["ir.cron"]._commit_progress(processed, remaining=remaining)
        self.env.registry.signal_changes()
        return seconds

    def _undo(self, error):
        """Roll back, as Odoo does before it tries a request again.

        :raises Exception: the error, if there is no database any more to go on with
        """
        self.error = error
        if self.env.cr.closed:
            raise error
        try:
            self.env.cr.rollback()
        except psycopg2.Error:
            raise error from None
        self.env.transaction.reset()
        self.env.registry.reset_changes()

    def _check_time(self):
        """:raises TimeIsOver: no time is left to this job"""
        if not self._commit(0):
            raise TimeIsOver

    # === THE LOG === #

    def _log_failure(self, about, count):
        if count > 1:
            _logger.info("%s: in parts, since %r", self._name(about), self.error)
        elif isinstance(self.error, UserError):
            _logger.error("%s: %s", self._name(about), self.error)
        else:
            _logger.error("%s", self._name(about), exc_info=self.error)

    @staticmethod
    def _name(about):
        """Return what to call a chunk: the name of its record, or how many they are."""
        if not isinstance(about, BaseModel):
            return about
        if len(about) != 1:
            return f"{about._description}: {len(about)} records"
        # sudo: for the log of the server
        return f"{about._description} {about.sudo().display_name}"
