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
        *("currencies", "owner", "tags", "terms", "note", "role", "person", "parent"),
        *("first_name", "last_name", "position", "contact_email", "contact_phone"),
        *("limit", "limit_currency", "grade", "channel", "hours"),
    ),
    "items": (
        *("name", "document", "open", "currency", "amount", "debit", "credit"),
        *("date", "due", "terms", "booked", "rate", "kind", "ref", "vat", "email"),
        *("note", "role", "status", "settled", "disputed", "reason"),
        *("quantity", "price", "country", "side"),
    ),
    "balances": (
        *("name", "amount", "open", "currency", "debit", "credit", "booked", "rate"),
        *("ref", "vat", "email", "role", "kind", "country", "side"),
    ),
    "past": (
        *("name", "document", "date", "amount", "currency", "kind", "booked", "rate"),
        *("ref", "vat", "email", "status", "note", "role", "quantity", "price"),
        "country",
    ),
    "notes": (
        *("name", "date", "note", "owner", "ref", "vat", "email", "role", "country"),
    ),
}
#: {kind: fields of which it needs all; in a tuple, one of these}
NEEDED = {
    "customers": ("name",),
    "items": (
        ("name", "ref", "vat", "email"),
        "document",
        ("open", "amount", "debit", "price"),
    ),
    "balances": (("name", "ref", "vat", "email"), ("amount", "open", "debit")),
    "past": (
        ("name", "ref", "vat", "email"),
        "document",
        "date",
        ("amount", "price"),
    ),
    "notes": (("name", "ref", "vat", "email"), "date", "note"),
}
#: Fields that are read as numbers, and as days.
NUMBERS = (
    *("open", "amount", "debit", "credit", "booked", "rate", "quantity", "price"),
    "limit",
)
DAYS = ("date", "due", "settled")

#: {field: headers}, those that mean it for sure first
HEADERS = {
    "name": """customer|customer name|client|client name|company|company name|name|
        organization|account name|bill to|display name|partner|buyer|buyer name|debtor|
        invoice partner|客户|客户名称|客户全称|往来单位|往来单位名称|单位名称|购方名称|
        购方企业名称|名称|公司名称|公司|买方|购货单位|供应商/客户|客户简称|交易对方|对方户名|对方名称|
        partner name|counterparty|payer|contact name""",
    "ref": """customer code|customer id|customer number|customer no|client id|ref|
        reference|code|internal reference|account number|id number|contact id|
        客户编码|客户编号|客户代码|单位编码|往来单位编码|编码|编号""",
    "vat": """vat|vat number|vat id|tax id|tax number|tax no|tin|gstin|abn|
        eu vat id|eu-ust-idnr|vat reg no|纳税人识别号|税号|购方税号|
        统一社会信用代码|纳税识别号|纳税登记号""",
    "email": """email|e-mail|email address|mail|primary email|emailid|contact email|
        电子邮件|电子邮箱|邮箱|邮件""",
    "phone": """phone|telephone|phone number|mobile|mobile phone|tel|
        联系电话|电话|手机|手机号码|电话号码""",
    "contact": """contact|contact name|contact person|attention|primary contact|
        billing attention|联系人|联系人姓名""",
    "first_name": "first name|contact first name|given name|forename|名",
    "last_name": "last name|contact last name|surname|family name|姓",
    "position": """position|job position|job title|designation|function|职位|职务|
        联系人职务""",
    "contact_email": """contact email|contact e-mail|contact's email|联系人邮箱|
        联系人电子邮件|联系人邮件""",
    "contact_phone": """contact phone|contact mobile|contact phone number|mobilephone|
        联系人电话|联系人手机|联系人手机号码""",
    "person": """company or person|company type|is a company|is company|
        customer sub type|客户性质|企业或个人|企业/个人""",
    "parent": """company it belongs to|related company|parent company|parent|
        所属公司|所属客户|上级单位|上级客户""",
    "limit": "credit limit|limit|credit line|信用额度|额度|授信额度|信用限额",
    "limit_currency": """limit currency|credit limit currency|currency of the limit|
        额度币别|额度币种|信用额度币别|信用额度币种""",
    "grade": """grade|customer grade|customer level|level|rating|class|客户等级|
        客户级别|等级|级别|信用等级""",
    "channel": """preferred channel|channel|contact by|preferred contact method|
        preferred contact|沟通方式|偏好渠道|首选联系方式|沟通渠道""",
    "hours": """contact hours|hours|reached between|best time to call|business hours|
        沟通时间|联系时间|方便时间|联系时段""",
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
        结算币种|结算币别|货币|币别名称|
        原币币种""",
    "currencies": "allowed currencies|currencies|允许币别|可用币别",
    "owner": """owner|salesperson|sales rep|sales person|account owner|assigned to|
        assigned user|author|created by|user|业务员|销售员|负责人|跟进人|所属业务员|
        记录人""",
    "tags": "tags|categories|category|group|customer group|标签|客户分类|分类|客户类别",
    "terms": """payment terms|terms|payment term|payment terms label|付款条件|
        付款条款|收款条件|账期""",
    "note": """notes|note|comment|comments|description|memo|remarks|text|subject|
        备注|摘要|跟进内容|跟进记录|内容|说明|描述""",
    "document": """invoice number|invoice no|invoice|document number|document|
        invoice #|number|journal entry|doc no|voucher no|bill no|invoice id|
        order number|order no|
        sales order|单据编号|单据号|发票号码|发票号|单号|凭证号|应收单号|订单号|
        订单编号|合同号|交易订单号|交易号|
        单据""",
    "date": """invoice date|date|document date|issue date|date issued|issued|
        posting date|order date|transaction date|created at|单据日期|日期|开票日期|
        业务日期|
        记账日期|凭证日期|跟进时间|跟进日期|订单日期|下单日期|交易时间|交易日期""",
    "due": """due date|due|duedate|payment due|expected payment date|到期|到期日|
        到期日期|
        应收日期|付款到期日|收款到期日""",
    "amount": """amount|total|invoice amount|invoice total|total amount|gross|
        amount total|grand total|line total|原币金额|价税合计|金额|合计金额|
        应收金额|总金额|开票金额|订单金额|期初原币""",
    "open": """open amount|balance|outstanding|open balance|amount due|balance due|
        outstanding amount|amount outstanding|unpaid amount|unpaid|remaining amount|
        remaining|balance amount|invoice amount due|residual|open|closing|
        closing balance|期末|期末余额|
        未清|未结|未结金额|
        residual amount in currency|应收余额|余额|原币余额|未收金额|
        未收余额|应收余额原币|尚欠金额|尚欠|剩余金额|期末余额原币|
        未核销金额|未收款金额|原币期末余额|期末原币余额|期末原币|原币未核销金额|
        期初应收|期初余额|应收原币余额|欠款|欠款金额""",
    "debit": """debit|debit amount|dr|借方|借方金额|借方原币|借方余额|借方原币金额|
        期末借方余额|期末借方""",
    "credit": """credit|credit amount|cr|贷方|贷方金额|贷方原币|贷方余额|
        贷方原币金额|期末贷方余额|期末贷方""",
    "side": """debit or credit|debit/credit|credit/debit|dr/cr|d/c|side|
        balance direction|direction|期末余额方向|期末方向|余额方向|方向|借贷方向|借贷|
        借/贷|借或贷""",
    "booked": """amount in company currency|booked|base amount|local amount|home amount|
        base currency amount|company amount|open, booked|closing, booked|
        residual amount|账面金额|期末,记账金额|未结,记账金额|本位币|本位币金额|
        折人民币|折人民币金额|
        本币金额|本位币余额|人民币金额|应收本位币余额|本币余额|期末本币余额|期末本币|
        期末余额本位币|期末余额本币|期末本位币余额|本币期末余额|本位币期末余额|本币未核销金额|本位币未核销金额|
        本币未收金额|应收本币余额|人民币余额|折合人民币|折合本位币|折合本币|折本位币|
        折本币""",
    "rate": """exchange rate|rate|conversion rate|汇率|折人民币结算汇率|记账汇率""",
    "kind": """type|document type|transaction type|kind|单据类型|类型|业务类型|收/支|
        收支|收支类型""",
    "status": """status|invoice status|state|payment status|order status|状态|单据状态|
        订单状态""",
    "settled": """settled date|date settled|date paid|paid date|payment date|paid on|
        结清日期|核销日期|收款日期""",
    "disputed": """disputed|dispute|in dispute|dispute flag|is disputed|争议|是否争议|
        有争议""",
    "reason": "dispute reason|reason of dispute|reason for dispute|争议原因|争议说明",
    "quantity": "quantity|qty|invoice lines/quantity|数量",
    "price": "unit price|price|item price|invoice lines/unit price|单价",
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
    text = " ".join(re.sub(r"[*_#:：.\"']+", " ", text).split())
    # of two rows of headers, the words stand apart
    return re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", text)


#: What stands in brackets behind an amount: in which of two currencies it is.
_LOCAL = re.compile(
    r"本币|本位币|base|base currency|bcy|local|local currency|lcy|company currency|"
    r"home currency|functional currency"
)
_FOREIGN = re.compile(
    r"原币|外币|document currency|transaction currency|fcy|foreign currency"
)
#: Amounts of which a file may give both.
_IN_BOTH = ("open", "amount", "debit", "credit", "booked")


def _read_scope(title: str) -> str:
    """Return in which currency the header of an amount says that it is: 'local',
    'foreign', or "".

    >>> _read_scope("期末余额(本币)"), _read_scope("Balance (FCY)"), _read_scope("Sum")
    ('local', 'foreign', '')
    """
    found = re.findall(r"[(\[（【](.*?)[)\]）】]", title or "")
    texts = [" ".join(fold(one).split()) for one in found]
    if any(map(_LOCAL.fullmatch, texts)):
        return "local"
    return "foreign" if any(map(_FOREIGN.fullmatch, texts)) else ""


def _list_claims(title: str) -> list[tuple[int, str]]:
    """Return what a header may mean: how surely, and the field.

    An amount in company currency is no other amount, however its header begins.
    """
    claims = list(_FIELDS.get(fold_header(title), ()))
    scope = _read_scope(title)
    if not scope or not {field for _rank, field in claims} & set(_IN_BOTH):
        return claims
    if scope == "foreign":
        return [(-1, field) for _rank, field in claims]
    are_open = any(field in ("open", "amount", "booked") for _rank, field in claims)
    return [(-1, "booked")] if are_open else []


def _read_headers() -> dict[str, list[tuple[int, str]]]:
    """Return the fields that each header may mean, with how surely: lower is surer."""
    found = {}
    for field, headers in HEADERS.items():
        for rank, header in enumerate(headers.split("|")):
            found.setdefault(fold_header(header), []).append((rank, field))
    return found


_FIELDS = _read_headers()


def match_columns(
    kind: str, titles: Sequence[str], is_guess: bool = False
) -> list[str | None]:
    """Return which standard field each column is, by its header; each at most once.

    Where two columns could be one field, the one whose header means it more surely is.
    Of two balances that are called the same (opening and closing), or two sides,
    neither is: which one counts has to be said.

    :param kind: of :data:`KINDS`
    :param titles: headers, from the left
    :param is_guess: of what is called the same, the first is it
    """
    allowed = KINDS[kind]
    claims = []
    for place, title in enumerate(titles):
        for rank, field in _list_claims(title):
            if field in allowed and not _is_of_document(kind, field, title):
                claims.append((rank, place, field))
    found: list[str | None] = [None] * len(titles)
    taken = set()
    unsure = set() if is_guess else _list_unsure(claims)
    for rank, place, field in sorted(claims):
        if (rank, field) in unsure:
            taken.add(field)
        elif found[place] is None and field not in taken:
            found[place] = field
            taken.add(field)
    if kind == "customers":
        _match_contacts(titles, found, taken)
    return found


def _is_of_document(kind: str, field: str, title: str) -> bool:
    """Return whether what would be a customer's code is the reference of a document."""
    of_document = kind in ("items", "past") and field == "ref"
    return of_document and fold_header(title) == "reference"


#: Fields of which a ledger may have an opening and a closing one, called the same.
_OPEN_AND_CLOSE = ("open", "side")


def _list_unsure(claims: Sequence[tuple[int, int, str]]) -> set[tuple[int, str]]:
    """Return which claims two columns make with the same words, as (rank, field).

    :param claims: (rank, place, field)
    """
    made = [(rank, field) for rank, _place, field in claims]
    return {one for one in made if one[1] in _OPEN_AND_CLOSE and made.count(one) > 1}


#: What of a customer's contact goes by a header that is the customer's, too.
_OF_CONTACT = {"phone": "contact_phone", "email": "contact_email"}


def _match_contacts(
    titles: Sequence[str], found: list[str | None], taken: set[str]
) -> None:
    """Match a second phone or email that stands behind a contact's name with that
    contact.

    :param found: added to
    :param taken: likewise
    """
    people = ("contact", "first_name", "last_name")
    places = [place for place, field in enumerate(found) if field in people]
    for place, title in enumerate(titles):
        if found[place] or not places or place < min(places):
            continue
        for _rank, field in _FIELDS.get(fold_header(title), ()):
            its = _OF_CONTACT.get(field)
            if its and field in taken and its not in taken:
                found[place] = its
                taken.add(its)


def list_missing(kind: str, fields: Sequence[str]) -> list[tuple[str, ...]]:
    """Return what a kind needs and no column gives: of each, one of these."""
    needed = [(one,) if isinstance(one, str) else tuple(one) for one in NEEDED[kind]]
    return [choices for choices in needed if not set(choices) & set(fields)]


def guess_kind(titles: Sequence[str]) -> str:
    """Return which kind of history columns look like: the one that takes most of what
    it needs, and then most columns. What says when it was settled, and not what is
    open, is past."""

    def judge(kind):
        found = [field for field in match_columns(kind, titles, True) if field]
        return -len(list_missing(kind, found)), len(found)

    best = max(("items", "balances", "notes", "customers"), key=judge)
    found = set(match_columns("items", titles, True))
    says_open = {"open", "debit"} & found or "due" in found and "settled" not in found
    if best == "items" and not says_open:
        # nothing says what is open of it
        return "past"
    return best


def get_named(caption: str) -> str:
    """Return whom the caption of a group names, without what stands before it.

    >>> get_named("Customer: Elbe Ships"), get_named("客户：上海公司"), get_named("A:B")
    ('Elbe Ships', '上海公司', 'A:B')
    """
    before, _colon, name = caption.replace("：", ":").partition(":")
    names = {field for _rank, field in _FIELDS.get(fold_header(before), ())}
    return name.strip() if name.strip() and "name" in names else caption.strip()


def get_fingerprint(titles: Sequence[str]) -> str:
    """Return what tells files with these headers, in whatever order, from others."""
    folded = sorted(filter(None, map(fold_header, titles)))
    return hashlib.sha256("\n".join(folded).encode()).hexdigest()[:32]


# === VALUES === #


def _fold_word(word: str) -> str:
    """Return a word for a kind or a state as two are compared: whatever joins its
    parts.

    >>> _fold_word("Credit-Note"), _fold_word("CREDIT_NOTE."), _fold_word("贷 项")
    ('credit note', 'credit note', '贷 项')
    """
    return " ".join(re.sub(r"[_./-]+", " ", fold(word)).split())


def _words(text: str) -> frozenset[str]:
    """Return the words of a list ``a|b|c``, as they are compared."""
    return frozenset(_fold_word(word) or fold(word) for word in text.split("|"))


def _is_among(word: str, words: frozenset[str]) -> bool:
    """Return whether a word is one of these, or several of one."""
    text = _fold_word(word) or fold(word)
    return text in words or text.isascii() and text.removesuffix("s") in words


#: Words that say what a row is.
CREDITS = _words(
    """credit note|credit memo|credit|refund|creditnote|creditmemo|cn|crn|cm|payment|
    receipt|advance|prepayment|deposit|overpayment|unapplied payment|payment received|
    on account|customer payment|customer receipt|customer credit note|customer_refund|
    customer refund|customer credit memo|customer deposit|customer advance|
    customer prepayment|credit invoice|sales credit note|sales credit memo|
    sales return|return|credit balance|unapplied credit|unapplied receipt|
    unallocated receipt|unallocated payment|cash receipt|bank receipt|incoming payment|
    payment in|advance payment|advance received|down payment|remittance|
    negative invoice|out_refund|cr|dz|dg|
    gutschrift|zahlung|zahlungseingang|anzahlung|rechnungskorrektur|avoir|paiement|
    règlement|acompte|nota de crédito|nota de credito|pago|cobro|anticipo|
    nota di credito|pagamento|incasso|
    红字|红字发票|红票|红字应收单|红字应收|红字单据|红字销售发票|负数发票|红冲|
    贷项|贷方|贷|退款|收款|收款单|客户收款|客户收款单|销售收款单|应收收款单|
    预收|预收款|预收单|预收款单|预收账款|客户预收款|定金|订金|收|收入|
    贷项通知单|退货|退货单|销售退货|销售退货单"""
)
DEBITS = _words(
    """invoice|inv|debit|bill|debit note|dn|debit memo|opening balance|order|
    sales invoice|sales order|customer invoice|customer debit note|out_invoice|
    tax invoice|commercial invoice|service invoice|standard invoice|final invoice|
    invoice open|sales receipt|sale|dr|rv|
    rechnung|ausgangsrechnung|schlussrechnung|facture|factura|fattura|fatura|faktura|
    发票|应收单|借方|借|蓝字|蓝票|期初|蓝字发票|蓝字应收单|标准应收单|其他应收单|
    费用应收单|销售应收单|期初应收|期初应收单|期初余额|应收账款|
    销售发票|销售专用发票|销售普通发票|专用发票|普通发票|增值税专用发票|
    增值税普通发票|增值税发票|电子发票|数电票|出口发票|商业发票|
    订单|销售订单|应收|支|支出|付款|付款单|销售|销售单|销售出库|销售出库单|出库单"""
)
#: Words of what neither adds to what is owed nor takes from it.
NEUTRALS = _words("neither|neutral|memo|不计收支|不计")
#: On which side of the ledger an amount stands.
ON_DEBIT = _words("debit|dr|d|s|soll|借|借方|deb|debe|débit|dare")
ON_CREDIT = _words("credit|cr|c|h|haben|贷|贷方|貸|貸方|cred|haber|crédit|avere")
#: Nothing is on either.
ON_NEITHER = _words("平|-|0|zero|nil|none|flat")
YES = _words("y|yes|true|1|x|disputed|dispute|open dispute|是|有|争议|有争议")
NO = _words("n|no|false|0|none|-|否|无|没有")
#: How terms of payment are written that are a number of days.
TERM_DAYS = re.compile(
    r"(?:nett?o?|n|oa|o/a)[ /-]?(\d{1,3})(?: ?(?:days?|d|tage|天|日))?"
    r"|(\d{1,3})(?: ?(?:days?|d|tage|天|日)(?: nett?o?| credit| from invoice)?)?"
)
AT_ONCE = _words(
    """due on receipt|immediate|immediate payment|cash|cod|cash on delivery|
    payment on receipt|货到付款|现结|现款|见票即付|立即付款"""
)
VENDORS = _words("vendor|supplier|creditor|payable|供应商|供货商|厂商")
#: What stands before a sum: Total USD, Grand Total, 合计.
TOTAL = re.compile(
    r"(grand |sub[ -]?)?(total|sum|summe)( in)?( [a-z]{3})?:?"
    r"|([a-z]{3} )?(合计|小计|总计).{0,4}"
)
#: Words of a state in which a document never came to count.
VOID = _words(
    """void|voided|cancelled|canceled|cancel|annulled|deleted|rejected|declined|draft|
    reversed|storniert|annulé|anulado|作废|已作废|草稿|取消|已取消|已冲销|已红冲|被红冲|
    已删除|已驳回"""
)
#: Words of a state in which nothing is owed.
SETTLED = VOID | _words(
    """paid|settled|fully paid|full paid|paid in full|paid full|fully settled|cleared|
    fully cleared|fully applied|applied|reconciled|refunded|credited|written off|
    write off|closed|bezahlt|beglichen|payé|payée|pagado|pagada|pagato|pagata|
    已付|已付款|已付清|付清|已收|已收款|已收讫|全部收款|全部付款|已核销|全部核销|完全核销|
    已结清|结清|已清|已结|已结算|已关闭|关闭"""
)
#: Words of a state in which something may be owed.
STILL_OPEN = _words(
    """open|unpaid|not paid|unsettled|outstanding|due|not due|not yet due|past due|
    overdue|late|current|active|partial|partially paid|partly paid|part paid|
    partial paid|partial payment|partially settled|partially applied|
    partially refunded|partially credited|unapplied|uncleared|awaiting payment|
    payment due|pending payment|pending|in payment|sent|emailed|printed|mailed|viewed|
    issued|invoiced|approved|authorised|authorized|accepted|confirmed|submitted|posted|
    saved|normal|valid|new|unreconciled|in dispute|disputed|offen|überfällig|
    teilweise bezahlt|impayé|impayée|pendiente|vencida|da pagare|
    未付|未付款|未收|未收款|未结|未结清|未结算|未清|未核销|部分付款|部分收款|部分核销|
    部分结清|部分已付|待付款|待收款|逾期|已逾期|未到期|已到期|正常|已开票|已发送|已寄出|
    已确认|已审核|已过账|已记账|已生效|有效|未关闭|开放|争议中"""
)
#: Words of a state in which an order or invoice was one, paid or not.
DONE = _words(
    """completed|complete|done|finished|delivered|shipped|fulfilled|
    partially shipped|partially delivered|sale|sales order|to invoice|fully invoiced|
    processing|in progress|active|success|successful|archived|locked|returned|
    已完成|完成|已发货|部分发货|已出库|已签收|已交货|交易成功|支付成功|已执行|执行中|
    进行中|已归档"""
)


def read_sign(word: str) -> int | None:
    """Return 1 for what a customer owes, -1 for what is owed to them, None where the
    word says neither."""
    if _is_among(word, CREDITS):
        return -1
    return 1 if _is_among(word, DEBITS) else None


def read_side(word: str) -> int | None:
    """Return on which side of the ledger an amount stands: 1 for debit, -1 for credit,
    0 for neither (平), None where the word says none of these."""
    text = fold(word).rstrip(".")
    if text in ON_NEITHER:
        return 0
    if text in ON_CREDIT:
        return -1
    return 1 if text in ON_DEBIT else None


def is_neutral(word: str) -> bool:
    """Return whether a word says that a row changes nothing of what is owed."""
    return _is_among(word, NEUTRALS)


def read_flag(word: str) -> bool | None:
    """Return what a yes or no says; None where it is neither, False of nothing."""
    text = fold(word)
    if not text or text in NO:
        return False
    return True if text in YES else None


def read_days(terms: str) -> int | None:
    """Return how many days after its own day a document is due, as terms of payment
    say it; None where they say something else.

    >>> read_days("Net 30"), read_days("45 Days"), read_days("due on receipt")
    (30, 45, 0)
    """
    text = fold(terms)
    if text in AT_ONCE:
        return 0
    found = TERM_DAYS.fullmatch(text)
    return int(found[1] or found[2]) if found else None


def is_vendor(word: str) -> bool:
    """Return whether a word says that a partner is none of our customers."""
    return fold(word) in VENDORS


def is_total(word: str) -> bool:
    """Return whether a text stands before a sum, and is no name."""
    return bool(TOTAL.fullmatch(fold(word)))


def is_settled(word: str) -> bool:
    """Return whether a state says that nothing is owed."""
    return _is_among(word, SETTLED)


def is_void(word: str) -> bool:
    """Return whether a state says that a document never came to count."""
    return _is_among(word, VOID)


def is_known_state(word: str, is_past: bool = False) -> bool:
    """Return whether it is known what a state says of what is owed.

    :param is_past: what was ordered and invoiced counts, paid or not
    """
    known = (*(SETTLED, STILL_OPEN), *((DONE,) if is_past else ()))
    return not word.strip() or any(_is_among(word, words) for words in known)


# === TEMPLATES === #

#: Fields that a template doesn't ask for: other columns say it better.
LEFT_OUT = ("price", "quantity", "settled", "side")
#: Headers of templates that aren't the first ones above: (English, Chinese).
TEMPLATE_HEADERS = {
    "name": ("Customer", "客户"),
    "date": ("Date", "日期"),
    "document": ("Document Number", "单据编号"),
    "booked": ("Amount in Company Currency", "本位币金额"),
    # as the screen calls them
    "amount": ("Amount", "金额"),
    "open": ("Open Amount", "未结金额"),
    "terms": ("Payment Terms", "付款条款"),
    "vat": ("Tax Number", "税号"),
    "person": ("Company or Person", "企业或个人"),
    "parent": ("Company It Belongs To", "所属公司"),
    "channel": ("Preferred Channel", "沟通方式"),
    "hours": ("Contact Hours", "沟通时间"),
}
#: Those that are called otherwise in a template of one kind.
KIND_HEADERS = {
    ("notes", "owner"): ("Author", "跟进人"),
    ("notes", "note"): ("Text", "跟进内容"),
}


def get_header(field: str, is_chinese: bool, kind: str | None = None) -> str:
    """Return how a field is called in a template: a header that is known again.

    :param kind: of :data:`KINDS`; None: of no kind in particular
    """
    if (kind, field) in KIND_HEADERS:
        return KIND_HEADERS[kind, field][is_chinese]
    if field in TEMPLATE_HEADERS:
        return TEMPLATE_HEADERS[field][is_chinese]
    headers = [" ".join(header.split()) for header in HEADERS[field].split("|")]
    chinese = [header for header in headers if not header.isascii()]
    if is_chinese and chinese:
        return chinese[0]
    english = headers[0]
    return english.upper() if len(english) <= 3 else english.title()


def list_template_fields(kind: str, is_chinese: bool) -> list[str]:
    """Return the standard fields of a template of a kind: those whose header is known
    again."""
    return [
        field
        for field in KINDS[kind]
        if field not in LEFT_OUT
        and match_columns(kind, [get_header(field, is_chinese, kind)])[0] == field
    ]


def list_template(kind: str, is_chinese: bool) -> list[str]:
    """Return the headers of a template of a kind, each a different one; those that it
    needs bear a ``*``."""
    needed = {
        one
        for wanted in NEEDED[kind]
        for one in ((wanted,) if isinstance(wanted, str) else wanted[:1])
    }
    return [
        get_header(field, is_chinese, kind) + ("*" if field in needed else "")
        for field in list_template_fields(kind, is_chinese)
    ]
