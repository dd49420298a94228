"""Load the addon's demonstration data, and nobody else's (runs in Odoo's shell).

Odoo offers demonstration data for all modules or none. The rows come after every module
is loaded, as they do when Odoo's own "Load demo data" is pressed.
"""

# ruff: noqa: F821 - Odoo's shell gives `env`
from odoo.modules.loading import load_demo
from odoo.modules.module_graph import ModuleGraph

ADDON = "multicurrency_crm"

# first: what the data cause is told in each language that is there
chinese = (
    env["res.lang"].with_context(active_test=False).search([("code", "=", "zh_CN")])
)
if chinese:
    env["base.language.install"].create(
        {"lang_ids": chinese.ids, "overwrite": False}
    ).lang_install()
installed = env["ir.module.module"].search([("state", "=", "installed")])
graph = ModuleGraph(env.cr, mode="load")
graph.extend(installed.mapped("name"))
package = next(node for node in graph if node.name == ADDON)
if not load_demo(env, package, {}, "init"):
    raise SystemExit(1)
# an update then brings rows that are new in the files
env.cr.execute("UPDATE ir_module_module SET demo = TRUE WHERE name = %s", [ADDON])

company = env.ref(f"{ADDON}.demo_company", raise_if_not_found=False)
if company:
    admin = env.ref("base.user_admin")
    admin.company_ids |= company
    admin.company_id = company

env.cr.commit()
