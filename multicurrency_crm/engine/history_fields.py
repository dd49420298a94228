"""What columns of old systems are called, and what they mean here.

Headers in English and Chinese, by the kinds of history: see :data:`KINDS`. A header is
compared without case, punctuation and what stands in brackets.
"""

import hashlib
import re
from collections.abc import Sequence

from .history import fold

#: {kind: names of the standard fields that it takes, those that it needs first}
KINDS = {
    "customers": (
        *("name", "ref", "vat", "email", "phone", "contact", "street", "street2"),
        *("city", "zip", "state", "country", "website", "lang", "currency"),
        *("currencies", "owner", "tags", "terms", "note", "role"),
    ),
    "items": (
        *("name", "document", "open", "currency", "amount", "debit", "credit"),
        *("date", "due", "booked", "rate", "kind", "ref", "vat", "email"),
        *("note", "role", "status"),
    ),
    "balances": (
        *("name", "amount", "open", "currency", "debit", "credit", "booked", "rate"),
        *("ref", "vat", "email", "role"),
    ),
    "past": (
        *("name", "document", "date", "amount", "currency", "kind", "booked", "rate"),
        *("ref", "vat", "email", "status", "note", "role"),
    ),
    "notes": ("name", "date", "note", "owner", "ref", "vat", "email", "role"),
}
#: {kind: fields of which it needs all; in a tuple, one of these}
NEEDED = {
    "customers": ("name",),
    "items": (("name", "ref", "vat", "email"), "document", ("open", "amount", "debit")),
    "balances": (("name", "ref", "vat", "email"), ("amount", "open", "debit")),
    "past": (("name", "ref", "vat", "email"), "document", "date", "amount"),
    "notes": (("name", "ref", "vat", "email"), "date", "note"),
}
#: Fields that are read as numbers, and as days.
NUMBERS = ("open", "amount", "debit", "credit", "booked", "rate")
DAYS = ("date", "due")

#: {field: headers}, those that mean it for sure first
HEADERS = {
    "name": """customer|customer name|client|client name|company|company name|name|
        organization|account name|bill to|display name|partner|buyer|buyer name|debtor|
        invoice partner|客户|客户名称|客户全称|往来单位|往来单位名称|单位名称|购方名称|
        购方企业名称|名称|公司名称|公司|买方|购货单位|供应商/客户|客户简称""",
    "ref": """customer code|customer id|customer number|customer no|client id|ref|
        reference|code|internal reference|account number|id number|contact id|
        客户编码|客户编号|客户代码|单位编码|往来单位编码|编码|编号""",
    "vat": """vat|vat number|vat id|tax id|tax number|tax no|tin|gstin|abn|
        eu vat id|eu-ust-idnr|vat reg no|纳税人识别号|税号|购方税号|
        统一社会信用代码|纳税识别号""",
    "email": """email|e-mail|email address|mail|primary email|contact email|
        电子邮件|电子邮箱|邮箱|邮件""",
    "phone": """phone|telephone|phone number|mobile|mobile phone|tel|
        联系电话|电话|手机|手机号码|电话号码""",
    "contact": """contact|contact name|contact person|attention|primary contact|
        联系人|联系人姓名""",
    "street": """address|street|billing street|address line 1|address 1|
        billing address|street 1|address1|地址|通讯地址|详细地址|注册地址""",
    "street2": """address line 2|billing apt/suite|street2|street 2|address 2|
        address2|suite|地址2""",
    "city": "city|town|billing city|城市|市",
    "zip": """zip|postal code|zip code|postcode|billing code|billing postal code|
        postal code/zip code|zip/postal code|postal/zip code|邮编|邮政编码""",
    "state": """state|province|region|billing state|billing state/province|
        province/state|省|省份|州""",
    "country": "country|billing country|country code|国家|国家/地区|国别",
    "website": "website|web|url|homepage|网址|网站",
    "lang": "language|lang|语言",
    "currency": """currency|currency code|curr|invoice currency|customer currency|
        transaction currency|currency id|ccy|币别|币种|原币|原币币别|应收原币币别|
        结算币种|货币|币别名称|
        原币币种""",
    "currencies": "allowed currencies|currencies|允许币别|可用币别",
    "owner": """owner|salesperson|sales rep|sales person|account owner|assigned to|
        assigned user|author|created by|user|业务员|销售员|负责人|跟进人|所属业务员|
        记录人""",
    "tags": "tags|categories|category|group|customer group|标签|客户分类|分类|客户类别",
    "terms": """payment terms|terms|payment term|payment terms label|付款条件|
        付款条款|收款条件|账期""",
    "note": """notes|note|comment|comments|description|memo|remarks|text|subject|
        dispute reason|备注|摘要|跟进内容|跟进记录|内容|说明|描述""",
    "document": """invoice number|invoice no|invoice|document number|document|
        invoice #|number|doc no|voucher no|bill no|invoice id|order number|order no|
        sales order|单据编号|单据号|发票号码|发票号|单号|凭证号|应收单号|订单号|
        订单编号|合同号""",
    "date": """invoice date|date|document date|issue date|date issued|issued|
        posting date|order date|transaction date|created at|单据日期|日期|开票日期|
        业务日期|
        记账日期|凭证日期|跟进时间|跟进日期|订单日期|下单日期""",
    "due": """due date|due|duedate|payment due|expected payment date|到期日|到期日期|
        应收日期|付款到期日|收款到期日""",
    "amount": """amount|total|invoice amount|invoice total|total amount|gross|
        amount total|grand total|line total|原币金额|价税合计|金额|合计金额|
        应收金额|总金额|开票金额|订单金额|期初原币""",
    "open": """open amount|balance|outstanding|open balance|amount due|balance due|
        outstanding amount|residual|open|
        residual amount in currency|应收余额|余额|原币余额|未收金额|
        未核销金额|未收款金额|期初应收|期初余额|应收原币余额|欠款|欠款金额""",
    "debit": "debit|debit amount|dr|借方|借方金额|借方原币|借方余额",
    "credit": "credit|credit amount|cr|贷方|贷方金额|贷方原币|贷方余额",
    "booked": """amount in company currency|booked|base amount|local amount|home amount|
        base currency amount|company amount|本位币|本位币金额|折人民币|折人民币金额|
        本币金额|本位币余额|人民币金额|应收本位币余额""",
    "rate": """exchange rate|rate|conversion rate|汇率|折人民币结算汇率|记账汇率""",
    "kind": """type|document type|transaction type|kind|单据类型|类型|业务类型""",
    "status": "status|invoice status|state|payment status|状态|单据状态",
    "role": "role|contact type|partner type|customer/vendor|往来类型|单位类型|客商类型",
}


def fold_header(title: str) -> str:
    """Return a header as it is compared.

    >>> fold_header("*Invoice_No. (required)"), fold_header("DueDate")
    ('invoice no', 'due date')
    """
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", title or "")
    text = re.sub(r"[(\[（【].*?[)\]）】]", " ", fold(words))
    # which currency the books are in is nothing of what a column is
    text = re.sub(r"[,，] ?[a-z]{3}$", "", text.strip())
    return " ".join(re.sub(r"[*_#:：.\"']+", " ", text).split())


def _read_headers():
    found = {}
    for field, headers in HEADERS.items():
        for rank, header in enumerate(headers.split("|")):
            found.setdefault(fold_header(header), []).append((rank, field))
    return found


_FIELDS = _read_headers()


def match_columns(kind: str, titles: Sequence[str]) -> list[str | None]:
    """Return which standard field each column is, by its header; each at most once.

    Where two columns could be one field, the one whose header means it more surely is.

    :param kind: of :data:`KINDS`
    :param titles: headers, from the left
    """
    allowed = KINDS[kind]
    claims = []
    for place, title in enumerate(titles):
        for rank, field in _FIELDS.get(fold_header(title), ()):
            if field in allowed:
                claims.append((rank, place, field))
    found: list[str | None] = [None] * len(titles)
    taken = set()
    for _rank, place, field in sorted(claims):
        if found[place] is None and field not in taken:
            found[place] = field
            taken.add(field)
    return found


def list_missing(kind: str, fields: Sequence[str]) -> list[tuple[str, ...]]:
    """Return what a kind needs and no column gives: of each, one of these."""
    needed = [(one,) if isinstance(one, str) else tuple(one) for one in NEEDED[kind]]
    return [choices for choices in needed if not set(choices) & set(fields)]


def guess_kind(titles: Sequence[str]) -> str:
    """Return which kind of history columns look like: the one that takes most of what
    it needs, and then most columns."""

    def judge(kind):
        found = [field for field in match_columns(kind, titles) if field]
        return -len(list_missing(kind, found)), len(found)

    best = max(("items", "balances", "notes", "customers"), key=judge)
    if best == "items" and not {"open", "debit", "due"} & set(
        match_columns("items", titles)
    ):
        # nothing says what is open of it
        return "past"
    return best


def get_fingerprint(titles: Sequence[str]) -> str:
    """Return what tells files with these headers, in whatever order, from others."""
    folded = sorted(filter(None, map(fold_header, titles)))
    return hashlib.sha256("\n".join(folded).encode()).hexdigest()[:32]


# === VALUES === #


def _words(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in text.split("|"))


#: Words that say what a row is.
CREDITS = _words(
    """credit note|credit memo|credit|refund|creditnote|cn|payment|receipt|advance|
    prepayment|deposit|红字|红字发票|红票|贷项|贷方|贷|退款|收款|收款单|预收|预收款"""
)
DEBITS = _words(
    """invoice|inv|debit|bill|debit note|opening balance|order|sales invoice|发票|
    应收单|借方|借|蓝字|蓝票|期初|销售发票|订单|应收"""
)
VENDORS = _words("vendor|supplier|creditor|payable|供应商|供货商|厂商")
#: What stands before a sum: Total USD, Grand Total, 合计.
TOTAL = re.compile(
    r"(grand |sub[ -]?)?(total|sum|summe)( in)?( [a-z]{3})?:?|(合计|小计|总计).{0,4}"
)
#: Words of a state in which nothing is owed.
SETTLED = _words(
    """paid|void|voided|cancelled|canceled|draft|written off|closed|已付|已收款|作废|
    已作废|草稿|已核销|已结清|已关闭"""
)


def read_sign(word: str) -> int | None:
    """Return 1 for what a customer owes, -1 for what is owed to them, None where the
    word says neither."""
    text = fold(word)
    if text in CREDITS:
        return -1
    return 1 if text in DEBITS else None


def is_vendor(word: str) -> bool:
    """Return whether a word says that a partner is none of our customers."""
    return fold(word) in VENDORS


def is_total(word: str) -> bool:
    """Return whether a text stands before a sum, and is no name."""
    return bool(TOTAL.fullmatch(fold(word)))


def is_settled(word: str) -> bool:
    """Return whether a state says that nothing is owed."""
    return fold(word) in SETTLED


# === TEMPLATES === #

#: Headers of templates that aren't the first ones above: (English, Chinese).
TEMPLATE_HEADERS = {
    "name": ("Customer", "客户"),
    "date": ("Date", "日期"),
    "document": ("Document Number", "单据编号"),
    "booked": ("Amount in Company Currency", "本位币金额"),
}


def get_header(field: str, is_chinese: bool) -> str:
    """Return how a field is called in a template: a header that is known again."""
    if field in TEMPLATE_HEADERS:
        return TEMPLATE_HEADERS[field][is_chinese]
    headers = [" ".join(header.split()) for header in HEADERS[field].split("|")]
    chinese = [header for header in headers if not header.isascii()]
    if is_chinese and chinese:
        return chinese[0]
    english = headers[0]
    return english.upper() if len(english) <= 3 else english.title()


def list_template(kind: str, is_chinese: bool) -> list[str]:
    """Return the headers of a template of a kind, each a different one; those that it
    needs bear a ``*``."""
    needed = {
        one
        for wanted in NEEDED[kind]
        for one in ((wanted,) if isinstance(wanted, str) else wanted[:1])
    }
    found = []
    for field in KINDS[kind]:
        header = get_header(field, is_chinese)
        if match_columns(kind, [header])[0] == field:
            found.append(f"{header}*" if field in needed else header)
    return found
