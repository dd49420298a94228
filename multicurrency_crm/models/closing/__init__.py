"""Closing: what foreign money and open items are worth when a period ends."""

from . import (
    account_account,
    account_journal,
    account_move,
    currency_flow,
    currency_flow_account,
    currency_flow_line,
    currency_flow_making,
    currency_flow_source,
    currency_flow_workbook,
    fx_result,
    fx_revaluation,
    fx_revaluation_advances,
    fx_revaluation_line,
    fx_revaluation_posting,
    fx_revaluation_valuing,
    res_company,
    res_config_settings,
)
