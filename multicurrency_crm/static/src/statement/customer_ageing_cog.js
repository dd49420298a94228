import { Component } from "@odoo/owl";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { download } from "@web/core/network/download";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { user } from "@web/core/user";

const isAgeing = (env) => env.searchModel?.resModel === "customer.ageing";

/** Asks as of which day items are aged. */
export class AgeingDay extends Component {
    static template = "multicurrency_crm.AgeingDay";
    static components = { DropdownItem };
    static props = {};

    setup() {
        this.action = useService("action");
    }

    onSelected() {
        const { context } = this.env.searchModel;
        return this.action.doActionButton({
            type: "object",
            name: "action_ask",
            resModel: "customer.ageing",
            resIds: [],
            context,
        });
    }
}

/** Downloads what is on the screen, by customer and currency. */
export class AgeingDownload extends Component {
    static template = "multicurrency_crm.AgeingDownload";
    static components = { DropdownItem };
    static props = {};

    onSelected() {
        const { context, domain } = this.env.searchModel;
        return download({
            url: "/multicurrency_crm/ageing",
            data: {
                day: context.ageing_date || "",
                of: context.ageing_of || "",
                companies: user.context.allowed_company_ids.join(","),
                domain: JSON.stringify(domain),
            },
        });
    }
}

registry
    .category("cogMenu")
    .add(
        "multicurrency_crm.ageing_day",
        { Component: AgeingDay, groupNumber: 0, isDisplayed: isAgeing },
        { sequence: 1 }
    )
    .add(
        "multicurrency_crm.ageing_download",
        { Component: AgeingDownload, groupNumber: 0, isDisplayed: isAgeing },
        { sequence: 2 }
    );
