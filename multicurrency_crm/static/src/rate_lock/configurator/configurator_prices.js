import {ComboConfiguratorDialog} from "@sale/js/combo_configurator_dialog/combo_configurator_dialog";
import {ProductConfiguratorDialog} from "@sale/js/product_configurator_dialog/product_configurator_dialog";
import {SaleOrderLineProductField} from "@sale/js/sale_product_field";
import {patch} from "@web/core/utils/patch";

// The dialogs know their order's currency and date only: told which order asks, the
// server converts list prices at the rate that its lines will have.

patch(SaleOrderLineProductField.prototype, {
    get fxOrder() {
        const order = this.props.record.model.root;
        if (order.resModel !== "sale.order") {
            return undefined;
        }
        return {id: order.resId || false, partner_id: order.data.partner_id?.id || false};
    },
    _getAdditionalRpcParams() {
        return {...super._getAdditionalRpcParams(), fx_order: this.fxOrder};
    },
    _getAdditionalDialogProps() {
        return {...super._getAdditionalDialogProps(), fxOrder: this.fxOrder};
    },
});

for (const dialog of [ProductConfiguratorDialog, ComboConfiguratorDialog]) {
    patch(dialog, {
        props: {...dialog.props, fxOrder: {type: Object, optional: true}},
    });
    patch(dialog.prototype, {
        _getAdditionalRpcParams() {
            return {...super._getAdditionalRpcParams(), fx_order: this.props.fxOrder};
        },
    });
}

patch(ComboConfiguratorDialog.prototype, {
    _getAdditionalDialogProps() {
        return {...super._getAdditionalDialogProps(), fxOrder: this.props.fxOrder};
    },
});
