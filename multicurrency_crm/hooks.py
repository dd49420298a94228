"""What happens once, when the addon enters or leaves a database."""

from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column


def pre_init_hook(env):
    """Create and fill the orders' company-currency amounts before the ORM would.

    The ORM computes a new stored field record by record; a live database may hold
    100,000 orders, which one statement fills in seconds. The ORM then finds the columns
    there and leaves them alone.
    """
    for name, column_type in (
        ("amount_untaxed_company", "numeric"),
        ("amount_total_company", "numeric"),
        ("keep_currency", "boolean"),
    ):
        if not column_exists(env.cr, "sale_order", name):
            create_column(env.cr, "sale_order", name, column_type)

    def in_company_currency(amount):
        # half up to the currency's rounding, as res.currency.round() does
        return SQL(
            """ROUND(
                   o.%s / COALESCE(NULLIF(o.currency_rate::numeric, 0), 1)
                        / currency.rounding::numeric
               ) * currency.rounding::numeric""",
            SQL.identifier(amount),
        )

    env.cr.execute(
        SQL(
            """
            UPDATE sale_order o
               SET amount_untaxed_company = %s,
                   amount_total_company = %s
              FROM res_company company
              JOIN res_currency currency ON currency.id = company.currency_id
             WHERE company.id = o.company_id
            """,
            in_company_currency("amount_untaxed"),
            in_company_currency("amount_total"),
        )
    )


def uninstall_hook(env):
    """Leave the rates, which documents need, as rates of nobody.

    Their providers are removed before the columns that point at them, and Odoo would
    be refused that.
    """
    env.cr.execute(
        SQL(
            """UPDATE res_currency_rate
                  SET fx_provider_id = NULL, fx_shared_rate_id = NULL
                WHERE fx_provider_id IS NOT NULL"""
        )
    )
    env.cr.execute(SQL("DELETE FROM fx_rate_named WHERE provider_id IS NOT NULL"))
    env.invalidate_all()
