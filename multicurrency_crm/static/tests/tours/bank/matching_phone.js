import { registry } from "@web/core/registry";

/** Refuse what stands beside the screen. */
function checkOnScreen({ anchor }) {
    const { left, right } = anchor.getBoundingClientRect();
    if (left < 0 || right > window.innerWidth + 1 || right - left < 20) {
        throw new Error(`From ${left} to ${right} of ${window.innerWidth}: ${anchor.outerHTML}`);
    }
}

// Finance matches a receipt on a phone, and undoes it: what is open, what it pays and the
// buttons are on the screen.
registry.category("web_tour.tours").add("multicurrency_crm_match_receipt_phone", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains('NORTHWIND')",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='line_ids'] th[data-name='residual']",
            run: checkOnScreen,
        },
        {
            trigger: ".modal .o_field_widget[name='line_ids'] .o_data_row td[name='residual']:contains('10,000.00 USD')",
            run: checkOnScreen,
        },
        {
            trigger: ".modal .o_field_widget[name='line_ids'] .o_data_row td[name='amount']",
            run: checkOnScreen,
        },
        {
            content: "No more than came in",
            trigger: ".modal .o_field_widget[name='difference']:contains('25.00 USD')",
        },
        {
            trigger: ".modal .o_field_widget[name='write_off'] input",
            run: "click",
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

registry.category("web_tour.tours").add("multicurrency_crm_undo_match_phone", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains('Northwind') [name='amount']:contains('9,975.00 USD')",
            run: checkOnScreen,
        },
        {
            trigger: ".o_kanban_record:contains('Northwind') button[name='action_undo']",
            run(helpers) {
                checkOnScreen(helpers);
                return helpers.click();
            },
        },
        {
            trigger: ".modal:contains('is taken back') .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_view_nocontent:contains('No receipt was matched')",
        },
    ],
});
