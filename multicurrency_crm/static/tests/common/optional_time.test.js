import { expect, test } from "@odoo/hoot";
import { isNoTime } from "@multicurrency_crm/common/optional_time/optional_time_field";

test("0:00 is a time beside another one only", () => {
    expect(isNoTime(0, 0)).toBe(true);
    expect(isNoTime(0, undefined)).toBe(true);
    expect(isNoTime(0, 9.5)).toBe(false);
    expect(isNoTime(9.5, 0)).toBe(false);
});
