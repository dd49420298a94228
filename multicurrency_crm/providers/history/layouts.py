"""Exports of other programs, known by the names of their columns.

Where such names mean something else than they usually do (FreshBooks' “Rate” is a
price), the layout says it; for all other columns their names do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from ..errors import Term, _lt
from ..spreadsheets.cells import folded

Kind = Literal["customers", "items", "balances", "past", "notes"]
#: a row is a document; a line of one, which repeats the document's amounts; or a line
#: whose amount is a part of the document's
RowsAre = Literal["documents", "repeated", "lines"]


@dataclass(frozen=True, slots=True)
class Layout:
    """An export of a program.

    ``titles`` are the names of columns that tell it from others, ``kind`` what its
    rows are. ``columns``: {name of a column: standard field, or None for none}, only
    where the name alone says another. ``open_currency``: in which currency open amounts
    are, 'document' or 'company'; ``currency``: the code of that of all rows; None
    where the program leaves it open. ``remark`` is what somebody who brings it in has
    to know.
    """

    code: str
    name: str
    titles: frozenset[str]
    kind: Kind
    columns: Mapping[str, str | None] = field(default_factory=dict)
    rows_are: RowsAre = "documents"
    open_currency: Literal["document", "company"] | None = None
    currency: str | None = None
    remark: Term | None = None
    vendors_from: int | None = None

    def get_field(self, title: str, usual: str | None) -> str | None:
        """Return which standard field a column is.

        :param usual: what its name says elsewhere
        """
        return self.columns.get(_fold(title), usual)

    def is_vendor(self, code: str) -> bool:
        """Return whether the code of a partner is a vendor's in this program."""
        return (
            self.vendors_from is not None
            and code.isdigit()
            and int(code) >= self.vendors_from
        )


def find_layout(titles: Iterable[str]) -> Layout | None:
    """Return the layout that has all its columns among these; of several the one with
    most.

    :param titles: the names of a file's columns
    """
    known = set(map(_fold, titles))
    found = [layout for layout in LAYOUTS if layout.titles <= known]
    return max(found, key=lambda layout: len(layout.titles), default=None)


def _fold(title: str) -> str:
    """Return the name of a column as it is compared."""
    text = folded(title).casefold().replace("_", " ")
    return " ".join(text.split()).strip("*: ")


def _layout(code, name, titles, kind, *, columns=(), **more) -> Layout:
    """Return a layout; names of columns between bars, fields as pairs."""
    folded_titles = frozenset(map(_fold, titles.split("|")))
    fields = {_fold(title): field_name for title, field_name in columns}
    return Layout(code, name, folded_titles, kind, fields, **more)


LAYOUTS = (
    _layout(
        "zoho_invoices",
        "Zoho",
        "Invoice ID|Invoice Number|Invoice Status|Customer Name|Currency Code|"
        "Item Total|Total|Balance",
        "items",
        columns=(
            ("Invoice ID", None),
            ("Item Desc", None),
            ("Subject", None),
            ("Quantity", None),
            ("Item Price", None),
        ),
        rows_are="repeated",
        open_currency="document",
        remark=_lt(
            "Each row is a line of an invoice and repeats its total and balance, which "
            "count once. Drafts aren't owed."
        ),
    ),
    _layout(
        "xero_invoices",
        "Xero",
        "ContactName|InvoiceNumber|InvoiceDate|DueDate|Total|InvoiceAmountDue|"
        "UnitAmount|LineAmount",
        "items",
        columns=(
            ("Reference", None),
            ("Description", None),
            ("Quantity", None),
            ("UnitAmount", None),
            ("LineAmount", None),
            ("Total", "amount"),
            ("InvoiceAmountDue", "open"),
            ("Type", "kind"),
            ("Status", "status"),
        ),
        rows_are="repeated",
        open_currency="document",
        remark=_lt(
            "Each row is a line of an invoice and repeats its total and what is due of "
            "it, which count once."
        ),
    ),
    _layout(
        "freshbooks_invoices",
        "FreshBooks",
        "Client Name|Invoice #|Date Issued|Invoice Status|Line Subtotal|Line Total",
        "past",
        columns=(
            ("Rate", None),
            ("Line Total", "amount"),
            ("Item Description", None),
            ("Quantity", None),
        ),
        rows_are="lines",
        remark=_lt(
            "Each row is a line: an invoice's total is the sum of its lines. There is "
            "no due date; “Rate” is a price."
        ),
    ),
    _layout(
        "ninja_clients",
        "Invoice Ninja",
        "Name|Balance|Paid to Date|Billing Street|Billing Apt/Suite|ID Number|"
        "VAT Number",
        "customers",
        # its first phone is the client's; what stands behind names, the contact's
        columns=(("Balance", "open"), ("Email", "contact_email")),
        remark=_lt(
            "Balances carry a sign, and no currency: choose the one of rows without."
        ),
    ),
    _layout(
        "zoho_contacts",
        "Zoho",
        "Display Name|Company Name|First Name|Last Name|EmailID|Customer Sub Type|"
        "Billing Address",
        "customers",
        columns=(
            ("Display Name", "name"),
            ("Company Name", None),
            ("Contact Name", None),
            ("Billing Attention", None),
            ("Billing Street2", "street2"),
            ("Payment Terms", None),
            ("Status", None),
        ),
    ),
    _layout(
        "akaunting_customers",
        "Akaunting",
        "name|tax_number|zip_code|currency_code|reference|enabled|user_id",
        "customers",
    ),
    _layout(
        "wave_customers",
        "Wave",
        "customer_name|customer_currency|contact_first_name|toll_free|"
        "postal_code/zip_code|ship-to_contact",
        "customers",
    ),
    _layout(
        "odoo_contacts",
        "Odoo",
        "Name|Company Type|Related Company|Tax ID|Tags|Reference",
        "customers",
    ),
    _layout(
        "odoo_invoices",
        "Odoo",
        "Partner|Invoice Bill Date|Due Date|Invoice Lines/Quantity|"
        "Invoice Lines/Unit Price|Reference",
        "past",
        columns=(
            ("Partner", "name"),
            ("Invoice Bill Date", "date"),
            ("Reference", "document"),
            ("Payment Terms", None),
        ),
        rows_are="lines",
        remark=_lt(
            "Its lines have quantities and prices, and no amounts: an amount is both "
            "multiplied, without tax."
        ),
    ),
    _layout(
        "frappe_parties",
        "Frappe Books",
        "Name|Role|Default Account|Outstanding Amount|Currency|GST Registration",
        "balances",
        columns=(("Outstanding Amount", "open"), ("Created By", None)),
        open_currency="company",
        remark=_lt(
            "The currency beside an amount is the party's: amounts are in company "
            "currency."
        ),
    ),
    _layout(
        "datev_parties",
        "DATEV",
        "Konto|Name (Adressatentyp Unternehmen)|EU-USt-IdNr.|Straße|Ort",
        "customers",
        columns=(
            ("Konto", "ref"),
            ("Name (Adressatentyp Unternehmen)", "name"),
            ("Name (Adressatentyp natürl. Person)", "last_name"),
            ("Vorname (Adressatentyp natürl. Person)", "first_name"),
            ("EU-USt-IdNr.", "vat"),
            ("Straße", "street"),
            ("Postleitzahl", "zip"),
            ("Ort", "city"),
            ("Land", "country"),
            ("Telefon", "phone"),
            ("E-Mail", "email"),
            ("Internet", "website"),
        ),
        vendors_from=70000,
        remark=_lt("Accounts from 70000 are those of vendors: leave their rows out."),
    ),
    _layout(
        "golden_tax",
        "金税",
        "发票代码|发票号码|购方企业名称|购方税号|开票日期|金额|税额",
        "past",
        columns=(
            ("发票号码", "document"),
            ("单据号", None),
            ("金额", "amount"),
            ("税收分类编码", None),
            ("单价", None),
        ),
        rows_are="lines",
        currency="CNY",
        remark=_lt(
            "Each row is a line without tax: tax (税额) stands beside it. Amounts are "
            "in CNY."
        ),
    ),
    _layout(
        "jsherp_customers",
        "管伊佳 (jshERP)",
        "名称|联系人|手机号码|期初应收|纳税人识别号|税率(%)|开户行",
        "customers",
        columns=(("手机号码", "contact_phone"), ("期初应收", "open"), ("账号", None)),
        remark=_lt(
            "Opening receivables (期初应收) have neither currency nor day: bring them "
            "in as balances, from the same file."
        ),
    ),
    _layout(
        "wukong_vouchers",
        "悟空",
        "日期|凭证字|凭证号|摘要|科目编码|借方金额|贷方金额|客户",
        "items",
        columns=(("科目编码", None), ("供应商", None)),
        remark=_lt("Rows of accounts that aren't receivables are to be left out."),
    ),
    _layout(
        "kingdee_receivables",
        "金蝶",
        "往来单位|单据编号|业务日期|到期日|币别|应收余额",
        "items",
        columns=(("往来单位", "name"), ("业务日期", "date"), ("应收余额", "open")),
    ),
    _layout(
        "kingdee_ageing",
        "金蝶",
        "客户|应收原币币别|原币金额|折人民币结算汇率|超账期天数",
        "items",
        columns=(("折人民币结算汇率", "rate"), ("超账期天数", None)),
    ),
    _layout(
        "yonyou_receivables",
        "用友",
        "客户编码|客户名称|单据类型|单据号|币种|原币余额|本币余额",
        "items",
        columns=(("单据号", "document"), ("本币余额", "booked")),
    ),
)
