import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { PivotModel } from "@web/views/pivot/pivot_model";
import {
    defineModels,
    fields,
    models,
    mountView,
    patchWithCleanup,
} from "@web/../tests/web_test_helpers";
import "@multicurrency_crm/statement/customer_ageing_list";
import { CodedPivotModel } from "@multicurrency_crm/common/lazy/coded_pivot";

class Item extends models.Model {
    _name = "item";
    rate = fields.Float();
    currency_id = fields.Many2one({ relation: "res.currency" });
    amount = fields.Monetary({ currency_field: "currency_id" });
    value = fields.Float();
    _records = [
        { id: 1, rate: 0.5, currency_id: 1, amount: 10, value: 20 },
        { id: 2, rate: 0.5, currency_id: 1, amount: 5, value: 10 },
    ];
}

class Currency extends models.Model {
    _name = "res.currency";
    name = fields.Char();
    _records = [
        { id: 1, name: "USD" },
        { id: 2, name: "EUR" },
    ];
}

defineMailModels();
defineModels([Item, Currency]);

const arch = `
    <list js_class="customer_ageing_list">
        <field name="rate" column_invisible="True"/>
        <field name="currency_id" column_invisible="True"/>
        <field name="amount" sum="Total"/>
        <field name="value" sum="Total"/>
    </list>`;
const open = () => mountView({ resModel: "item", type: "list", arch });
const totals = () => queryAllTexts("tfoot td.o_list_number");

test("items of one currency add up", async () => {
    await open();
    expect(totals()[0]).toMatch("15.00");
    expect(totals()[1]).toMatch("30.00");
});

test("those of two don't, and nor does what a rate is missing for", async () => {
    Item._records[1].currency_id = 2;
    Item._records[1].rate = 0;
    await open();
    expect(totals()).toEqual(["–", "–"]);
});

test("in a pivot's download a total that isn't whole is an empty cell", async () => {
    patchWithCleanup(PivotModel.prototype, {
        exportData: () => ({ rows: [{ values: [{ value: false }, { value: 0 }] }] }),
    });
    const data = CodedPivotModel.prototype.exportData();
    expect(data.rows[0].values.map(({ value }) => value)).toEqual(["", 0]);
});
