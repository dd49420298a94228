"""What tests counted stands at the end of a run, where a person sees it."""

import logging

#: where generated tests say how much they tried
COUNTS = "odoo.addons.multicurrency_crm.tests.counts"


class _Kept(logging.Handler):
    def __init__(self):
        super().__init__(logging.INFO)
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


_kept = _Kept()


def pytest_configure(config):
    logger = logging.getLogger(COUNTS)
    logger.setLevel(logging.INFO)
    logger.addHandler(_kept)


def pytest_terminal_summary(terminalreporter):
    for line in _kept.lines:
        terminalreporter.write_line(line)
