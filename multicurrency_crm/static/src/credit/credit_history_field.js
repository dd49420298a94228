import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { deserializeDate, formatDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloat } from "@web/core/utils/numbers";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The score over time, as steps: it holds until it changes. */
export class CreditHistoryField extends Component {
    static template = "multicurrency_crm.CreditHistoryField";
    static props = { ...standardFieldProps };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (rows) => {
                if (!rows.length || !this.canvas.el) {
                    return;
                }
                const chart = new Chart(this.canvas.el, this.getConfig(rows));
                return () => chart.destroy();
            },
            () => [this.rows]
        );
    }

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }

    getConfig(rows) {
        const colour = getComputedStyle(this.canvas.el).color;
        const day = (value) => formatDate(deserializeDate(value));
        return {
            type: "line",
            data: {
                labels: rows.map((row) => day(row.date)),
                datasets: [
                    {
                        label: _t("Score"),
                        data: rows.map((row) => row.score),
                        borderColor: colour,
                        backgroundColor: colour,
                        stepped: true,
                        pointRadius: rows.length > 60 ? 0 : 3,
                    },
                ],
            },
            options: {
                maintainAspectRatio: false,
                animation: false,
                scales: { y: { min: 0, max: 100 } },
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        callbacks: {
                            label: ({ dataIndex }) =>
                                _t("%(grade)s: %(score)s points", {
                                    grade: rows[dataIndex].grade,
                                    score: formatFloat(rows[dataIndex].score, {
                                        digits: [16, 1],
                                    }),
                                }),
                        },
                    },
                },
            },
        };
    }
}

registry.category("fields").add("credit_history", {
    component: CreditHistoryField,
    displayName: _t("Credit history"),
    supportedTypes: ["json"],
});
