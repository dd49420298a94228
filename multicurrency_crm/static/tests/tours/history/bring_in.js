import { registry } from "@web/core/registry";

// A list of open items with a row that is wrong: mended, checked, published, taken back.
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

registry.category("web_tour.tours").add("multicurrency_crm_bring_in", {
    steps: () => [
        {
            trigger: ".o_list_button_add, .o-kanban-button-new",
            run: "click",
        },
        {
            content: "A file, of which one currency is misspelt",
            trigger: ".o_field_widget[name='file']",
            run: () => load("old.csv", GOOD, "Atacama Minerals,AM-2,2026-08-15,UDS,250.50"),
        },
        {
            trigger: ".o_field_widget[name='file']:contains('old.csv'), .o_field_widget[name='file'] input:value('old.csv')",
        },
        {
            trigger: ".o_field_widget[name='date'] input, .o_field_widget[name='date'] button",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name='date'] input",
            run: "edit 06/30/2026",
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_read']",
            run: "click",
        },
        {
            content: "It knows what its columns are",
            trigger: ".o_field_widget[name='column_ids'] .o_data_row:contains('Invoice No'):contains('Document Number')",
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_dry_run']",
            run: "click",
        },
        {
            content: "One of two rows can't come in",
            trigger: ".o_field_widget[name='error_count']:contains('1')",
        },
        {
            trigger: ".oe_stat_button[name='action_open_rows']",
            run: "click",
        },
        {
            content: "It says which one, and why",
            trigger: ".o_data_row td[name='message']:contains('UDS')",
        },
        {
            trigger: ".o_back_button a, a.o_back_button",
            run: "click",
        },
        {
            content: "The mended file",
            trigger: ".o_field_widget[name='file']",
            run: () => load("mended.csv", GOOD, "Atacama Minerals,AM-2,2026-08-15,USD,250.50"),
        },
        {
            trigger: ".o_field_widget[name='file']:contains('mended.csv'), .o_field_widget[name='file'] input:value('mended.csv')",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_read']",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains('Read')",
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_dry_run']",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name='create_count']:contains('2')",
        },
        {
            trigger: ".nav-link:contains('Totals')",
            run: "click",
        },
        {
            content: "What was found, by currency",
            trigger: ".o_field_widget[name='total_ids'] .o_data_row td[name='found']:contains('1,250.50')",
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_ask_publish']",
            run: "click",
        },
        {
            trigger: ".modal:contains('1,250.50 USD') .modal-footer .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains('Published')",
        },
    ],
});

registry.category("web_tour.tours").add("multicurrency_crm_take_back", {
    steps: () => [
        {
            trigger: ".o_data_row:contains('mended.csv') td[name='file_name']",
            run: "click",
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_ask_undo']",
            run: "click",
        },
        {
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains('Taken Back')",
        },
    ],
});
