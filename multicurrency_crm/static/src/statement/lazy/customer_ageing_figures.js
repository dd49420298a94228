import { currencies } from "@web/core/currency";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";
import { pivotView } from "@web/views/pivot/pivot_view";
import { CodedPivotModel, CodedPivotRenderer } from "../../common/lazy/coded_pivot";

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
    Model: CodedPivotModel,
    Renderer: keepTitle(CodedPivotRenderer),
});

registry.category("views").add("customer_ageing_graph", {
    ...graphView,
    Renderer: CustomerAgeingGraphRenderer,
});
