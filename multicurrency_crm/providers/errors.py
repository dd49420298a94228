"""What can go wrong between a publisher and us, each with one sentence."""


def _lt(sentence: str) -> str:
    """Mark a sentence for the translation export; it is translated when shown."""
    return sentence


class ProviderError(Exception):
    """A publisher gave no usable quotes.

    ``sentence`` is English with ``%(name)s`` places, ``values`` fills them:
    whoever shows the error may translate the one and keep the other.
    ``retryable`` says whether the same request may succeed a little later.
    """

    retryable = False

    def __init__(self, sentence: str, **values: object):
        super().__init__(sentence % values if values else sentence)
        self.sentence = sentence
        self.values = values


class UnknownProvider(ProviderError):
    """No adapter is registered under that code."""


class AddressRefused(ProviderError):
    """The address, or one it redirects to, is not on a host that we may ask."""


class TransportError(ProviderError):
    """No complete answer came: unreachable, too slow, cut off, or a server error."""

    retryable = True


class RequestRefused(ProviderError):
    """The publisher answered, and the answer is no (4xx)."""


class PayloadTooLarge(ProviderError):
    """More data than any file of the publisher has, packed or unpacked."""


class FormatError(ProviderError):
    """The payload isn't what the publisher documents."""


class NoQuotes(ProviderError):
    """A well-formed payload without a single quote."""
