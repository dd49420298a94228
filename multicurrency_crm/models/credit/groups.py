"""Groups whose members read, decide and pass in this room."""

#: Reads what the ledger says of a customer, and what it may owe.
FINANCE = "multicurrency_crm.group_finance"
#: Decides on limits, grades, moves and documents.
MANAGER = "multicurrency_crm.group_credit_manager"
#: Goes ahead despite a check.
BYPASS = "multicurrency_crm.group_credit_bypass"
#: Read grade and hold; figures of the ledger are for finance.
SELLERS = (
    "sales_team.group_sale_salesman,account.group_account_invoice,"
    "account.group_account_readonly,multicurrency_crm.group_user"
)
