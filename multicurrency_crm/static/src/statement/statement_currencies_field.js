import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * What a statement says of each currency: how it came to what is open, how old that is,
 * and what it is in company currency.
 */
export class StatementCurrenciesField extends Component {
    static template = "multicurrency_crm.StatementCurrenciesField";
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name] || null;
    }
}

registry.category("fields").add("statement_currencies", {
    component: StatementCurrenciesField,
    displayName: _t("Statement by currency"),
    supportedTypes: ["json"],
});
