import { registry } from "@web/core/registry";

// What stands in the way is said before anything is asked.
registry.category("web_tour.tours").add("multicurrency_crm_refused_first", {
    steps: () => [
        {
            trigger: "button[name='action_ask_activate']",
            run: "click",
        },
        {
            content: "What is wrong, and no question",
            trigger: ".modal:contains('is over already'):not(:contains('all the same'))",
        },
    ],
});

// A question, and on a yes the form shows what came of it.
registry.category("web_tour.tours").add("multicurrency_crm_asked_then", {
    steps: () => [
        {
            trigger: "button[name='action_ask_activate']",
            run: "click",
        },
        {
            trigger: ".modal:contains('No cap'):contains('all the same')",
        },
        {
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            content: "The form is read again",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Active')",
        },
    ],
});
