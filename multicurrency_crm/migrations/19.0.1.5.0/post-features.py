"""The menu has another shape, and shows what the database uses.

Nothing that was in use goes away: a feature is on where its models have rows, or had
something to show.
"""

from odoo import SUPERUSER_ID, api

#: {feature: queries, each of which finds a row where it is used}
USED = {
    "named_rate": ["FROM fx_rate_named"],
    "agreement": ["FROM fx_rate_lock WHERE kind = 'agreement'"],
    "hedging": [
        "FROM fx_forward",
        # the net position has no rows of its own: what is open makes it
        """FROM account_move_line l
           JOIN account_account a ON a.id = l.account_id
          WHERE l.parent_state = 'posted' AND NOT l.reconciled
                AND l.currency_id != l.company_currency_id
                AND a.account_type IN ('asset_receivable', 'liability_payable')""",
    ],
    "credit": [
        "FROM credit_policy",
        "FROM credit_limit",
        "FROM credit_manual_grade",
        "FROM credit_review",
        "FROM credit_assessment",
        """FROM res_partner p, jsonb_each(p.credit_hold) AS held (company, value)
          WHERE held.value = 'true'::jsonb""",
    ],
}
#: folders that everybody had with a role; their entries have it now
WITHOUT_ROLE = {
    "menu_configuration": "group_manager",
    "menu_credit": "group_finance",
}


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    for menu, group in WITHOUT_ROLE.items():
        # an update adds groups to a menu and takes none away
        menu = env.ref(f"multicurrency_crm.{menu}", raise_if_not_found=False)
        if menu:
            menu.group_ids -= env.ref(f"multicurrency_crm.{group}")
    used = {
        f"group_multicurrency_{feature}": True
        for feature, sources in USED.items()
        if any(has_rows(cr, source) for source in sources)
    }
    env["res.config.settings"]._set_features(used)


def has_rows(cr, source):
    cr.execute(f"SELECT EXISTS (SELECT {source})")
    return cr.fetchone()[0]
