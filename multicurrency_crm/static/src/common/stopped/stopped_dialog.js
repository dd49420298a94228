import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Dialog } from "@web/core/dialog/dialog";
import { standardErrorDialogProps } from "@web/core/errors/error_dialogs";

/** Says why a document is stopped, with a button for each thing that may be done. */
export class StoppedDialog extends Component {
    static template = "multicurrency_crm.StoppedDialog";
    static components = { Dialog };
    static props = { ...standardErrorDialogProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.notification = useService("notification");
        this.title = this.props.data.context.title;
    }

    get lines() {
        return this.props.data.arguments[0].split("\n");
    }

    get offers() {
        return this.props.data.context.offers;
    }

    async take(offer) {
        const answer = await this.orm.call(offer.model, offer.method, offer.args);
        this.props.close();
        if (answer && answer.type) {
            const onClose = () =>
                this.action.doAction({ type: "ir.actions.client", tag: "soft_reload" });
            return this.action.doAction(answer, { onClose });
        }
        this.notification.add(_t("The approval is requested."), { type: "success" });
        return this.action.doAction({ type: "ir.actions.client", tag: "soft_reload" });
    }
}

registry
    .category("error_dialogs")
    .add("odoo.addons.multicurrency_crm.models.common.stopped.Stopped", StoppedDialog);
