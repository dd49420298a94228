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
    "data": [
        # who may do what
        "security/res_groups.xml",
        # settings and menu
        "views/res_config_settings_views.xml",
        "views/menus.xml",
        # room: currency
        # room: rates
        # room: rate_lock
    ],
    "demo": [],
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
