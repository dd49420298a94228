import { _t } from "@web/core/l10n/translation";
import { ListRenderer } from "@web/views/list/list_renderer";

/**
 * A list whose totals are left out where they wouldn't be whole: they would add up
 * several currencies, or a rate is missing.
 */
export class WholeTotalsListRenderer extends ListRenderer {
    /** Figures that are at a rate, which a record without one hasn't got. */
    static atRate = [];
    /** Figures that aren't. */
    static ofCurrency = [];

    computeAggregates() {
        const aggregates = super.computeAggregates();
        const { atRate, ofCurrency } = this.constructor;
        for (const name of [...ofCurrency, ...atRate]) {
            if (aggregates[name]?.multiCurrency) {
                aggregates[name] = { value: "–", help: this.getCurrenciesHelp(name) };
            } else if (aggregates[name] && atRate.includes(name) && this.isRateMissing(name)) {
                aggregates[name] = {
                    value: "–",
                    help: _t("No total: the rate of a currency is missing"),
                };
            }
        }
        return aggregates;
    }

    getCurrenciesHelp(name) {
        const { currency_field: field } = this.fields[name];
        return field === "currency_id"
            ? _t("No total: the amounts are in several currencies")
            : _t("No total: the companies keep their books in several currencies");
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
