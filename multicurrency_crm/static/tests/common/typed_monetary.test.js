import { expect, test } from "@odoo/hoot";
import { readDigits } from "@multicurrency_crm/common/typed_monetary/typed_monetary_field";

test("full-width digits are digits", () => {
    expect(readDigits("５０００００")).toBe("500000");
    expect(readDigits("１．２")).toBe("1.2");
    expect(readDigits(" 1,234.50 ¥")).toBe(" 1,234.50 ¥");
    expect(readDigits("")).toBe("");
});

test("letters are no amount", () => {
    for (const text of ["abc", "１abc".slice(1), "-", "¥"]) {
        expect(() => readDigits(text)).toThrow();
    }
});
