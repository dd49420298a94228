import { registry } from "@web/core/registry";

// Finance stands by a statement, and sends it.
registry.category("web_tour.tours").add("multicurrency_crm_statement_send", {
    steps: () => [
        {
            trigger: "button[name='action_verify']",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Verified')",
        },
        {
            trigger: "button[name='action_send_now']",
            run: "click",
        },
        {
            content: "It went to the address of the invoices",
            trigger: ".o_field_widget[name='sent_to']:contains('accounts@buyer.example')",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Sent')",
        },
    ],
});

// The customer finds it on the portal, and confirms it.
registry.category("web_tour.tours").add("multicurrency_crm_statement_confirm", {
    steps: () => [
        {
            content: "The list, with what is open in each currency",
            trigger: ".o_portal_my_doc_table td:contains('812.22 USD')",
        },
        {
            trigger: ".o_portal_my_doc_table a[href^='/my/statements/']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_portal_statement:contains('Balance on 01/31/2026')",
        },
        {
            trigger: "button[name='confirm']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".alert-success:contains('Confirmed on')",
        },
        {
            content: "Answered, it can't be answered again",
            trigger: ".o_portal_statement:not(:has(#answer))",
        },
    ],
});

// Back at the company: who confirmed it.
registry.category("web_tour.tours").add("multicurrency_crm_statement_confirmed", {
    steps: () => [
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Confirmed')",
        },
        {
            trigger: ".o_field_widget[name='answer_name']:contains('Statement Customer')",
        },
        {
            trigger: "button[name='action_reopen']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='reason'] input",
            run: "edit They telephoned: a payment is missing",
        },
        {
            trigger: ".modal button[name='action_apply']:visible",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_statusbar_status .o_arrow_button_current:contains('Sent')",
        },
        {
            trigger: ".o-mail-Message:contains('a payment is missing')",
        },
    ],
});
