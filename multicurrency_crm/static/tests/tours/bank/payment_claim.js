import { registry } from "@web/core/registry";

// A salesperson recognises a customer's money, and says which invoice it pays.
registry.category("web_tour.tours").add("multicurrency_crm_payment_claim", {
    steps: () => [
        {
            content: "What came in, and nothing else of the bank",
            trigger: ".o_data_row:contains('HARBOUR LTD') td[name='amount']:contains('1,100.00 USD')",
        },
        {
            trigger: ".o_data_row:contains('HARBOUR LTD') button[name='action_claim']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='partner_id'] input",
            run: "edit Buyer",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Buyer')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='move_ids'] .o_field_x2many_list_row_add a",
            run: "click",
        },
        {
            content: "Open invoices of that customer in dollars",
            trigger: ".modal .o_data_row:has(td[name='amount_residual']:contains('550.00 USD')) td[name='name']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='open_total']:contains('550.00')",
        },
        {
            trigger: ".modal .o_field_widget[name='note'] input",
            run: "edit The customer mailed the slip",
        },
        {
            trigger: ".modal button[name='action_apply']",
            run: "click",
        },
        {
            trigger: ".o_notification:contains('finance is asked') .bg-success",
        },
        {
            trigger: ".o_data_row:contains('HARBOUR LTD') td[name='claim_status']:contains('Claimed by Me')",
        },
        {
            trigger: "button[name='action_open_claims']",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('Buyer') td[name='state']:contains('Claimed')",
        },
    ],
});

// Finance reads what it would book, and confirms it.
registry.category("web_tour.tours").add("multicurrency_crm_payment_claim_confirm", {
    steps: () => [
        {
            trigger: ".o_menu_sections button:contains('Money')",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu [data-menu-xmlid='multicurrency_crm.menu_payment_claim']",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('Buyer') td[name='partner_id']",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name='note']:contains('mailed the slip')",
        },
        {
            trigger: "button[name='action_approve']",
            run: "click",
        },
        {
            content: "It says what was matched",
            trigger: ".o_form_view .o_field_widget[name='outcome']:contains('550.00 USD is the customer')",
        },
        {
            trigger: ".o_arrow_button_current:contains('Confirmed')",
        },
    ],
});
