"""What columns of old systems are called, and what they mean here.

Headers in English and Chinese, by the kinds of history: see :data:`KINDS`. A header is
compared without case, punctuation and what stands in brackets.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence

from .history import fold
from .history_ages import Age, match_ages
from .history_money import list_money_claims

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
        *("quantity", "price", "country", "side", "paid", "tax"),
        *("debit_booked", "credit_booked", "age"),
    ),
    "balances": (
        *("name", "amount", "open", "currency", "debit", "credit", "booked", "rate"),
        *("ref", "vat", "email", "role", "kind", "country", "side", "paid", "tax"),
        *("debit_booked", "credit_booked", "age"),
    ),
    "past": (
        *("name", "document", "date", "amount", "currency", "kind", "booked", "rate"),
        *("ref", "vat", "email", "status", "note", "role", "quantity", "price"),
        *("country", "tax"),
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
        ("open", "amount", "debit", "price", "age"),
    ),
    "balances": (("name", "ref", "vat", "email"), ("amount", "open", "debit", "age")),
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
    *("limit", "age", "paid", "tax", "debit_booked", "credit_booked"),
)
#: Amounts that a file may give in thousands.
SCALED = (
    *("open", "age", "amount", "debit", "credit", "booked", "limit"),
    *("paid", "tax", "debit_booked", "credit_booked"),
)
#: What several columns may be.
MANY = frozenset({"age"})
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
        customer email|client email|buyer email|客户邮箱|客户电子邮件|
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
        记录人|跟进人员""",
    "tags": "tags|categories|category|group|customer group|标签|客户分类|分类|客户类别",
    "terms": """payment terms|terms|payment term|payment terms label|付款条件|
        付款条款|收款条件|账期""",
    "note": """notes|note|comment|comments|description|memo|remarks|text|subject|
        备注|摘要|跟进内容|跟进记录|内容|说明|描述|联系内容|沟通内容""",
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
        maturity|maturity date|到期日期|
        应收日期|付款到期日|收款到期日""",
    "amount": """amount|total|invoice amount|invoice total|total amount|gross|
        amount total|grand total|line total|原币金额|价税合计|金额|合计金额|
        应收金额|总金额|开票金额|订单金额|期初原币""",
    "open": """open amount|balance|outstanding|open balance|amount due|balance due|
        outstanding amount|amount outstanding|unpaid amount|unpaid|remaining amount|
        remaining|balance amount|invoice amount due|residual|open|closing|
        closing balance|ending balance|period end|period end balance|end of period|
        closing amount|balance at period end|期末|期末余额|
        未清|未结|未结金额|
        residual amount in currency|应收余额|余额|原币余额|未收金额|
        未收余额|应收余额原币|尚欠金额|尚欠|剩余金额|期末余额原币|
        未核销金额|未收款金额|原币期末余额|期末原币余额|期末原币|原币未核销金额|
        期初应收|期初余额|应收原币余额|欠款|欠款金额""",
    "debit": """debit|debit amount|dr|借方|借方金额|借方原币|借方余额|借方原币金额|
        期末借方余额|期末借方|本期借方|本期借方金额|本期借方原币|借方发生额|
        本期借方发生额|本期应收|本期应收金额|本期应收款""",
    "credit": """credit|credit amount|cr|贷方|贷方金额|贷方原币|贷方余额|
        贷方原币金额|期末贷方余额|期末贷方|本期贷方|本期贷方金额|本期贷方原币|
        贷方发生额|本期贷方发生额|本期实收|本期实收金额|本期收款|本期收款金额|
        本期已收|本期收回""",
    "debit_booked": """debit in company currency|本币借方|本位币借方|借方本币|
        借方本位币|借方本币金额|借方本位币金额|本币借方金额|本位币借方金额""",
    "credit_booked": """credit in company currency|本币贷方|本位币贷方|贷方本币|
        贷方本位币|贷方本币金额|贷方本位币金额|本币贷方金额|本位币贷方金额""",
    "paid": """paid|amount paid|paid amount|total paid|paid to date|payments|
        payments made|payment amount|payments received|payment received|received|
        amount received|received amount|collected|amount collected|settled amount|
        amount settled|applied|amount applied|applied amount|amount paid to date|
        已收金额|已收|已收款|已收款金额|实收金额|实收|已付金额|已付|已付款|已核销金额|已核销|
        核销金额|收款金额|回款金额|已回款|已回款金额|累计收款|累计已收|已结金额|已收原币|
        已收金额原币|已核销金额原币""",
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
    "tax": "tax on top of the amount|未含在金额内的税额",
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
    r"home currency|functional currency|lc|local amount|home"
)
_FOREIGN = re.compile(
    r"原币|外币|document currency|transaction currency|fcy|foreign currency|fc|"
    r"original|original currency|foreign|document|transaction|orig|doc currency"
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
    return _scope_of(texts) or _split_scope(title)[1]


def _scope_of(texts: Iterable[str]) -> str:
    """Return which currency one of some texts names: 'local', 'foreign', or ""."""
    said = set(texts)
    if any(map(_LOCAL.fullmatch, said)):
        return "local"
    return "foreign" if any(map(_FOREIGN.fullmatch, said)) else ""


def _split_scope(title: str) -> tuple[str, str]:
    """Return a header without the words at its end or beginning that say in which
    currency it is, as two rows of headers make it; and which.

    >>> _split_scope("Closing balance FC"), _split_scope("Local Closing")
    (('closing balance', 'foreign'), ('closing', 'local'))
    """
    words = fold_header(title).split()
    for count in (2, 1):
        for said, rest in (
            (words[-count:], words[:-count]),
            (words[:count], words[count:]),
        ):
            scope = _scope_of([" ".join(said)])
            if scope and rest and " ".join(rest) in _FIELDS:
                return " ".join(rest), scope
    return fold_header(title), ""


def _list_claims(title: str) -> list[tuple[int, str]]:
    """Return what a header may mean: how surely, and the field.

    An amount in company currency is no other amount, however its header begins.
    """
    claims = list(_FIELDS.get(fold_header(title), ()))
    scope = _read_scope(title)
    if not claims and scope:
        claims = list(_FIELDS.get(_split_scope(title)[0], ()))
        claims = [claim for claim in claims if claim[1] in _IN_BOTH]
    if not scope or not {field for _rank, field in claims} & set(_IN_BOTH):
        return claims
    if scope == "foreign":
        return [(-1, field) for _rank, field in claims]
    found = {field for _rank, field in claims}
    for field in ("debit", "credit"):
        if field in found:
            return [(-1, f"{field}_booked")]
    # of two, what is open is worth more than what its document came to
    return [(-2 if "open" in found else -1, "booked")]


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
    """Return which standard field each column is, by its header; each at most once,
    but those of :data:`MANY`.

    Where two columns could be one field, the one whose header means it more surely is.
    Of two balances that are called the same (opening and closing), or two sides,
    neither is: which one counts has to be said.

    :param kind: of :data:`KINDS`
    :param titles: headers, from the left
    :param is_guess: of what is called the same, the first is it
    """
    allowed = KINDS[kind]
    claims = []
    ranked = list_money_claims(titles, _list_claims, is_list=kind == "balances")
    for place, title in enumerate(titles):
        for rank, field in ranked[place]:
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
    if "age" in allowed and not ("due" in taken and taken & _SAID_OPEN):
        ages = list_ages(titles, found)
        found = ["age" if age else own for own, age in zip(found, ages, strict=True)]
    return found


#: Fields that say what is open: beside a due date, ages say nothing new.
_SAID_OPEN = frozenset({"open", "amount", "debit"})


def list_ages(titles: Sequence[str], fields: Sequence[str | None]) -> list[Age | None]:
    """Return which columns are ages, of those that are nothing else and aren't in
    company currency.

    :param titles: headers, from the left
    :param fields: the standard field that each is, or None
    """
    free = [
        title if own in (None, "age") and _read_scope(title) != "local" else ""
        for title, own in zip(titles, fields, strict=True)
    ]
    return match_ages(free)


def list_fields(title: str) -> set[str]:
    """Return the fields that a header may mean, as surely or not."""
    return {field for _rank, field in _list_claims(title)}


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
    says_open = (
        {"open", "debit", "age"} & found or "due" in found and "settled" not in found
    )
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

    >>> _fold_word("Credit-Note"), _fold_word("CreditNote."), _fold_word("贷 项")
    ('credit note', 'credit note', '贷 项')
    """
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", word)
    return " ".join(re.sub(r"[_./-]+", " ", fold(words)).split())


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
    sales return|return|credit balance|sales credit|sales prepayment|
    sales overpayment|unapplied credit|unapplied receipt|
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
    订单|销售订单|应收|支|支出|付款|付款单|收款退款单|收款退款|销售|销售单|销售出库|销售出库单|出库单"""
)
#: Of these, words of money that came in or went out, and of what was there before:
#: no order or invoice.
NO_SALES = _words(
    """payment|receipt|advance|prepayment|deposit|overpayment|unapplied payment|
    payment received|on account|customer payment|customer receipt|customer deposit|
    customer advance|customer prepayment|unapplied receipt|unallocated receipt|
    unallocated payment|cash receipt|bank receipt|incoming payment|payment in|
    advance payment|advance received|down payment|remittance|dz|opening balance|
    zahlung|zahlungseingang|anzahlung|paiement|règlement|acompte|pago|cobro|anticipo|
    pagamento|incasso|收款|收款单|客户收款|客户收款单|销售收款单|应收收款单|预收|预收款|
    预收单|预收款单|预收账款|客户预收款|定金|订金|收|收入|支|支出|付款|付款单|期初|
    期初应收|期初应收单|期初余额"""
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
VENDORS = _words(
    """vendor|supplier|creditor|payable|accounts payable|ap|a/p|trade creditor|
    lieferant|lieferanten|kreditor|kreditoren|fournisseur|proveedor|proveedores|
    fornitore|fornitori|fornecedor|leverancier|供应商|供货商|厂商|应付"""
)
#: Who may owe us something, whatever else they are.
CUSTOMERS = _words(
    """customer|client|debtor|buyer|receivable|accounts receivable|ar|a/r|
    trade debtor|both|customer and vendor|customer & vendor|customer/vendor|
    customer and supplier|customer & supplier|customer/supplier|vendor/customer|
    supplier/customer|kunde|kunden|debitor|debitoren|cliente|cliente final|klant|
    company|business|organization|organisation|person|individual|partner|prospect|
    lead|distributor|dealer|reseller|retailer|wholesaler|agent|importer|end user|
    end customer|客户|购货单位|买方|客商|应收|往来单位|客户及供应商|客户和供应商|
    客户/供应商|客户兼供应商|供应商兼客户|供应商/客户|双重|企业|公司|个人|单位|
    经销商|代理商|零售商|批发商|终端客户|直客"""
)
#: What stands before a sum: Total USD, Grand Total, 合计.
TOTAL = re.compile(
    r"(grand |sub[ -]?)?(total|sum|summe)( in)?( [a-z]{3})?:?"
    r"|([a-z]{3} )?(合计|小计|总计).{0,4}"
    r"|[^()（）]{0,12}(合计|小计|总计|總計|合計|小計):?"
    r"|(grand |sub[ -]?)?(totals?|sums?)( of| for| in)?( all| the| open| net| trade)?"
    r" (receivables?|customers?|clients?|debtors?|balances?|outstanding|due|amounts?)"
    r"|all (customers|clients|debtors|receivables|balances)"
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
    saved|normal|valid|new|not overdue|not late|in progress|processing|
    unreconciled|in dispute|disputed|offen|überfällig|
    teilweise bezahlt|impayé|impayée|pendiente|vencida|da pagare|
    未付|未付款|未收|未收款|未结|未结清|未结算|未清|未核销|部分付款|部分收款|部分核销|
    部分结清|部分已付|待付款|待收款|逾期|已逾期|未逾期|执行中|进行中|未到期|已到期|正常|已开票|已发送|已寄出|
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


def is_no_sale(word: str) -> bool:
    """Return whether a word says that a row is a payment, or a balance that was there
    before: no order, invoice or credit note."""
    return _is_among(word, NO_SALES)


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
    return _is_among(word, VENDORS)


def is_known_role(word: str) -> bool:
    """Return whether it is known if a partner is a customer, a vendor, or both."""
    return not fold(word) or _is_among(word, VENDORS) or _is_among(word, CUSTOMERS)


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
