"""What happens once, when the addon enters or leaves a database."""

import logging

from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

_logger = logging.getLogger(__name__)


def pre_init_hook(env):
    """Create and fill columns of Odoo's tables before the ORM would.

    The ORM computes a new stored field record by record, and marks each record as
    changed now. It finds these columns there and leaves them alone.
    """
    _fill_payment_terms(env)
    _fill_orders(env)


def _fill_payment_terms(env):
    """Let all terms count in full, as open accounts do: nobody has changed them."""
    if not column_exists(env.cr, "account_payment_term", "credit_open_share"):
        create_column(env.cr, "account_payment_term", "credit_open_share", "float8")
        env.cr.execute(SQL("UPDATE account_payment_term SET credit_open_share = 1.0"))


def _fill_orders(env):
    """Fill the orders' company-currency amounts: a live database may hold 100,000
    orders, which one statement fills in seconds."""
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
    _warn_of_kept_currencies(env)


def _warn_of_kept_currencies(env):
    """Say in the log which orders are in another currency than Odoo would give a copy.

    Odoo gives a copied order the currency of its pricelist, else of its company.
    """
    groupby = ["company_id", "pricelist_id", "currency_id"]
    counts = env["sale.order"]._read_group([], groupby, ["__count"])
    kept = sum(
        count
        for company, pricelist, currency, count in counts
        if currency != (pricelist.currency_id or company.currency_id)
    )
    if kept:
        _logger.info(
            "%s orders keep a currency that is neither their pricelist's nor their "
            "company's: a copy of one of them is in Odoo's own currency from now on.",
            kept,
        )
