import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { ListArchParser } from "@web/views/list/list_arch_parser";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

/** The figures in company currency: the only ones that are added up. */
const TOTALS = ["amount_company", "one_percent"];

/**
 * A list whose totals are left out where they wouldn't be whole: the rate of a
 * currency is missing, or companies keep their books in several currencies.
 */
export class NetPositionListRenderer extends ListRenderer {
    computeAggregates() {
        const aggregates = super.computeAggregates();
        for (const name of TOTALS) {
            if (!aggregates[name]) {
                continue;
            }
            if (aggregates[name].multiCurrency) {
                aggregates[name] = {
                    value: "–",
                    help: _t("No total: the companies keep their books in several currencies"),
                };
            } else if (this.isRateMissing(name)) {
                aggregates[name] = {
                    value: "–",
                    help: _t("No total: the rate of a currency is missing"),
                };
            }
        }
        return aggregates;
    }

    /** Whether a row or group that is added up has no figure in company currency. */
    isRateMissing(name) {
        const { groups, isGrouped, records, selection } = this.props.list;
        if (isGrouped && !selection.length) {
            return groups.some((group) => typeof group.aggregates[name] !== "number");
        }
        return (selection.length ? selection : records).some((record) => !record.data.rate);
    }
}

/** More currencies and months than a company has: all are on one page. */
const LIMIT = 1000;

/**
 * Puts all rows on one page. The view says so here and not by attributes: Odoo's check
 * of a list takes several times as long with each of them, and seconds beyond ten.
 */
export class NetPositionArchParser extends ListArchParser {
    parse(...args) {
        return { ...super.parse(...args), limit: LIMIT, groupsLimit: LIMIT };
    }
}

registry.category("views").add("fx_net_position_list", {
    ...listView,
    ArchParser: NetPositionArchParser,
    Renderer: NetPositionListRenderer,
});
