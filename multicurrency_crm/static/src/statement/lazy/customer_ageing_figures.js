import { currencies } from "@web/core/currency";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";
import { PivotModel } from "@web/views/pivot/pivot_model";
import { PivotRenderer } from "@web/views/pivot/pivot_renderer";
import { pivotView } from "@web/views/pivot/pivot_view";
import { formatCodedMonetary } from "../../common/coded_monetary/coded_monetary_field";

/**
 * What opens behind a figure keeps the title, which says the day.
 *
 * @param {typeof Component} Renderer
 */
const keepTitle = (Renderer) =>
    class extends Renderer {
        openView() {
            this.model.metaData.title = this.env.config.getDisplayName();
            return super.openView(...arguments);
        }
    };

/** Amounts have the codes of their currencies, and a total that isn't whole is a dash. */
class CustomerAgeingPivotRenderer extends keepTitle(PivotRenderer) {
    getFormattedValue(cell) {
        const { type } = this.model.metaData.measures[cell.measure];
        if (type !== "monetary") {
            return super.getFormattedValue(cell);
        }
        const [currencyId, ...others] = cell.currencyIds;
        const isWhole = cell.value !== false && !others.length;
        return { value: isWhole ? formatCodedMonetary(cell.value, { currencyId }) : "–" };
    }
}

/** In what is downloaded, a total that isn't whole is an empty cell. */
export class CustomerAgeingPivotModel extends PivotModel {
    exportData() {
        const data = super.exportData();
        for (const { values } of data.rows) {
            for (const cell of values) {
                cell.value = cell.value === false ? "" : cell.value;
            }
        }
        return data;
    }
}

/** The axis of amounts says in which currency they are, where it is one. */
class CustomerAgeingGraphRenderer extends keepTitle(GraphRenderer) {
    getScaleOptions() {
        const options = super.getScaleOptions();
        const { measure, measures } = this.model.metaData;
        const books = new Set(user.activeCompanies.map((company) => company.currency_id));
        const code = books.size === 1 && currencies[[...books][0]]?.name;
        if (options.y && code && measures[measure].currency_field === "company_currency_id") {
            options.y.title.display = true;
            options.y.title.text = `${measures[measure].string} (${code})`;
        }
        return options;
    }
}

registry.category("views").add("customer_ageing_pivot", {
    ...pivotView,
    Model: CustomerAgeingPivotModel,
    Renderer: CustomerAgeingPivotRenderer,
});

registry.category("views").add("customer_ageing_graph", {
    ...graphView,
    Renderer: CustomerAgeingGraphRenderer,
});
