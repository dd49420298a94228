import { registry } from "@web/core/registry";

// Finance makes everybody's statements of last week, and verifies them in one click.
registry.category("web_tour.tours").add("multicurrency_crm_statements", {
    steps: () => [
        {
            content: "Nothing is made yet, and the page says what to do",
            trigger: ".o_view_nocontent:contains('No statement to show')",
        },
        {
            trigger: ".o_menu_sections button:contains('Period End')",
            run: "click",
        },
        {
            trigger:
                ".o-dropdown--menu [data-menu-xmlid='multicurrency_crm.menu_customer_statement_make']",
            run: "click",
        },
        {
            content: "The dialog says what will happen",
            trigger: ".modal .o_field_widget[name='plan']:contains('held against the ledger')",
        },
        {
            trigger: ".modal button[name='action_make']",
            run: "click",
        },
        {
            content: "What it made is there, to verify",
            trigger: ".o_breadcrumb:contains('Statements to')",
        },
        {
            trigger: ".o_data_row:contains('Buyer') td[name='state']:contains('Draft')",
        },
        {
            trigger: "button[name='action_verify_tied']",
            run: "click",
        },
        {
            trigger: ".o_notification:contains('Statements verified: 2')",
        },
        {
            trigger: ".o_data_row:contains('Buyer') td[name='state']:contains('Verified')",
        },
        {
            trigger: ".o_data_row:contains('Buyer') td[name='partner_id']",
            run: "click",
        },
        {
            content: "A row a currency, from opening to closing",
            trigger: ".o_statement_moves tr[data-currency='USD']:contains('1,100.00')",
        },
        {
            trigger: ".o_statement_ages tr[data-currency='GBP']:contains('90.00')",
        },
        {
            trigger: ".o_statement_books tfoot:contains('1,100.00')",
        },
        {
            trigger: "button[name='action_make_again']",
            run: "click",
        },
        {
            trigger: ".o_notification:contains('Nothing changed')",
        },
        {
            trigger: "button[name='action_open_lines']",
            run: "click",
        },
        {
            content: "Each currency on its own, and no total over both",
            trigger: ".o_list_view .o_group_header:contains('GBP')",
        },
        {
            trigger: ".o_list_footer td:contains('–')",
        },
    ],
});

// A late entry: the statement is made again, and the new one opens in its place.
registry.category("web_tour.tours").add("multicurrency_crm_statements_again", {
    steps: () => [
        {
            trigger: "button[name='action_make_again']",
            run: "click",
        },
        {
            content: "The new one says what changed",
            trigger: ".alert[name='changes']:contains('is new: 55.00 USD open')",
        },
        {
            trigger: ".o_statement_moves tr[data-currency='USD']:contains('1,155.00')",
        },
        {
            trigger: "button[name='action_verify']",
            run: "click",
        },
        {
            trigger: ".o_statusbar_status .o_arrow_button_current:contains('Verified')",
        },
    ],
});
