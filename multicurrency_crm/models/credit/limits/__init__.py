"""What a customer may owe: policies (whom they are for, their rates), limits of a
customer and of its group, the row that deciding transactions update, holds, and who
was moved from one customer to another.

Needed by all the rest of credit, and needs nothing of it: what is judged, gathered or
checked is added to ``credit.policy``, ``credit.account`` and ``credit.transfer`` by the
sub-room that does it.
"""

from . import (
    chosen_currency_mixin,
    credit_account,
    credit_limit,
    credit_policy,
    credit_policy_part,
    credit_transfer,
    fx_rate_lock,
    res_config_settings,
    res_partner,
    res_users,
)
