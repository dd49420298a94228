import { registry } from "@web/core/registry";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";
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

registry.category("views").add("customer_ageing_pivot", {
    ...pivotView,
    Renderer: CustomerAgeingPivotRenderer,
});

registry.category("views").add("customer_ageing_graph", {
    ...graphView,
    Renderer: keepTitle(GraphRenderer),
});
