import { registry } from "@web/core/registry";

// The life of a locked rate: lock, read until when it holds, confirm, invoice, refund.
registry.category("web_tour.tours").add("multicurrency_crm_rate_lock", {
    steps: () => [
        {
            content: "Not locked yet",
            trigger: ".o_form_view:not(:has(.alert[name='rate_locked']))",
        },
        {
            trigger: "button[name='action_open_lock_rate']",
            run: "click",
        },
        {
            content: "The dialog says at which rate, and until when",
            trigger: ".modal .o_field_widget[name='date_end']",
        },
        {
            trigger: ".modal button[name='action_lock']",
            run: "click",
        },
        {
            content: "The banner says the rate",
            trigger: ".alert[name='rate_locked']:contains('1 USD = 7.1234 CNY')",
        },
        {
            content: "and until when it holds",
            trigger: ".alert[name='rate_locked']:contains('until')",
        },
        {
            trigger: "button[name='action_confirm']",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Sales Order')",
        },
        {
            content: "The order keeps it",
            trigger: ".alert[name='rate_locked']:contains('1 USD = 7.1234 CNY')",
        },
        {
            trigger: "button[id='create_invoice']",
            run: "click",
        },
        {
            trigger: ".modal button[id='create_invoice_open']",
            run: "click",
        },
        {
            content: "The invoice carries it",
            trigger:
                ".o_form_view:has(.o_field_widget[name='invoice_line_ids']) .alert[name='rate_locked']:contains('7.1234')",
        },
        {
            trigger: "button[name='action_post']",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Posted')",
        },
        {
            trigger: "button[name='action_reverse']",
            run: "click",
        },
        {
            trigger: ".modal button[name='refund_moves']",
            run: "click",
        },
        {
            content: "and so does its credit note",
            trigger:
                ".o_form_view:has(.o_statusbar_status .o_arrow_button_current:contains('Draft')) .alert[name='rate_locked']:contains('7.1234')",
        },
        {
            trigger: "button[name='action_post']",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Posted')",
        },
    ],
});

// A quotation over the cap of its agreement: who is refused asks in the same dialog.
registry.category("web_tour.tours").add("multicurrency_crm_overdraw_ask", {
    steps: () => [
        {
            trigger: "button[name='action_confirm']",
            run: "click",
        },
        {
            content: "The refusal offers what it names",
            trigger: ".modal:contains('is left') .btn[data-offer='action_open_overdraw']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='reason'] :is(input, textarea)",
            run: "edit The last of the season",
        },
        {
            trigger: ".modal button[name='action_apply']",
            run: "click",
        },
        {
            content: "The order says what is asked",
            trigger: "body:not(:has(.modal)) .o_form_view .alert[name='lock_asked_note']:contains('up to')",
        },
    ],
});
