import { registry } from "@web/core/registry";

// A user looks at dollars, turns the direction round, and at a currency whose newest
// rate is older than the period.
registry.category("web_tour.tours").add("multicurrency_crm_rate_chart", {
    url: "/odoo/rate-chart",
    steps: () => [
        {
            trigger: ".o_fx_rate_chart_currency",
            run: "selectByLabel USD",
        },
        {
            content: "Newest rate, as people read it",
            trigger: ".o_fx_rate_chart_figures dd:contains('1 USD ≈ 7.1225 CNY')",
        },
        {
            trigger: ".o_fx_rate_chart canvas",
        },
        {
            content: "Turn it round",
            trigger: ".o_fx_rate_chart button:contains('1 CNY = … USD')",
            run: "click",
        },
        {
            trigger: ".o_fx_rate_chart_figures dd:contains('1 CNY = 0.14040 USD')",
        },
        {
            trigger: ".o_fx_rate_chart button[data-days='30']",
            run: "click",
        },
        {
            trigger: ".o_fx_rate_chart_currency",
            run: "selectByLabel JPY",
        },
        {
            content: "An empty period says why, and what to do",
            trigger: ".o_fx_rate_chart .o_nocontent_help:contains('No rate of JPY in this period')",
        },
        {
            trigger: ".o_nocontent_help button:contains('Show all')",
            run: "click",
        },
        {
            trigger: ".o_fx_rate_chart_figures dd:contains('1 CNY = 21.000 JPY')",
        },
    ],
});
