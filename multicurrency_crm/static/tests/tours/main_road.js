import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const quote = (customer, price) => [
    {
        content: "A quotation for it",
        trigger: ".o_menu_sections button:contains('Customers')",
        run: "click",
    },
    {
        trigger: ".dropdown-item[data-menu-xmlid='multicurrency_crm.menu_quotations']",
        run: "click",
    },
    {
        trigger: ".o_sale_order",
    },
    {
        trigger: ".o_list_button_add",
        run: "click",
    },
    {
        trigger: ".o_field_widget[name='partner_id'] input",
        run: `edit ${customer}`,
    },
    {
        trigger: `.ui-menu-item > a:contains('${customer}')`,
        run: "click",
    },
    {
        content: "starts in the customer's currency",
        trigger: ".o_field_widget[name='currency_id'] input:value(USD)",
    },
    {
        trigger: ".o_field_x2many_list_row_add > a",
        run: "click",
    },
    {
        trigger:
            ".o_field_widget[name='product_id'] input, .o_field_widget[name='product_template_id'] input",
        run: "edit Tour Pump",
    },
    {
        trigger: ".ui-menu-item > a:contains('Tour Pump')",
        run: "click",
    },
    {
        content: "with the price converted",
        trigger: `.o_selected_row .o_field_widget[name='price_unit'] input:value(${price})`,
    },
    ...stepUtils.saveForm(),
];

const orderAndBill = () => [
    {
        trigger: "button[name='action_confirm']",
        run: "click",
    },
    {
        trigger: ".o_statusbar_status .o_arrow_button_current:contains('Sales Order')",
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
        content: "The invoice carries the lock",
        trigger: ".o_form_view:has(.o_field_widget[name='invoice_line_ids']) .alert[name='rate_locked']",
    },
    {
        trigger: "button[name='action_post']",
        run: "click",
    },
    {
        trigger: ".o_statusbar_status .o_arrow_button_current:contains('Posted')",
    },
];

// The main road: a customer gets a currency, a quotation in it has its rate locked,
// becomes an order and a posted invoice that carries the lock.
registry.category("web_tour.tours").add("multicurrency_crm_main_road", {
    url: "/odoo/currency-customers",
    steps: () => [
        {
            content: "A new customer",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            trigger: ".o_field_widget[name='name'] textarea, .o_field_widget[name='name'] input",
            run: "edit Tour Trading",
        },
        {
            trigger: ".o_notebook .nav-link[name='currencies']",
            run: "click",
        },
        {
            content: "It trades in dollars",
            trigger: ".o_field_widget[name='preferred_currency_id'] input",
            run: "edit USD",
        },
        {
            trigger: ".ui-menu-item > a:contains('USD')",
            run: "click",
        },
        ...stepUtils.saveForm(),
        ...quote("Tour Trading", "140.00"),
        {
            trigger: "button[name='action_open_lock_rate']",
            run: "click",
        },
        {
            content: "Today's rate, and what becomes of the prices",
            trigger: ".modal .o_field_widget[name='pricing']",
        },
        {
            trigger: ".modal button[name='action_lock']",
            run: "click",
        },
        {
            content: "The banner says rate, source and end",
            trigger: ".alert[name='rate_locked']:contains('until')",
        },
        ...orderAndBill(),
    ],
});

// Likewise for a customer with whom a rate is agreed up to a cap.
registry.category("web_tour.tours").add("multicurrency_crm_agreed_road", {
    url: "/odoo/currency-customers",
    steps: () => [
        ...quote("Agreed Trading", "140.85"),
        {
            content: "The quotation took the agreement's rate",
            trigger: ".alert[name='rate_locked']:contains('1 USD = 7.1000 CNY')",
        },
        ...orderAndBill(),
    ],
});
