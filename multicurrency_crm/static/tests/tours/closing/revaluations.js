import { registry } from "@web/core/registry";

const CURRENT = ".o_statusbar_status .o_arrow_button_current";

// Finance revalues a month, posts it, reads what each item is worth, and takes it back.
registry.category("web_tour.tours").add("multicurrency_crm_revaluation", {
    steps: () => [
        {
            content: "Nothing was revalued yet, and the page says what to do",
            trigger: ".o_view_nocontent:contains('No period was revalued yet')",
        },
        {
            trigger: ".o_control_panel button:contains('Revalue')",
            run: "click",
        },
        {
            trigger: ".modal button[name='action_compute']",
            run: "click",
        },
        {
            content: "The run is open",
            trigger: `${CURRENT}:contains('Computed')`,
        },
        {
            content: "What would be booked",
            trigger: ".o_field_widget[name='delta']:contains('50.00')",
        },
        {
            trigger: "button[name='action_post']",
            run: "click",
        },
        {
            content: "Posted, and reversed the next day, which is over",
            trigger: `${CURRENT}:contains('Reversed')`,
        },
        {
            trigger: "button[name='action_open_lines']",
            run: "click",
        },
        {
            content: "Carried, the rate as people read it, and what it is worth",
            trigger: ".o_data_row:contains('7,100.00'):contains('7.1500 CNY'):contains('7,150.00')",
        },
        {
            trigger: ".breadcrumb-item.o_back_button, .o_back_button",
            run: "click",
        },
        {
            trigger: "button[name='action_ask_cancel']",
            run: "click",
        },
        {
            trigger: ".modal:contains('taken back on the same days')",
        },
        {
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            content: "Linked entries take back each of the two",
            trigger: `${CURRENT}:contains('Cancelled')`,
        },
        {
            trigger: "div[name='cancel_move_id']:contains('REV/'), .o_field_widget[name='cancel_move_id']:contains('REV/')",
        },
    ],
});
