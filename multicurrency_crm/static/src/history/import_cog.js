import { Component, onWillStart } from "@odoo/owl";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

/** Templates of what can be brought in, one a kind. */
export class ImportTemplates extends Component {
    static template = "multicurrency_crm.ImportTemplates";
    static components = { DropdownItem };
    static props = {};

    setup() {
        const orm = useService("orm");
        onWillStart(async () => {
            this.templates = await orm.call("customer.import", "get_import_templates", []);
        });
    }
}

registry.category("cogMenu").add(
    "multicurrency_crm.import_templates",
    {
        Component: ImportTemplates,
        groupNumber: 0,
        isDisplayed: (env) =>
            env.searchModel?.resModel === "customer.import" && env.config.viewType !== "form",
    },
    { sequence: 1 }
);
