import { registry } from "@web/core/registry";

/**
 * Press a second button once what the first one did is committed: it says what came of
 * what the server does only then.
 *
 * @param {Object} env
 * @param {{context: Object, params: {model: string, ids: number[], method: string}}} action
 * @param {{onClose?: Function}} options of the button: what brings its view up to date
 */
export function pressAfterwards(env, action, options) {
    const { model, ids, method } = action.params;
    return env.services.action.doActionButton({
        type: "object",
        name: method,
        resModel: model,
        resIds: ids,
        context: action.context,
        onClose: options.onClose,
    });
}

registry.category("actions").add("multicurrency_crm.afterwards", pressAfterwards);
