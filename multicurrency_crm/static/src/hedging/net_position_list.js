import { registry } from "@web/core/registry";
import { ListArchParser } from "@web/views/list/list_arch_parser";
import { listView } from "@web/views/list/list_view";
import { WholeTotalsListRenderer } from "../common/whole_totals/whole_totals_renderer";

/** The figures in company currency are the only ones that are added up. */
export class NetPositionListRenderer extends WholeTotalsListRenderer {
    static atRate = ["amount_company", "one_percent"];
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
