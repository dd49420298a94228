"""What a customer could cost and how it pays: exposure, behaviour, scorecard, grades,
peers, holds by rule, loss allowances, and the assessments that keep the outcome.

Reads the limits, and knows no document that is checked: what a check asks for besides
is handed in (``credit.exposure._get_scope``).
"""

from . import (
    account_move,
    account_payment_term,
    computed_mixin,
    credit_assessment,
    credit_assessment_chunk,
    credit_assessment_explanation,
    credit_assessment_run,
    credit_band,
    credit_behaviour,
    credit_exposure,
    credit_exposure_orders,
    credit_loss_allowance,
    credit_loss_rate,
    credit_manual_grade,
    credit_peer,
    credit_policy,
    credit_policy_floor,
    credit_rule,
    credit_scoring,
    res_partner,
    sale_order,
    sale_order_line,
)
