import { registry } from "@web/core/registry";

// An order over its customer's limit: the seller is stopped, and asks.
registry.category("web_tour.tours").add("multicurrency_crm_credit_ask", {
    steps: () => [
        {
            content: "The banner says why, and tells a seller no figure",
            trigger:
                ".alert-warning:contains('over the limit'):not(:contains('over the limit of'))",
        },
        {
            trigger: "button[name='action_confirm']",
            run: "click",
        },
        {
            content: "A sentence, and nothing is written",
            trigger: ".modal:contains('Request an approval')",
        },
        {
            content: "which offers what it names",
            trigger: ".modal .btn[data-offer='action_request_credit_review']",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_form_view:contains('A credit manager is asked')",
        },
        {
            content: "The request is told on the order",
            trigger: ".o-mail-Message:contains('Credit approval requested')",
        },
    ],
});

// The credit manager sees what is asked, and approves.
registry.category("web_tour.tours").add("multicurrency_crm_credit_decide", {
    steps: () => [
        {
            trigger: ".o_field_widget[name='reasons_in_full']:contains('is over the limit of')",
        },
        {
            content: "The exposure, by currency",
            trigger: ".o_credit_exposure:contains('USD')",
        },
        {
            content: "and the scorecard",
            trigger: ".o_credit_factor[data-factor='lateness']",
        },
        {
            trigger: "button[name='action_approve']",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Approved')",
        },
    ],
});

// Approved, it is confirmed.
registry.category("web_tour.tours").add("multicurrency_crm_credit_confirm", {
    steps: () => [
        {
            trigger: ".o_field_widget[name='credit_check_state']:contains('Approved')",
        },
        {
            content: "Nothing warns any longer",
            trigger: ".o_form_view:not(:has(.alert-warning:contains('over the limit')))",
        },
        {
            trigger: "button[name='action_confirm']",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Sales Order')",
        },
    ],
});

// The customer's credit tab: figures, bars, history.
registry.category("web_tour.tours").add("multicurrency_crm_credit_tab", {
    steps: () => [
        {
            trigger: ".o_notebook .nav-link:contains('Credit')",
            run: "click",
        },
        {
            trigger: "button[name='action_assess_credit']",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name='credit_grade'] .badge",
        },
        {
            trigger: ".o_credit_factor[data-factor='limit_use'] .progress-bar",
        },
        {
            trigger: ".o_credit_history canvas",
        },
    ],
});
