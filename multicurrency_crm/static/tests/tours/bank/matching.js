import { registry } from "@web/core/registry";

// Finance matches a receipt from which the bank has kept its charges, and undoes it.
registry.category("web_tour.tours").add("multicurrency_crm_match_receipt", {
    steps: () => [
        {
            trigger: ".o_menu_sections button:contains('Money')",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu [data-menu-xmlid='multicurrency_crm.menu_bank_receipt']",
            run: "click",
        },
        {
            content: "A row says what came in, with the code of its currency",
            trigger: ".o_data_row:contains('NORTHWIND') td[name='amount']:contains('9,975.00 USD')",
        },
        {
            trigger: ".o_data_row:contains('NORTHWIND') button[name='action_match']",
            run: "click",
        },
        {
            content: "What stands out is filled in, and says why",
            trigger: ".modal .o_field_widget[name='reasons']:contains('the text has its number')",
        },
        {
            trigger: ".modal .o_field_widget[name='difference']:contains('25.00 USD')",
        },
        {
            content: "Charges are written off by a click only",
            trigger: ".modal .o_field_widget[name='write_off'] input:not(:checked)",
            run: "click",
        },
        {
            trigger: ".modal button[name='action_match']",
            run: "click",
        },
        {
            content: "Nothing is left to match",
            trigger: ".o_view_nocontent:contains('Every receipt is matched')",
        },
        {
            trigger: ".o_menu_sections button:contains('Money')",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu [data-menu-xmlid='multicurrency_crm.menu_bank_match']",
            run: "click",
        },
        {
            trigger: ".o_data_row:contains('Northwind') td[name='charges']:contains('25.00 USD')",
        },
        {
            trigger: ".o_data_row:contains('Northwind') button[name='action_undo']",
            run: "click",
        },
        {
            trigger: ".modal:contains('is taken back') .btn-primary",
            run: "click",
        },
        {
            content: "The list shows what is matched",
            trigger: ".o_view_nocontent:contains('No receipt was matched')",
        },
    ],
});

// Finance chooses the customer by hand, and takes what is proposed then.
registry.category("web_tour.tours").add("multicurrency_crm_match_by_hand", {
    steps: () => [
        {
            trigger: ".o_data_row:contains('UNKNOWN REMITTER') button[name='action_match']",
            run: "click",
        },
        {
            content: "Nobody is named: nobody is filled in",
            trigger: ".modal .o_field_widget[name='partner_id'] input",
            run() {
                if (this.anchor.value) {
                    throw new Error(`${this.anchor.value} was filled in`);
                }
            },
        },
        {
            trigger: ".modal .o_field_widget[name='partner_id'] input",
            run: "edit Northwind",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Northwind')",
            run: "click",
        },
        {
            content: "What is proposed of this customer says that somebody chose it",
            trigger: ".modal td[name='reasons']:contains('the customer was chosen')",
        },
        {
            trigger: ".modal td[name='take']:first input",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='settled']:contains('10,000.00 USD')",
        },
        {
            trigger: ".modal button[name='action_match']",
            run: "click",
        },
        {
            trigger: ".o_view_nocontent:contains('Every receipt is matched')",
        },
    ],
});
