import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Lines of a text as a list; of many, the first `limit` where the view names one. */
export class LinesField extends Component {
    static template = "multicurrency_crm.LinesField";
    static props = { ...standardFieldProps, limit: { type: Number, optional: true } };

    setup() {
        this.state = useState({ isWhole: false });
    }

    get lines() {
        const text = this.props.record.data[this.props.name] || "";
        return text.split("\n").filter(Boolean);
    }

    get shown() {
        const { lines } = this;
        const { limit } = this.props;
        // one line more takes no more place than the button
        const isShort = !limit || lines.length <= limit + 1;
        return this.state.isWhole || isShort ? lines : lines.slice(0, limit);
    }

    get moreLabel() {
        return _t("Show all %s", this.lines.length);
    }
}

registry.category("fields").add("multicurrency_lines", {
    component: LinesField,
    displayName: _t("Lines as a list"),
    supportedTypes: ["text"],
    extractProps: ({ options }) => ({ limit: options.limit }),
});
