import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";
import { currencies } from "@web/core/currency";
import { nbsp } from "@web/core/utils/strings";
import { formatMonetary } from "@web/views/fields/formatters";
import { MonetaryField, monetaryField } from "@web/views/fields/monetary/monetary_field";

/**
 * Whether amounts have codes: where several currencies are in use. $ is the dollar of
 * three continents, and a column in which some amounts have symbols, before or behind
 * them, and others codes, reads badly.
 *
 * @returns {boolean}
 */
export function writesCodes() {
    return Object.keys(currencies).length > 1;
}

/**
 * Write an amount beside the code of its currency, where several are in use: of a sum in
 * a list, too.
 *
 * @param {number | false} value
 * @param {Object} [options] as those of `formatMonetary`
 * @returns {string}
 */
export function formatCodedMonetary(value, options = {}) {
    const field = options.currencyField || options.field?.currency_field || "currency_id";
    const held = options.data?.[field];
    const currency = currencies[options.currencyId || (held?.id ?? held)];
    if (value === false || options.noSymbol || !currency || !writesCodes()) {
        return formatMonetary(value, options);
    }
    return [formatMonetary(value, { ...options, noSymbol: true }), currency.name].join(nbsp);
}
formatCodedMonetary.extractOptions = formatMonetary.extractOptions;

/** An amount beside the code of its currency, where several are in use. */
export class CodedMonetaryField extends MonetaryField {
    /** What stands beside an amount that is being typed. */
    get currencySymbol() {
        const currency = this.currency;
        return currency && writesCodes() ? currency.name : super.currencySymbol;
    }

    /** The code of a currency that is archived: the session has none of those. */
    get archivedCode() {
        const { currencyField, record, name } = this.props;
        const field = currencyField || record.fields[name].currency_field || "currency_id";
        return (!this.currency && record.data[field]?.display_name) || "";
    }

    get formattedValue() {
        if (!this.props.readonly) {
            return super.formattedValue;
        }
        if (this.archivedCode && !this.props.hideSymbol && this.value !== false) {
            return [formatMonetary(this.value, {}), this.archivedCode].join(nbsp);
        }
        return formatCodedMonetary(this.value, {
            digits: this.currencyDigits,
            minDigits:
                this.props.useFieldDigits &&
                this.props.record.fields[this.props.name].min_display_digits,
            currencyId: this.currencyId,
            noSymbol: this.props.hideSymbol,
            trailingZeros: this.props.trailingZeros,
        });
    }
}

registry.category("formatters").add("coded_monetary", formatCodedMonetary);

registry.category("fields").add("coded_monetary", {
    ...monetaryField,
    component: CodedMonetaryField,
    // Odoo's own 105 and a code
    listViewWidth: 140,
    displayName: _t("Amount with its currency's code"),
});
