import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * A table of the flow: a row a currency, in groups. A figure opens the journal items
 * behind it.
 */
export class FlowTableField extends Component {
    static template = "multicurrency_crm.FlowTableField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get value() {
        return this.props.record.data[this.props.name] || null;
    }

    async open([model, id, figure]) {
        this.action.doAction(await this.orm.call(model, "action_open_figure", [[id], figure]));
    }
}

registry.category("fields").add("flow_table", {
    component: FlowTableField,
    displayName: _t("Flow table"),
    supportedTypes: ["json"],
});
