"""What the services of the internet share that answer in JSON, refusals too."""

from collections.abc import Mapping

from .errors import FormatError, ProviderError, RequestRefused, _lt
from .http import Client
from .payloads import parse_json

#: characters of what a service says that a sentence of ours repeats
_SAID = 300


def ask(
    client: Client,
    address: str,
    params: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
    *,
    refuses_with: tuple[str, ...],
) -> bytes:
    """Download an answer, or what the service says of itself where it refuses (4xx).

    :param refuses_with: names that are in every refusal of the service's own; without
        them it is another's, and raises
    :raises ProviderError: as :meth:`.http.Client.get`
    """
    try:
        return client.get(address, params, headers)
    except RequestRefused as error:
        if all(f'"{name}"' in error.body for name in refuses_with):
            return error.body.encode()
        raise


def refusal(
    error_class: type[ProviderError], publisher: str, said: object
) -> ProviderError:
    """Return the error for what a service says instead of rates, on one line."""
    return error_class(
        _lt(
            "%(publisher)s answers “%(said)s” instead of rates: check the key and the "
            "plan."
        ),
        publisher=publisher,
        said=" ".join(str(said or "…").split())[:_SAID],
    )


def read_object(payload: bytes, publisher: str) -> dict:
    """Read an answer that is a JSON object.

    :raises FormatError: it is another thing
    """
    answer = parse_json(payload, publisher=publisher)
    if not isinstance(answer, dict):
        raise not_of(publisher)
    return answer


def not_of(publisher: str) -> FormatError:
    """Return the error for what isn't built as this service documents it."""
    return FormatError(
        _lt("This isn't an answer with rates of %(publisher)s."), publisher=publisher
    )
