"""What the columns of templates are called: headers that are known again."""

from .history_fields import HEADERS, KINDS, NEEDED, match_columns

#: Fields that a template doesn't ask for: other columns say it better.
LEFT_OUT = (
    *("price", "quantity", "settled", "side", "age", "paid", "tax"),
    *("debit_booked", "credit_booked"),
)
#: Those that one kind doesn't ask for: a balance is one amount, and no document's.
KIND_LEFT_OUT = {"balances": ("open",)}
#: Headers of templates that aren't the first ones above: (English, Chinese).
TEMPLATE_HEADERS = {
    "name": ("Customer", "客户"),
    "date": ("Date", "日期"),
    "document": ("Document Number", "单据编号"),
    "booked": ("Amount in Company Currency", "本位币金额"),
    # as the screen calls them
    "amount": ("Amount", "金额"),
    "open": ("Open Amount", "未结金额"),
    "due": ("Due Date", "到期日"),
    "terms": ("Payment Terms", "付款条款"),
    "vat": ("Tax Number", "税号"),
    "person": ("Company or Person", "企业或个人"),
    "parent": ("Company It Belongs To", "所属公司"),
    "channel": ("Preferred Channel", "沟通方式"),
    "hours": ("Contact Hours", "沟通时间"),
    # of one of its columns
    "age": ("1-30 Days", "1-30天"),
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
        if field not in (*LEFT_OUT, *KIND_LEFT_OUT.get(kind, ()))
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
