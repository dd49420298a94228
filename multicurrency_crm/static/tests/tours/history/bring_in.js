import { registry } from "@web/core/registry";

// A list of open items with a row that is wrong: mended, checked, compared with what the
// old system shows, published, taken back. The same steps on a phone.
const HEAD = "Customer,Invoice No,Due Date,Currency,Open Amount";
const GOOD = "Atacama Minerals,AM-1,2026-07-31,USD,1000.00";

function load(name, ...rows) {
    const file = new File([[HEAD, ...rows].join("\n")], name, { type: "text/csv" });
    const transfer = new DataTransfer();
    transfer.items.add(file);
    const input = document.querySelector(".o_field_widget[name='file'] input[type='file']");
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
}

const hasFile = (name) => ({
    content: `${name} is loaded`,
    trigger: `.o_field_widget[name='file']:contains('${name}'), .o_field_widget[name='file'] input:value('${name}')`,
});

const press = (name) => ({
    trigger: `.o_statusbar_buttons button[name='${name}']`,
    run: "click",
});

const isAt = (state) => ({ trigger: `.o_arrow_button_current:contains('${state}')` });

/** What is expected of a person is said above the form. */
const reads = (text) => ({
    content: `It says: ${text}`,
    trigger: `.alert .o_field_widget[name='next_step']:contains('${text}')`,
});

const answer = (text = "") => ({
    trigger: `.modal${text && `:contains('${text}')`} .modal-footer .btn-primary`,
    run: "click",
});

/** From a new import to one with an error, to the rows and back. */
const upToTheError = (rows) => [
    {
        trigger: ".o_list_button_add, .o-kanban-button-new",
        run: "click",
    },
    reads("Choose the spreadsheet"),
    {
        content: "Or a template to start from",
        trigger: "div[name='templates'] a[href*='kind=items']",
    },
    {
        content: "A file, of which one currency is misspelt",
        trigger: ".o_field_widget[name='file']",
        run: () => load("old.csv", GOOD, "Atacama Minerals,AM-2,2026-08-15,UDS,250.50"),
    },
    hasFile("old.csv"),
    press("action_read"),
    reads("Look at the opening date"),
    press("action_dry_run"),
    reads("Rows with errors: 1"),
    {
        content: "One of two rows can't come in: its figure opens it",
        trigger: "div[name='counts'] button:contains('Errors'):contains('1')",
        run: "click",
    },
    ...rows,
];

const mended = [
    {
        content: "The mended file",
        trigger: ".o_field_widget[name='file']",
        run: () => load("mended.csv", GOOD, "Atacama Minerals,AM-2,2026-08-15,USD,250.50"),
    },
    hasFile("mended.csv"),
    reads("Read the file"),
    {
        content: "Rows to Mend were those of the file before",
        trigger: ".o_statusbar_buttons:not(:has(button[name='action_download_rows']))",
    },
    press("action_read"),
    reads("Look at the opening date"),
    press("action_dry_run"),
    {
        trigger: "div[name='counts'] button:contains('To Create'):contains('2')",
    },
    reads("Enter below what the old system shows"),
];

const published = [
    press("action_ask_publish"),
    answer("1,250.50 USD"),
    reads("Published rows: 2"),
];

const columns = [
    {
        content: "It knows what its columns are",
        trigger:
            ".o_field_widget[name='column_ids'] .o_data_row:contains('Invoice No'):contains('Document Number')",
    },
    {
        trigger: ".o_field_widget[name='date'] input, .o_field_widget[name='date'] button",
        run: "click",
    },
    {
        trigger: ".o_field_widget[name='date'] input",
        run: "edit 06/30/2026",
    },
];

/** Put steps behind the one that says that the file is read. */
function withColumns(steps) {
    const at = steps.findIndex((step) => step.trigger.includes("action_dry_run"));
    return [...steps.slice(0, at), ...columns, ...steps.slice(at)];
}

registry.category("web_tour.tours").add("multicurrency_crm_bring_in", {
    steps: () => [
        ...withColumns(
            upToTheError([
                {
                    content: "It says which one, and why",
                    trigger: ".o_data_row td[name='message']:contains('UDS')",
                },
                {
                    content: "What it says in the file is a click away",
                    trigger: ".o_data_row button:contains('View')",
                    run: "click",
                },
                {
                    trigger: ".o_field_widget[name='cells'] li:contains('Invoice No: AM-2')",
                },
                {
                    trigger: ".o_breadcrumb .breadcrumb-item:contains('old.csv') a",
                    run: "click",
                },
            ])
        ),
        ...mended,
        {
            content: "What was found, by currency",
            trigger:
                ".o_field_widget[name='total_ids'] .o_data_row td[name='found']:contains('1,250.50')",
        },
        {
            content: "What the old system shows",
            trigger: ".o_field_widget[name='total_ids'] .o_data_row td[name='typed']",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name='total_ids'] td[name='typed'] input",
            run: "edit 1000.00",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        reads("What was found differs"),
        {
            content: "The row that makes it is named",
            trigger:
                ".o_field_widget[name='total_ids'] .o_data_row td[name='suspects']:contains('3')",
        },
        {
            trigger: ".o_field_widget[name='total_ids'] .o_data_row td[name='typed']",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name='total_ids'] td[name='typed'] input",
            run: "edit 1250.50",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        reads("Everything fits"),
        ...published,
    ],
});

registry.category("web_tour.tours").add("multicurrency_crm_bring_in_phone", {
    steps: () => [
        ...upToTheError([
            {
                content: "It says which one, and why",
                trigger: ".o_kanban_record:contains('UDS') div.fw-bold",
                run: "click",
            },
            {
                trigger: ".o_field_widget[name='cells'] li:contains('Invoice No: AM-2')",
            },
            {
                trigger: ".o_back_button, .o_breadcrumb .o_back_button",
                run: "click",
            },
            {
                trigger: ".o_kanban_record:contains('UDS')",
            },
            {
                trigger: ".o_back_button, .o_breadcrumb .o_back_button",
                run: "click",
            },
            {
                content: "Columns are cards here",
                trigger:
                    ".o_field_widget[name='column_ids'] .o_kanban_record:contains('Invoice No'):contains('Document Number')",
            },
        ]),
        ...mended,
        {
            content: "What was found is typed as what the old system shows",
            trigger: ".o_field_widget[name='total_ids'] .o_kanban_record:contains('1,250.50')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='typed'] input",
            run: "edit 1250.50",
        },
        {
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        reads("Everything fits"),
        ...published,
    ],
});

registry.category("web_tour.tours").add("multicurrency_crm_take_back", {
    steps: () => [
        {
            trigger: ".o_data_row:contains('mended.csv') td[name='file_name']",
            run: "click",
        },
        press("action_ask_undo"),
        answer(),
        isAt("Taken Back"),
    ],
});

registry.category("web_tour.tours").add("multicurrency_crm_bring_in_zh", {
    steps: () => [
        {
            content: "模板",
            trigger: ".o_cp_action_menus .dropdown-toggle, .o_control_panel .o_cp_action_menus button",
            run: "click",
        },
        {
            trigger: "a.o_import_template[href*='kind=items']",
        },
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: "div[name='templates'] a[href*='kind=balances']",
        },
        {
            trigger: ".o_field_widget[name='file']",
            run: () => {
                const rows = ["客户,单据编号,到期日,币别,原币余额", "Atacama Minerals,AM-1,2026年7月31日,美元,\"1,000.00\""];
                const file = new File([rows.join("\n")], "应收.csv", { type: "text/csv" });
                const transfer = new DataTransfer();
                transfer.items.add(file);
                const input = document.querySelector(
                    ".o_field_widget[name='file'] input[type='file']"
                );
                input.files = transfer.files;
                input.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        hasFile("应收.csv"),
        press("action_read"),
        {
            trigger: ".o_field_widget[name='column_ids'] .o_data_row:contains('原币余额')",
        },
        press("action_dry_run"),
        {
            trigger: "div[name='counts'] button:contains('1')",
        },
        press("action_ask_publish"),
        answer("1,000.00"),
        {
            trigger: ".o_statusbar_buttons button[name='action_ask_undo']",
        },
    ],
});

registry.category("web_tour.tours").add("multicurrency_crm_import_progress", {
    steps: () => [
        {
            content: "How far it came, without a click",
            trigger: ".o_field_import_progress:contains('500 of 1,000 rows')",
        },
        {
            content: "It shows by itself that it is checked",
            trigger: ".o_arrow_button_current:contains('Checked')",
        },
        {
            trigger: "div[name='counts'] button:contains('To Create'):contains('1,000')",
        },
    ],
});
