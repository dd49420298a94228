import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { registry } from "@web/core/registry";
import { pressAfterwards } from "@multicurrency_crm/common/afterwards/afterwards";

/**
 * Ask what a button returned that checks first, and press the real one on a yes.
 *
 * @param {Object} env
 * @param {{context: Object, params: {model: string, ids: number[], method: string,
 *     question: string}}} action
 * @param {{onClose?: Function}} options of the button: what brings its view up to date
 */
export function ask(env, action, options) {
    env.services.dialog.add(ConfirmationDialog, {
        body: action.params.question,
        confirm: () => pressAfterwards(env, action, options),
        cancel: () => {},
    });
}

registry.category("actions").add("multicurrency_crm.ask", ask);
