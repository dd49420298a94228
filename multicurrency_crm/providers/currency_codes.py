"""Which labels are currencies: services list coins and old codes too."""

import datetime

from ..engine.currency_changes import CHANGES, ended

#: ISO 4217, list one (currencies, funds, metals), without the codes for tests and for
#: no currency; and CNH, by which everybody calls the renminbi traded outside of China
CURRENT = frozenset(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN
    BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNH CNY COP COU CRC CUP CVE CZK DJF DKK DOP
    DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS
    INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL
    LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR
    NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP
    SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN
    UYI UYU UYW UZS VED VES VND VUV WST XAD XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF
    XPD XPF XPT XSU XUA YER ZAR ZMW ZWG
    """.split()
)


def is_current(code: str, day: datetime.date) -> bool:
    """Return whether a label is a currency that had not ended on ``day``.

    For publishers that also list coins (BTC), pounds of islands that have no code of
    their own (GGP, IMP, JEP) and currencies that are no more (HRK, ZWL).
    """
    return (code in CURRENT or code in CHANGES) and not ended(code, day)
