import { registry } from "@web/core/registry";

// An order is paid by a plan: its deposit is invoiced, its bill of lading ticked.
registry.category("web_tour.tours").add("multicurrency_crm_payment_plan", {
    steps: () => [
        {
            content: "The instalments of the order",
            trigger: ".o_notebook_headers a[name='payment_plan']",
            run: "click",
        },
        {
            content: "What is due since the order is confirmed",
            trigger: ".o_field_widget[name='payment_plan_ids'] .o_data_row:contains('3,000.00 USD') td[name='state']:contains('Due')",
        },
        {
            trigger: ".o_field_widget[name='payment_plan_ids'] .o_data_row:contains('3,000.00 USD') button[name='action_invoice_deposit']",
            run: "click",
        },
        {
            content: "A draft over the deposit, to the cent",
            trigger: ".o_form_view:has(.o_field_widget[name='invoice_line_ids']) .oe_subtotal_footer:contains('3,000.00')",
        },
        {
            trigger: ".o_breadcrumb .o_back_button a, .breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            trigger: ".o_notebook_headers a[name='payment_plan']",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name='payment_plan_ids'] .o_data_row:contains('7,000.00 USD') button[name='action_tick']",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name='attachment_ids'] input[type='file']",
            async run() {
                const input = this.anchor;
                const data = new DataTransfer();
                data.items.add(new File(["Bill of lading"], "bl.txt", { type: "text/plain" }));
                input.files = data.files;
                input.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        {
            trigger: ".modal .o_field_widget[name='attachment_ids']:contains('bl.txt')",
        },
        {
            trigger: ".modal button[name='action_apply']",
            run: "click",
        },
        {
            content: "It is due from now on",
            trigger: ".o_field_widget[name='payment_plan_ids'] .o_data_row:contains('7,000.00 USD') td[name='state']:contains('Due')",
        },
    ],
});

// Whoever looks at all plans finds what is left to come in.
registry.category("web_tour.tours").add("multicurrency_crm_payment_plan_rest", {
    steps: () => [
        {
            trigger: ".o_data_row:contains('Customer') td[name='open']:contains('7,000.00 USD')",
        },
        {
            trigger: ".o_data_row:contains('7,000.00 USD') td[name='state']:contains('Due')",
        },
        {
            content: "The deposit is received, and no longer waited for",
            trigger: ".o_list_view:not(:contains('3,000.00 USD'))",
        },
    ],
});
