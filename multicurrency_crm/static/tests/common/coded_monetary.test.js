import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { after, expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import {
    defineModels,
    fields,
    models,
    mountView,
    serverState,
} from "@web/../tests/web_test_helpers";
import { currencies } from "@web/core/currency";

class Deal extends models.Model {
    _name = "deal";
    currency_id = fields.Many2one({ relation: "coin" });
    amount = fields.Monetary({ currency_field: "currency_id" });
    _records = [
        { id: 1, amount: 1234.5, currency_id: 1 },
        { id: 2, amount: 1234.5, currency_id: 2 },
        { id: 3, amount: 1234.5, currency_id: 3 },
        { id: 4, amount: 1234.5, currency_id: 4 },
    ];
}

class Coin extends models.Model {
    _name = "coin";
    name = fields.Char();
    _records = [1, 2, 3, 4].map((id) => ({ id, name: `Coin ${id}` }));
}

defineMailModels();
defineModels([Deal, Coin]);

test("a code where several currencies are in use", async () => {
    serverState.currencies = [
        { id: 1, name: "HKD", symbol: "$", position: "before", digits: [69, 2] },
        { id: 2, name: "MXN", symbol: "$", position: "after", digits: [69, 2] },
        { id: 3, name: "EUR", symbol: "€", position: "after", digits: [69, 2] },
        { id: 4, name: "KWD", symbol: "KD", position: "before", digits: [69, 3] },
    ];
    await mountView({
        type: "kanban",
        resModel: "deal",
        arch: `
            <kanban>
                <templates>
                    <t t-name="card">
                        <field name="currency_id" invisible="1"/>
                        <field name="amount" widget="coded_monetary"/>
                    </t>
                </templates>
            </kanban>`,
    });
    expect(queryAllTexts(".o_kanban_record:not(.o_kanban_ghost) span")).toEqual([
        "1,234.50 HKD",
        "1,234.50 MXN",
        "1,234.50 EUR",
        "1,234.500 KWD",
    ]);
});

test("a sum has the code of its currency, too", async () => {
    serverState.currencies = [
        { id: 1, name: "HKD", symbol: "$", position: "before", digits: [69, 2] },
        { id: 2, name: "MXN", symbol: "$", position: "after", digits: [69, 2] },
    ];
    await mountView({
        type: "list",
        resModel: "deal",
        domain: [["currency_id", "=", 1]],
        arch: `
            <list>
                <field name="currency_id" column_invisible="True"/>
                <field name="amount" widget="coded_monetary" sum="Total"/>
            </list>`,
    });
    expect(queryAllTexts("td.o_data_cell, tfoot .o_list_number")).toEqual([
        "1,234.50 HKD",
        "1,234.50 HKD",
    ]);
});

test("a symbol where there is but one currency", async () => {
    const before = { ...currencies };
    after(() => Object.assign(currencies, before));
    for (const id of Object.keys(currencies)) {
        delete currencies[id];
    }
    currencies[3] = { name: "EUR", symbol: "€", position: "after", digits: [69, 2] };
    await mountView({
        type: "list",
        resModel: "deal",
        domain: [["currency_id", "=", 3]],
        arch: `
            <list>
                <field name="currency_id" column_invisible="True"/>
                <field name="amount" widget="coded_monetary"/>
            </list>`,
    });
    expect(queryAllTexts("td.o_data_cell")).toEqual(["1,234.50 €"]);
});
