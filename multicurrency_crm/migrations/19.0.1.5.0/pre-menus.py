"""Menus and actions that have another name get it in every language."""

#: XML ids of what is called otherwise now
RENAMED = ("menu_locks", "menu_credit_review", "menu_fx_rate_margin")
RENAMED_ACTIONS = ("action_fx_rate_margin",)


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
    cr.execute(
        """UPDATE ir_act_window a
              SET name = jsonb_build_object('en_US', a.name -> 'en_US')
             FROM ir_model_data d
            WHERE d.module = 'multicurrency_crm'
              AND d.model = 'ir.actions.act_window'
              AND d.res_id = a.id AND d.name = ANY(%s)""",
        [list(RENAMED_ACTIONS)],
    )
