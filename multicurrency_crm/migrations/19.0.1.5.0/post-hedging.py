def migrate(cr, version):
    """The cron of forwards calls its method by the new name; its record is not
    overwritten by updates."""
    cr.execute(
        """UPDATE ir_act_server s
              SET code = replace(s.code, '_cron_tell_due', '_cron_notify_due')
             FROM ir_cron c
             JOIN ir_model_data d ON d.model = 'ir.cron' AND d.res_id = c.id
            WHERE c.ir_actions_server_id = s.id
              AND d.module = 'multicurrency_crm'
              AND d.name = 'ir_cron_tell_due_forwards'"""
    )
