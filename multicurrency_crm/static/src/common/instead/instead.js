import { registry } from "@web/core/registry";

/**
 * Open what a button returned in the place of where the button is: what was shown there
 * may be gone.
 *
 * @param {Object} env
 * @param {{params: {action: Object}}} action
 */
export function openInstead(env, { params }) {
    return env.services.action.doAction(params.action, {
        stackPosition: "replaceCurrentAction",
    });
}

registry.category("actions").add("multicurrency_crm.instead", openInstead);
