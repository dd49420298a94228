import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";
import { parseFloatTime } from "@web/views/fields/parsers";
import { FloatTimeField, floatTimeField } from "@web/views/fields/float_time/float_time_field";
import { useInputField } from "@web/views/fields/input_field_hook";
import { useNumpadDecimal } from "@web/views/fields/numpad_decimal_hook";

/**
 * A time of the day, of which 0:00 may as well be none.
 *
 * @param {number} value hours
 * @param {number} [other] the other end of a span: with one of two, 0:00 is midnight
 * @returns {boolean} whether nothing was entered
 */
export function isNoTime(value, other) {
    return !value && !other;
}

/** Where nobody has entered hours, nothing stands there, and no span of nothing. */
export class OptionalTimeField extends FloatTimeField {
    static props = {
        ...FloatTimeField.props,
        blankUnless: { type: String, optional: true },
        placeholder: { type: String, optional: true },
    };
    static template = "multicurrency_crm.OptionalTimeField";

    setup() {
        useInputField({
            getValue: () => this.formattedValue,
            refName: "numpadDecimal",
            // emptied, it is none
            parse: (text) => (text.trim() ? parseFloatTime(text.trim()) : 0),
        });
        useNumpadDecimal();
    }

    get formattedValue() {
        const { data } = this.props.record;
        return isNoTime(data[this.props.name], data[this.props.blankUnless])
            ? ""
            : super.formattedValue;
    }
}

registry.category("fields").add("optional_time", {
    ...floatTimeField,
    component: OptionalTimeField,
    displayName: _t("Time that may be empty"),
    extractProps: (field, dynamicInfo) => ({
        ...floatTimeField.extractProps(field, dynamicInfo),
        blankUnless: field.options.blank_unless,
        placeholder: field.placeholder,
    }),
});
