import { registry } from "@web/core/registry";

// Finance begins a run, reads what it would do, prepares and looks at its letters, and sends them.
registry.category("web_tour.tours").add("multicurrency_crm_collection_run", {
    steps: () => [
        {
            trigger: ".o_menu_sections button:contains('Getting Paid')",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu [data-menu-xmlid='multicurrency_crm.menu_collection_run']",
            run: "click",
        },
        {
            trigger: ".o_control_panel button[name='action_begin']",
            run: "click",
        },
        {
            content: "What it would do, before anything is prepared",
            trigger: ".o_field_widget[name='simulation_text']:contains('500.00 USD open')",
        },
        {
            trigger: "button[name='action_prepare']",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains('Prepared')",
        },
        {
            trigger: ".o_statusbar_buttons button[name='action_open_letters']",
            run: "click",
        },
        {
            trigger: ".o_group_header:contains('Skipped')",
        },
        {
            trigger: ".o_group_header:contains('Draft')",
        },
        {
            trigger: ".o_data_row:contains('Buyer') td[name='partner_id']",
            run: "click",
        },
        {
            content: "What is open of its items",
            trigger: ".o_field_widget[name='line_ids'] td[name='residual']:contains('500.00 USD')",
        },
        {
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item.o_back_button a",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_group_header:contains('Draft')",
        },
        {
            trigger: ".breadcrumb-item a:contains('Quay Trading'), .o_back_button a:contains('Quay Trading')",
            run: "click",
        },
        {
            trigger: "button[name='action_ask_send']",
            run: "click",
        },
        {
            trigger: ".modal:contains('Letters to be sent: 1') .btn-primary",
            run: "click",
        },
        {
            trigger: ".o_arrow_button_current:contains('Sent')",
        },
    ],
});
