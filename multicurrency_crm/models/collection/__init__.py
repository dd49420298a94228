from . import (
    account_move,
    collection_account,
    collection_call,
    collection_today,
    customer_facts,
    res_config_settings,
    res_partner,
)
