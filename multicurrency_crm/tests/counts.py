"""How much a generated test went through, said at the end of a run (conftest.py)."""

import logging

_logger = logging.getLogger(__name__)
COUNTS = []


def tell(text, *args):
    _logger.runbot(text, *args)
    COUNTS.append(text % args)
