import comboUtils from "@sale/js/tours/combo_configurator_tour_utils";
import configuratorUtils from "@sale/js/tours/product_configurator_tour_utils";
import tourUtils from "@sale/js/tours/tour_utils";
import { registry } from "@web/core/registry";

// The dialogs of a locked order show prices at the locked rate: 100, 200 and 300 dollars.
registry.category("web_tour.tours").add("multicurrency_crm_configurator_prices", {
    steps: () => [
        ...tourUtils.addProduct("Harbour Valve", 2),
        {
            content: "The product at the locked rate",
            trigger:
                ".modal table.o_sale_product_configurator_table tr:contains('Harbour Valve'):contains('200.00')",
        },
        {
            content: "and the one offered with it",
            trigger:
                ".modal table.o_sale_product_configurator_table_optional tr:contains('Harbour Pump'):contains('100.00')",
        },
        configuratorUtils.increaseProductQuantity("Harbour Valve"),
        {
            content: "Asked again, the server says the same",
            trigger: ".modal:contains('Total: $ 400.00')",
        },
        configuratorUtils.addOptionalProduct("Harbour Pump"),
        ...configuratorUtils.saveConfigurator(),
        ...tourUtils.clickSomewhereElse(),
        ...tourUtils.addProduct("Harbour Set", 4),
        {
            content: "A combo at the locked rate",
            trigger: ".sale-combo-configurator-dialog:contains('300.00')",
        },
        {
            content: "with an extra price at that rate",
            trigger: `${comboUtils.comboItemSelector("Harbour Pump")}:contains('10.00')`,
        },
        comboUtils.selectComboItem("Harbour Pump"),
        ...comboUtils.saveConfigurator(),
        ...tourUtils.clickSomewhereElse(),
        {
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            trigger: ".o_form_saved",
        },
    ],
});
