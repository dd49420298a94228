"""Currencies that came to an end: what took their place, when and at what ratio.

Publishers go on quoting some of these for years, by habit or out of frozen tables.
Sources: the withdrawn codes of ISO 4217 (list three); the Council regulations that fix
the euro's conversion rates; the central banks' announcements of redenominations.
"""

import datetime
from decimal import Decimal
from typing import NamedTuple

from .rates import divide


class Change(NamedTuple):
    """The end of one currency.

    ``last_day``: the last day on which amounts were kept in it; where old and new
    circulated side by side, the last of these days. ``factor``: units of ``code`` for
    1 unit of ``successor``.
    """

    code: str
    successor: str
    last_day: datetime.date
    factor: Decimal | None


#: code, successor, last day, units of the code for 1 of the successor
_ENDED = """
    ADP EUR 2001-12-31 166.386
    ATS EUR 2001-12-31 13.7603
    BEF EUR 2001-12-31 40.3399
    DEM EUR 2001-12-31 1.95583
    ESP EUR 2001-12-31 166.386
    FIM EUR 2001-12-31 5.94573
    FRF EUR 2001-12-31 6.55957
    GRD EUR 2001-12-31 340.750
    IEP EUR 2001-12-31 0.787564
    ITL EUR 2001-12-31 1936.27
    LUF EUR 2001-12-31 40.3399
    NLG EUR 2001-12-31 2.20371
    PTE EUR 2001-12-31 200.482
    XEU EUR 1998-12-31 1
    SIT EUR 2006-12-31 239.640
    CYP EUR 2007-12-31 0.585274
    MTL EUR 2007-12-31 0.429300
    SKK EUR 2008-12-31 30.1260
    EEK EUR 2010-12-31 15.6466
    LVL EUR 2013-12-31 0.702804
    LTL EUR 2014-12-31 3.45280
    HRK EUR 2022-12-31 7.53450
    BGN EUR 2025-12-31 1.95583
    AFA AFN 2003-01-01 1000
    ANG XCG 2025-06-30 1
    AOR AOA 1999-11-30 1000000
    AZM AZN 2005-12-31 5000
    BGL BGN 1999-07-04 1000
    BRR BRL 1994-06-30 2750
    BYB BYR 1999-12-31 1000
    BYR BYN 2016-06-30 10000
    CSD RSD 2006-10-24 1
    ECS USD 2000-09-10 25000
    GHC GHS 2007-06-30 10000
    HRD HRK 1994-05-29 1000
    MGF MGA 2004-12-31 5
    MRO MRU 2017-12-31 10
    MXP MXN 1992-12-31 1000
    MZM MZN 2006-06-30 1000
    PLZ PLN 1994-12-31 10000
    ROL RON 2005-06-30 10000
    RUR RUB 1997-12-31 1000
    SDD SDG 2007-06-30 100
    SLL SLE 2024-03-31 1000
    SRG SRD 2003-12-31 1000
    STD STN 2017-12-31 1000
    TJR TJS 2000-10-29 1000
    TMM TMT 2008-12-31 5000
    TRL TRY 2004-12-31 1000000
    UAK UAH 1996-09-01 100000
    UYP UYU 1993-02-28 1000
    VEB VEF 2007-12-31 1000
    VEF VES 2018-08-19 100000
    YUM CSD 2003-07-01 1
    ZMK ZMW 2012-12-31 1000
    ZRN CDF 1998-06-30 100000
    ZWD ZWN 2006-07-31 1000
    ZWL ZWG 2024-04-07 2498.7242
    ZWN ZWR 2008-07-31 10000000000
    ZWR ZWL 2009-02-01 1000000000000
"""


def _read(table: str) -> dict[str, Change]:
    """Read a table of code, successor, last day and factor."""
    rows = (line.split() for line in table.strip().splitlines())
    return {
        code: Change(code, successor, datetime.date.fromisoformat(day), Decimal(factor))
        for code, successor, day, factor in rows
    }


CHANGES = {
    **_read(_ENDED),
    # 24 pesos for 1 convertible peso, the one change in which the new unit is smaller
    "CUC": Change("CUC", "CUP", datetime.date(2020, 12, 31), divide(1, 24)),
}


def ended(code: str, day: datetime.date) -> Change | None:
    """Return how the currency had ended before ``day``.

    None if it is alive, as far as is known.

    A currency has no rate of its own after its last day, whatever is still published.
    """
    change = CHANGES.get(code)
    return change if change and day > change.last_day else None


def get_living(code: str, day: datetime.date) -> str:
    """Return the currency that stands for ``code`` on ``day``: itself or a successor.

    ZWD in 2026 is ZWG, over three steps.
    """
    while change := ended(code, day):
        code = change.successor
    return code
