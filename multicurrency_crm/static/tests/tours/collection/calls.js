import { registry } from "@web/core/registry";

// Whom to call, and what it promised: then nobody calls it again today.
registry.category("web_tour.tours").add("multicurrency_crm_calls", {
    steps: () => [
        {
            content: "What is overdue, in its own currency",
            trigger: ".o_data_row:contains('Buyer') td[name='overdue']:contains('700.00 USD')",
        },
        {
            trigger: ".o_data_row:contains('700.00 USD') button[name='action_call']",
            run: "click",
        },
        {
            content: "What it owes in every currency",
            trigger: ".modal .o_field_widget[name='overdue_text']:contains('90.00 GBP · 700.00 USD')",
        },
        {
            trigger: ".modal .o_field_widget[name='outcome'] .o_radio_item:contains('Promised to Pay') input",
            run: "click",
        },
        {
            content: "All that is overdue is proposed",
            trigger: ".modal .o_field_widget[name='amount'] input:value('700.00')",
        },
        {
            trigger: ".modal .o_field_widget[name='date_promised'] input, .modal .o_field_widget[name='date_promised'] button",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='date_promised'] input",
            run: "edit 03/06/2026",
        },
        {
            trigger: ".modal .o_field_widget[name='note'] textarea",
            run: "edit With the Friday run",
        },
        {
            content: "The day after is proposed to look after it",
            trigger: ".modal .o_field_widget[name='next_date']:contains('Mar 7'), .modal .o_field_widget[name='next_date'] input:value('03/07/2026')",
        },
        {
            trigger: ".modal button[name='action_apply']",
            run: "click",
        },
        {
            content: "Neither its dollars nor its pounds are asked for today",
            trigger: "body:not(:has(.modal)) .o_view_nocontent",
        },
    ],
});
