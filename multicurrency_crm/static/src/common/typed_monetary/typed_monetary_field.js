import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";
import { monetaryField } from "@web/views/fields/monetary/monetary_field";
import { CodedMonetaryField, formatCodedMonetary } from "../coded_monetary/coded_monetary_field";

/**
 * Digits as people type them: full-width ones are digits, letters are no amount.
 *
 * Odoo's own field drops what isn't a digit, so that either becomes 0, which as a limit
 * or a cap means something.
 *
 * @param {string} text
 * @returns {string} with plain digits
 * @throws {Error} where something stands there and no digit does
 */
export function readDigits(text) {
    const plain = text.normalize("NFKC");
    if (plain.trim() && !/\d/.test(plain)) {
        throw new Error(`"${text}" is no amount`);
    }
    return plain;
}

export class TypedMonetaryField extends CodedMonetaryField {
    static props = {
        ...CodedMonetaryField.props,
        // a field that says whether anything was typed: without it, 0 is shown as nothing
        blankUnless: { type: String, optional: true },
    };

    get formattedValue() {
        const { blankUnless, record } = this.props;
        return blankUnless && !this.value && !record.data[blankUnless]
            ? ""
            : super.formattedValue;
    }

    get inputOptions() {
        const options = super.inputOptions;
        return { ...options, parse: (text) => options.parse(readDigits(text)) };
    }
}

registry.category("formatters").add("typed_monetary", formatCodedMonetary);
registry.category("fields").add("typed_monetary", {
    ...monetaryField,
    component: TypedMonetaryField,
    displayName: _t("Typed amount"),
    extractProps: (field, dynamicInfo) => ({
        ...monetaryField.extractProps(field, dynamicInfo),
        blankUnless: field.options.blank_unless,
    }),
});
