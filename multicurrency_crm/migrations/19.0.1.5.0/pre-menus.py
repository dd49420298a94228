"""Menus that have another name get it in every language."""

#: XML ids of what is called otherwise now
RENAMED = ("menu_locks", "menu_credit_review")


def migrate(cr, version):
    # an update writes the English name and leaves translations as they are
    cr.execute(
        """UPDATE ir_ui_menu m
              SET name = jsonb_build_object('en_US', m.name -> 'en_US')
             FROM ir_model_data d
            WHERE d.module = 'multicurrency_crm' AND d.model = 'ir.ui.menu'
              AND d.res_id = m.id AND d.name = ANY(%s)""",
        [list(RENAMED)],
    )
