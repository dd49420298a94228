from . import (
    base_partner_merge_automatic_wizard,
    customer_facts,
    guarded_mixin,
    res_partner,
)
