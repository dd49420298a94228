"""What only code of this process can say in a context.

A context may come from outside, by RPC: its keys prove nothing. A mark is an object of
this process, and counts as that object only; no text from outside becomes one.
"""


class ProcessMark:
    """A mark in the context, named ``key`` there."""

    def __init__(self, key):
        self._key = key

    def put_on(self, records):
        """Return ``records`` in a context that bears the mark"""
        return records.with_context(**{self._key: self})

    def is_on(self, env):
        """Return True where the context of ``env`` bears this very mark"""
        return env.context.get(self._key) is self
