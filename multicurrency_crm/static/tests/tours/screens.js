import { rpcBus } from "@web/core/network/rpc";

// What a server may answer with: a sentence for the reader.
const SENTENCES = [
    "odoo.exceptions.UserError",
    "odoo.exceptions.ValidationError",
    "odoo.exceptions.AccessError",
    "odoo.exceptions.MissingError",
    "odoo.exceptions.RedirectWarning",
];
const FORM = ".o_form_view:not(.o_form_readonly)";
const NUMBERS = [
    ...["float", "integer", "monetary", "percentage", "float_time"].map(
        (type) => `.o_field_widget.o_field_${type} input`
    ),
    ...["quoted_rate", "forward_points", "spot_quoted"].map(
        (name) => `.o_field_widget[name='${name}'] input`
    ),
].join(", ");

/**
 * Walks through actions as a person does: each view, a new record, each list of choices
 * and each number, typed nonsense into.
 */
class Walk {
    constructor({ actions, views, words }) {
        Object.assign(this, { actions, views, words });
        this.pending = new Set();
        this.faults = new Set();
        this.count = { actions: 0, views: 0, forms: 0, choices: 0, numbers: 0, sentences: 0 };
        this.env = odoo.__WOWL_DEBUG__.root.env;
        rpcBus.addEventListener("RPC:REQUEST", ({ detail }) => {
            if (!detail.settings.silent) {
                this.pending.add(detail.data.id);
            }
        });
        rpcBus.addEventListener("RPC:RESPONSE", ({ detail }) => {
            this.pending.delete(detail.data.id);
            const name = detail.error?.data?.name || detail.error?.exceptionName;
            if (detail.error && !SENTENCES.includes(name)) {
                this.fault(`server: ${detail.url} ${name} ${detail.error.data?.message}`);
            }
        });
        window.addEventListener("unhandledrejection", ({ reason }) => {
            const name = reason?.exceptionName || reason?.cause?.exceptionName;
            if (!SENTENCES.includes(name)) {
                this.fault(`client: ${reason?.cause?.message || reason?.message || reason}`);
            }
        });
    }

    fault(text) {
        this.faults.add(`${this.place}: ${text}`);
    }

    /** Waits until nothing was asked of the server for some frames. */
    async settle() {
        for (let quiet = 0, turns = 0; quiet < 3 && turns < 500; turns++) {
            await new Promise((resolve) => setTimeout(resolve, 15));
            await new Promise((resolve) => requestAnimationFrame(resolve));
            quiet = this.pending.size ? 0 : quiet + 1;
        }
        // a sentence has no technical details to show
        for (const dialog of document.querySelectorAll(".o_error_dialog:has(.btn-link)")) {
            this.fault(`dialog: ${dialog.textContent.trim().slice(0, 200)}`);
        }
    }

    async click(element) {
        element.click();
        await this.settle();
    }

    /** Closes what was said, and counts it. */
    async closeSentences(kept) {
        for (let i = 0; i < 5; i++) {
            const dialogs = [...document.querySelectorAll(".modal")];
            if (dialogs.length <= kept) {
                return;
            }
            this.count.sentences++;
            const close = dialogs.at(-1).querySelector(".btn-close, footer button");
            if (!close) {
                return;
            }
            await this.click(close);
        }
    }

    async walk() {
        for (const action of this.actions) {
            this.place = action.name;
            this.count.actions++;
            await this.env.services.action
                .doAction(action.id, { clearBreadcrumbs: true })
                .catch((error) => this.fault(`client: ${error.message}`));
            await this.settle();
            if (this.views) {
                await this.visitViews();
            }
            await this.visitForm();
            await this.leave();
        }
        console.log(`Screens: ${JSON.stringify(this.count)}`);
        if (this.faults.size) {
            throw new Error([...this.faults].join("\n"));
        }
    }

    async visitViews() {
        const kinds = [...document.querySelectorAll(".o_switch_view")].map(
            (button) => [...button.classList].find((name) => /^o_(?!switch)/.test(name))
        );
        for (const kind of [...kinds.slice(1), kinds[0]].filter(Boolean)) {
            const button = document.querySelector(`.o_switch_view.${kind}`);
            if (button) {
                this.count.views++;
                await this.click(button);
            }
        }
    }

    async visitForm() {
        const create = document.querySelector(
            ".o_list_button_add, .o-kanban-button-new, .o_form_button_create"
        );
        if (create) {
            await this.click(create);
        }
        const dialogs = document.querySelectorAll(".modal").length;
        const form = [...document.querySelectorAll(FORM)].at(-1);
        if (!form) {
            return;
        }
        this.count.forms++;
        for (const page of form.querySelectorAll(".o_notebook .nav-link")) {
            await this.click(page);
        }
        for (const input of form.querySelectorAll(
            ".o_field_many2one input, .o_field_many2many_tags input"
        )) {
            this.count.choices++;
            await this.click(input);
            input.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
        }
        await this.settle();
        for (const word of this.words) {
            for (const input of form.querySelectorAll(NUMBERS)) {
                if (!input.isConnected || input.readOnly || input.disabled) {
                    continue;
                }
                this.count.numbers++;
                input.focus();
                input.value = word;
                input.dispatchEvent(new InputEvent("input", { bubbles: true }));
                input.dispatchEvent(new Event("change", { bubbles: true }));
                input.blur();
                await this.settle();
                await this.closeSentences(dialogs);
            }
        }
        if (this.words.length && form.isConnected) {
            const save = document.querySelector(".o_form_button_save");
            if (save && !dialogs) {
                await this.click(save);
                await this.closeSentences(0);
            }
        }
    }

    async leave() {
        const discard = document.querySelector(".o_form_button_cancel");
        if (discard) {
            await this.click(discard);
        }
        await this.closeSentences(0);
    }
}

odoo.walkScreens = (plan) => new Walk(plan).walk();
