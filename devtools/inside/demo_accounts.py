"""Let people log in as each role of the demonstration (runs in Odoo's shell).

The addon's demonstration data give these accounts no password, since they may be loaded
where the world can reach them; `./dev demo` serves this machine alone.
"""

# ruff: noqa: F821 - Odoo's shell gives `env`
PASSWORD = "demo"

rows = env["ir.model.data"].search(
    [("module", "=", "multicurrency_crm"), ("model", "=", "res.users")]
)
for user in env["res.users"].browse(rows.mapped("res_id")).exists():
    env.cr.execute("SELECT password FROM res_users WHERE id = %s", [user.id])
    if env.cr.fetchone() == (None,):
        user.password = PASSWORD
env.cr.commit()
