"""What can't be a rate or a quote, each with one sentence."""


class SentenceError(ValueError):
    """An error that people read.

    ``sentence`` is English with ``%(name)s`` places, ``values`` fills them:
    whoever shows the error may translate the one and keep the other.
    """

    def __init__(self, sentence: str, **values: object):
        super().__init__(sentence % values if values else sentence)
        self.sentence = sentence
        self.values = values


class RateError(SentenceError):
    """A figure that can't be a rate."""


class InvalidRate(RateError):
    """Not a finite number above zero, or not written as one."""


class InvalidQuote(RateError):
    """A quote whose currencies, direction, nominal, kind or date make no sense."""


class MissingRate(RateError):
    """The currency to cross into has no quote."""


class ConflictingQuotes(RateError):
    """One currency, one day, two different rates."""


class ScoreError(SentenceError):
    """A scorecard that gives no score: a gap between bands, a negative weight."""


def _lt(sentence: str) -> str:
    """Mark a sentence for the translation export; it is translated when shown."""
    return sentence
