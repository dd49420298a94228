import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Points from which a bar is green, and from which it is yellow. */
const GOOD = 65;
const FAIR = 35;

/** A scorecard as bars, one a factor: value, band, points and what they add. */
export class CreditExplanationField extends Component {
    static template = "multicurrency_crm.CreditExplanationField";
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name] || null;
    }

    colour(row) {
        if (row.points >= GOOD) {
            return "bg-success";
        }
        return row.points >= FAIR ? "bg-warning" : "bg-danger";
    }
}

/** The exposure in each currency, by component, with its rate. */
export class CreditExposureField extends Component {
    static template = "multicurrency_crm.CreditExposureField";
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name] || null;
    }
}

registry.category("fields").add("credit_explanation", {
    component: CreditExplanationField,
    displayName: _t("Credit explanation"),
    supportedTypes: ["json"],
});
registry.category("fields").add("credit_exposure", {
    component: CreditExposureField,
    displayName: _t("Exposure by currency"),
    supportedTypes: ["json"],
});
