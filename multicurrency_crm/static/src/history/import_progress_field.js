import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

// between two looks, in milliseconds
const PAUSE = 2500;

/**
 * How far a job came: looked at every few seconds as long as the job is at work and the
 * page is in sight. When the job has ended, the record is loaded again.
 */
export class ImportProgressField extends Component {
    static template = "multicurrency_crm.ImportProgressField";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.seen = useState({ percent: this.props.record.data[this.props.name], text: "" });
        onMounted(() => this.look());
        onWillUnmount(() => {
            this.isGone = true;
            clearTimeout(this.timer);
        });
    }

    get percent() {
        return Math.round(this.seen.percent);
    }

    wait() {
        if (!this.isGone) {
            this.timer = setTimeout(() => this.look(), PAUSE);
        }
    }

    async look() {
        const { resModel, resId } = this.props.record;
        if (document.hidden || !resId) {
            return this.wait();
        }
        let found;
        try {
            found = await this.orm.silent.call(resModel, "get_progress", [[resId]]);
        } catch (error) {
            if (error instanceof ConnectionLostError) {
                return this.wait();
            }
            // deleted, or no longer to be read: who goes on here is told by Odoo
            return;
        }
        if (this.isGone || resId !== this.props.record.resId) {
            return this.wait();
        }
        Object.assign(this.seen, { percent: found.percent, text: found.text });
        if (found.is_busy) {
            return this.wait();
        }
        await this.props.record.load();
    }
}

registry.category("fields").add("import_progress", {
    component: ImportProgressField,
    displayName: _t("Progress of an import"),
    supportedTypes: ["float"],
});
