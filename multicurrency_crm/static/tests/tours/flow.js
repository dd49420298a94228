import { registry } from "@web/core/registry";

// Finance looks at a week, opens what is behind a figure, and verifies the week.
registry.category("web_tour.tours").add("multicurrency_crm_flow", {
    steps: () => [
        {
            content: "A row a currency, added up from left to right",
            trigger: ".o_flow_table tr[data-currency='USD']:contains('10,500.00')",
        },
        {
            content: "The week before stands below each figure",
            trigger: ".o_flow_table .o_flow_before:contains('10,000.00')",
        },
        {
            trigger: ".o_flow_table button[data-figure='exchanged']:contains('-3,000.00')",
            run: "click",
        },
        {
            content: "The journal items behind it",
            trigger: ".o_list_view .o_data_row:contains('-3,000.00')",
        },
        {
            trigger: ".o_back_button",
            run: "click",
        },
        {
            trigger: ".o_notebook_headers a[name='values']",
            run: "click",
        },
        {
            trigger: ".o_flow_table tr[data-currency='USD']:contains('1 USD = 7')",
        },
        {
            trigger: ".o_notebook_headers a[name='ledger']",
            run: "click",
        },
        {
            trigger: ".o_flow_table button[data-figure='ledger']",
        },
        {
            trigger: "button[name='action_verify']",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Verified')",
        },
    ],
});

// An entry came late: the table stays, and says so.
registry.category("web_tour.tours").add("multicurrency_crm_flow_changed", {
    steps: () => [
        {
            trigger: "button[name='action_compare']",
            run: "click",
        },
        {
            trigger: ".alert[name='later']:contains('Invoiced')",
        },
        {
            content: "What was verified is what it was",
            trigger: ".o_flow_table tr[data-currency='USD']:contains('10,500.00')",
        },
    ],
});
