import { registry } from "@web/core/registry";

// Two figures are typed, the third follows; what will be booked is shown, then booked.
registry.category("web_tour.tours").add("multicurrency_crm_conversion", {
    steps: () => [
        {
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: "div[name='journal_from_id'] input",
            run: "edit Bank BUSD",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Bank BUSD')",
            run: "click",
        },
        {
            trigger: "div[name='journal_to_id'] input",
            run: "edit Bank",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains(/^Bank$/)",
            run: "click",
        },
        {
            trigger: "div[name='amount_from'] input",
            run: "edit 60000",
        },
        {
            trigger: "div[name='bank_rate'] input",
            run: "edit 7.18",
        },
        {
            trigger: "div[name='charges'] input",
            run: "edit 50 && press Tab",
        },
        {
            content: "The sentence, and the table of what will be booked",
            trigger: "div[name='summary']:contains('Sold 60,000.00 USD at 1 USD = 7.1800 CNY')",
        },
        {
            trigger: "div[name='preview'] td:contains('430,750.00 CNY')",
        },
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: "button[name='action_ask_post']",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Posted')",
        },
        {
            content: "What the bank's rate cost",
            trigger: "div[name='result']:contains('1,200.00')",
        },
        {
            trigger: "button[name='action_ask_cancel']",
            run: "click",
        },
        {
            trigger: ".modal:contains('same day') footer .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Cancelled')",
        },
    ],
});
