"""Statements: what a customer owes at the end of a week or a month, a currency at a
time, and how it came to that; each figure ties out with the ledger."""

# abstract model, which another inherits
from . import customer_statement_source
from . import (
    account_move,
    customer_ageing,
    customer_ageing_sheet,
    customer_facts,
    customer_statement,
    customer_statement_answer,
    customer_statement_currency,
    customer_statement_failure,
    customer_statement_line,
    customer_statement_making,
    customer_statement_printing,
    customer_statement_run,
    customer_statement_screen,
    customer_statement_sending,
    customer_statement_workbook,
    res_company,
    res_config_settings,
    res_partner,
)
