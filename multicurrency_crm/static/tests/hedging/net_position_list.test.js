import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { queryAllTexts } from "@odoo/hoot-dom";
import { defineModels, fields, models, mountView, onRpc } from "@web/../tests/web_test_helpers";
import "@multicurrency_crm/hedging/net_position_list";

class Position extends models.Model {
    _name = "position";
    code = fields.Char();
    rate = fields.Float();
    amount_company = fields.Float();
    one_percent = fields.Float();
    _records = [
        { id: 1, code: "USD", rate: 0.14, amount_company: 7000, one_percent: -70 },
        { id: 2, code: "USD", rate: 0.14, amount_company: -2000, one_percent: 20 },
        { id: 3, code: "EUR", rate: 0.13, amount_company: 500, one_percent: -5 },
    ];
}

defineMailModels();
defineModels([Position]);

const arch = `
    <list js_class="fx_net_position_list">
        <field name="code"/>
        <field name="rate" column_invisible="True"/>
        <field name="amount_company" sum="Total"/>
        <field name="one_percent" sum="Total"/>
    </list>`;
const open = (groupBy) => mountView({ resModel: "position", type: "list", arch, groupBy });
const totals = () => queryAllTexts("tfoot td.o_list_number");

test("17.25: currencies add up in company currency", async () => {
    await open(["code"]);
    expect(totals()).toEqual(["5,500.00", "-55.00"]);
});

test("17.25: no total where a rate is missing", async () => {
    Position._records[2].rate = 0;
    Position._records[2].amount_company = 0;
    await open([]);
    expect(totals()).toEqual(["–", "–"]);
});

test("17.25: nor over groups one of which has none", async () => {
    onRpc("web_read_group", ({ parent }) => {
        const answer = parent();
        const [group] = answer.groups;
        group["amount_company:sum"] = false;
        return answer;
    });
    await open(["code"]);
    expect(totals()).toEqual(["–", "-55.00"]);
});

test("17.25: all rows are on one page", async () => {
    for (let id = 4; id <= 100; id++) {
        Position._records.push({ id, code: "USD", rate: 0.14, amount_company: 1 });
    }
    await open([]);
    expect(".o_data_row").toHaveCount(100); // of which Odoo's own page has 80
});
