import { registry } from "@web/core/registry";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";
import { listView } from "@web/views/list/list_view";
import { PivotRenderer } from "@web/views/pivot/pivot_renderer";
import { pivotView } from "@web/views/pivot/pivot_view";
import { WholeTotalsListRenderer } from "../common/whole_totals/whole_totals_renderer";

export class CustomerAgeingListRenderer extends WholeTotalsListRenderer {
    static atRate = ["value", "unrealised"];
    static ofCurrency = ["amount", "booked"];
}

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

registry.category("views").add("customer_ageing_list", {
    ...listView,
    Renderer: CustomerAgeingListRenderer,
});

registry.category("views").add("customer_ageing_pivot", {
    ...pivotView,
    Renderer: keepTitle(PivotRenderer),
});

registry.category("views").add("customer_ageing_graph", {
    ...graphView,
    Renderer: keepTitle(GraphRenderer),
});
