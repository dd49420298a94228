"""What people read when something can't be: errors of one sentence each."""


class Term(str):
    """English words of ours: a sentence, or a name to put into one.

    Whoever shows them may know them from a publisher's words, and translate them.
    """

    __slots__ = ()


def _lt(words: str) -> Term:
    """Mark words for the translation export; they are translated when shown."""
    return Term(words)


class SentenceError(Exception):
    """An error that people read.

    ``sentence`` is English with ``%(name)s`` places, ``values`` fills them: whoever
    shows the error may translate the one, and those of the others that are a
    :class:`Term`.
    """

    def __init__(self, sentence: str, **values: object):
        super().__init__(sentence % values if values else sentence)
        self.sentence = sentence
        self.values = values


class RateError(SentenceError, ValueError):
    """A figure that can't be a rate."""


class InvalidRate(RateError):
    """Not a finite number above zero, or not written as one."""


class InvalidQuote(RateError):
    """A quote whose currencies, direction, nominal, kind or date make no sense."""


class MissingRate(RateError):
    """The currency to cross into has no quote."""


class ConflictingQuotes(RateError):
    """One currency, one day, two different rates."""


class ScoreError(SentenceError, ValueError):
    """A scorecard that gives no score: a gap between bands, a negative weight."""
