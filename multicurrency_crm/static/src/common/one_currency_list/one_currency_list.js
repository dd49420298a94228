import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

/**
 * A list that adds up amounts of one currency, and leaves out totals over several: Odoo
 * converts these at a rate of today that nobody named.
 */
export class OneCurrencyListRenderer extends ListRenderer {
    computeAggregates() {
        const aggregates = super.computeAggregates();
        for (const [name, aggregate] of Object.entries(aggregates)) {
            if (aggregate.multiCurrency) {
                aggregates[name] = {
                    value: "–",
                    help: _t("No total: the amounts are in several currencies"),
                };
            }
        }
        return aggregates;
    }

    formatGroupAggregate(group, column) {
        const aggregate = super.formatGroupAggregate(group, column);
        return aggregate.multiCurrency ? { value: "–" } : aggregate;
    }
}

registry.category("views").add("one_currency_list", {
    ...listView,
    Renderer: OneCurrencyListRenderer,
});
