"""What is let through: orders, deliveries and invoices that are checked, reviews, moves
of customers that are recorded and decided on, merges, doors into other modules.

On top of limits and assessment: here alone their facts are weighed for a document, and
here is the night's job, which brings all three up to date.
"""

from . import (
    account_move,
    checked_listeners,
    credit_account,
    credit_assessment,
    credit_check_facts,
    credit_checked_mixin,
    credit_policy,
    credit_policy_check,
    credit_review,
    credit_transfer,
    customer_facts,
    res_company,
    sale_order,
    sale_order_delivering,
    sale_order_line,
)
