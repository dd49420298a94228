import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { registry } from "@web/core/registry";

/**
 * Ask what a button returned that checks first, and press the real one on a yes.
 *
 * @param {Object} env
 * @param {{context: Object, params: {model: string, ids: number[], method: string,
 *     question: string}}} action
 * @param {{onClose?: Function}} options of the button: what brings its view up to date
 */
export function ask(env, action, options) {
    const { model, ids, method, question } = action.params;
    env.services.dialog.add(ConfirmationDialog, {
        body: question,
        confirm: () =>
            env.services.action.doActionButton({
                type: "object",
                name: method,
                resModel: model,
                resIds: ids,
                context: action.context,
                onClose: options.onClose,
            }),
        cancel: () => {},
    });
}

registry.category("actions").add("multicurrency_crm.ask", ask);
