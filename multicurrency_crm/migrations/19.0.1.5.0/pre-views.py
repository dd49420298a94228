"""More fields of orders and invoices are for colleagues, and so is where they stand.

Odoo looks at each view together with those that extend it. While the first ones are
brought up to date the others are still the former ones, and would be complained of:
they are emptied, and filled again by the update that is under way. A view that another
addon extends stays as it is.
"""


def migrate(cr, version):
    cr.execute(
        """UPDATE ir_ui_view v
              SET arch_db = '{"en_US": "<data/>"}'
             FROM ir_model_data d
            WHERE d.module = 'multicurrency_crm' AND d.model = 'ir.ui.view'
              AND d.res_id = v.id AND v.inherit_id IS NOT NULL
              AND v.model IN ('account.move', 'sale.order')
              AND NOT EXISTS (
                    SELECT FROM ir_ui_view child
                      LEFT JOIN ir_model_data c
                             ON c.model = 'ir.ui.view' AND c.res_id = child.id
                     WHERE child.inherit_id = v.id
                       AND c.module IS DISTINCT FROM 'multicurrency_crm')"""
    )
