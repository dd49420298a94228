{
    "name": "Multi-Currency CRM",
    "summary": "Customers, quotations, orders and invoices in each customer's "
    "currency, at rates that are known, dated and locked",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "license": "LGPL-3",
    "author": "multicurrency_crm contributors",
    "application": True,
    "depends": ["sale_management", "sale_crm", "account", "mail"],
    # both are in Odoo's own requirements
    "external_dependencies": {"python": ["openpyxl", "xlrd"]},
    "data": [
        # who may do what
        "security/res_groups.xml",
        # settings and menu
        "views/res_config_settings_views.xml",
        "views/menus.xml",
        # room: currency
        "security/ir.model.access-currency.csv",
        "data/currency_cron.xml",
        "views/currency/account_move_views.xml",
        "views/currency/crm_lead_views.xml",
        "views/currency/res_config_settings_views.xml",
        "views/currency/res_partner_views.xml",
        "views/currency/sale_order_views.xml",
        # room: rates
        "security/ir.model.access-rates.csv",
        "security/ir_rules_rates.xml",
        "data/rates_provider.xml",
        "data/rates_cron.xml",
        "views/rates/fx_rate_upload_views.xml",
        "views/rates/fx_rate_hold_views.xml",
        "views/rates/fx_rate_run_views.xml",
        "views/rates/fx_rate_provider_views.xml",
        "views/rates/rate_chart_views.xml",
        "views/rates/res_currency_rate_views.xml",
        "views/rates/res_config_settings_views.xml",
        "views/rates/sale_order_views.xml",
        "views/rates/account_move_views.xml",
        # room: rate_lock
        "security/ir.model.access-rate_lock.csv",
        "security/ir_rules_rate_lock.xml",
        "data/fx_rate_lock_data.xml",
        "views/rate_lock/sale_order_views.xml",
        "views/rate_lock/account_move_views.xml",
        "views/rate_lock/fx_rate_lock_views.xml",
        "views/rate_lock/res_config_settings_views.xml",
        # first steps: what a company decides once, over all rooms
        "security/ir.model.access-setup.csv",
        "views/setup/first_steps_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["multicurrency_crm/static/src/**/*"],
        "web.assets_unit_tests": ["multicurrency_crm/static/tests/**/*.test.js"],
        "web.assets_tests": ["multicurrency_crm/static/tests/tours/**/*"],
    },
    "demo": [
        "demo/res_company_demo.xml",
        "demo/res.partner.csv",
        "demo/product.category.csv",
        "demo/product.product.csv",
        "demo/product.pricelist.csv",
        "demo/product.pricelist.item.csv",
        "demo/multicurrency_demo.xml",
    ],
    "pre_init_hook": "pre_init_hook",
}
