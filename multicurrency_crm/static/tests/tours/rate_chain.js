import { registry } from "@web/core/registry";

// A manager sees who has the company's currencies, leaves one source out, and creates
// the rest; nothing is fetched.
registry.category("web_tour.tours").add("multicurrency_crm_rate_chain", {
    url: "/odoo/rate-sources",
    steps: () => [
        {
            content: "Every source is listed, with what it has of ours",
            trigger: ".o_data_row:contains('European Central Bank'):contains('2 of 3')",
        },
        {
            trigger: "button:contains('Find Sources')",
            run: "click",
        },
        {
            content: "The official source comes first, and says why",
            trigger:
                ".o_data_row:eq(0):contains('China Foreign Exchange Trade System'):contains('The official source of China.')",
        },
        {
            content: "Leave the one out that stands in",
            trigger: ".o_data_row:eq(2):contains('Stands in') .o_boolean_toggle input",
            run: "click",
        },
        {
            content: "What hangs on one source alone is said",
            trigger: ".alert-warning:contains('Nobody stands in'):contains('VND')",
        },
        {
            trigger: "button[name='action_create_chain']",
            run: "click",
        },
        {
            trigger: ".o_breadcrumb:contains('Rate Providers')",
        },
        {
            content: "They wait for their Start, in their order",
            trigger:
                ".o_data_row:eq(0):contains('China Foreign Exchange') button[name='action_start']",
        },
        {
            trigger: ".o_data_row:eq(1):contains('Italia') button[name='action_start']",
        },
    ],
});
