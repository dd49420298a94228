from . import (
    multicurrency_demo,
    multicurrency_demo_books,
    multicurrency_demo_rates,
    multicurrency_demo_sales,
    multicurrency_demo_promises,
    multicurrency_demo_receivables,
    multicurrency_demo_forwards,
    multicurrency_demo_credit,
    multicurrency_demo_policy,
    multicurrency_demo_statements,
    multicurrency_demo_closing,
    multicurrency_demo_claims,
)
