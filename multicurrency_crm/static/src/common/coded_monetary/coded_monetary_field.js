import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";
import { currencies } from "@web/core/currency";
import { nbsp } from "@web/core/utils/strings";
import { formatMonetary } from "@web/views/fields/formatters";
import { MonetaryField, monetaryField } from "@web/views/fields/monetary/monetary_field";

/**
 * Whether another active currency has this one's symbol, too: $ is the dollar of three
 * continents, ¥ the yuan and the yen.
 *
 * @param {{symbol: string}} currency
 * @returns {boolean}
 */
export function sharesSymbol(currency) {
    const known = Object.values(currencies);
    return known.filter(({ symbol }) => symbol === currency.symbol).length > 1;
}

/** An amount beside the code of its currency where the symbol doesn't tell which it is. */
export class CodedMonetaryField extends MonetaryField {
    get formattedValue() {
        const currency = this.currency;
        const plain = !this.props.readonly || this.props.hideSymbol;
        if (plain || !currency || !sharesSymbol(currency)) {
            return super.formattedValue;
        }
        const amount = formatMonetary(this.value, {
            digits: this.currencyDigits,
            currencyId: this.currencyId,
            noSymbol: true,
            trailingZeros: this.props.trailingZeros,
        });
        return [amount, currency.name].join(nbsp);
    }
}

registry.category("fields").add("coded_monetary", {
    ...monetaryField,
    component: CodedMonetaryField,
    // Odoo's own 105 and a code
    listViewWidth: 140,
    displayName: _t("Amount with its currency's code"),
});
