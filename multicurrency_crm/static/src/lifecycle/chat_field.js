import { Component } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { CharField } from "@web/views/fields/char/char_field";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * A contact's name in a chat, with a link that opens the chat; where a browser can't open
 * it, the name is copied. What was said is to be noted: the click offers it.
 */
export class ChatField extends Component {
    static template = "multicurrency_crm.ChatField";
    static components = { CharField };
    static props = {
        ...standardFieldProps,
        chat: { type: String },
        placeholder: { type: String, optional: true },
    };

    setup() {
        this.action = useService("action");
        this.notification = useService("notification");
        this.orm = useService("orm");
    }

    get handle() {
        return this.props.record.data[this.props.name] || "";
    }

    get address() {
        return (this.props.record.data.chat_addresses || {})[this.props.chat];
    }

    get charProps() {
        const { chat, ...props } = this.props;
        return props;
    }

    get openLabel() {
        return _t("Open the chat");
    }

    get copyLabel() {
        return _t("Copy the name");
    }

    async copy() {
        await browser.navigator.clipboard.writeText(this.handle);
        this.offer(_t("The name is copied."));
    }

    onOpen() {
        this.offer(_t("The chat opens in another tab."));
    }

    offer(said) {
        if (!this.props.record.resId) {
            return;
        }
        const close = this.notification.add(said, {
            type: "info",
            sticky: true,
            buttons: [
                {
                    name: _t("Note a Follow-up"),
                    primary: true,
                    onClick: () => {
                        close();
                        return this.note();
                    },
                },
            ],
        });
    }

    async note() {
        const { resId, resModel } = this.props.record;
        const action = await this.orm.call(resModel, "action_note_follow_up", [[resId]], {
            context: { default_kind: this.props.chat },
        });
        await this.action.doAction(action);
    }
}

registry.category("fields").add("multicurrency_chat", {
    component: ChatField,
    displayName: _t("Name in a chat"),
    supportedTypes: ["char"],
    extractProps: ({ options, placeholder }) => ({ chat: options.chat, placeholder }),
});
