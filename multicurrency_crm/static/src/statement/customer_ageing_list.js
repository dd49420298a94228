import { registry } from "@web/core/registry";
import { listView } from "@web/views/list/list_view";
import { WholeTotalsListRenderer } from "../common/whole_totals/whole_totals_renderer";

export class CustomerAgeingListRenderer extends WholeTotalsListRenderer {
    static atRate = ["value", "unrealised"];
    static ofCurrency = ["amount", "booked"];
}

registry.category("views").add("customer_ageing_list", {
    ...listView,
    Renderer: CustomerAgeingListRenderer,
});
