import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { findOutliers, formatFigure } from "../rate_chart/rate_figures";

const WIDTH = 100;
const HEIGHT = 24;
const MARGIN = 2;

/**
 * A small line without axes for a list, from a Json field that holds figures by date:
 * `[7.12, 7.13, …]`. It spans from the lowest to the highest of them; one that is far
 * off those around it runs along the edge.
 */
export class SparklineField extends Component {
    static template = "multicurrency_crm.SparklineField";
    static props = { ...standardFieldProps };

    setup() {
        this.width = WIDTH;
        this.height = HEIGHT;
    }

    get values() {
        const trend = this.props.record.data[this.props.name];
        return Array.isArray(trend) ? trend.filter(Number.isFinite) : [];
    }

    /** The corners of the line, for SVG. */
    get points() {
        const values = this.values;
        const off = findOutliers(values.map((rate) => ({ rate })));
        const scaled = values.filter((_value, index) => !off.includes(index));
        const [low, high] = [Math.min(...scaled), Math.max(...scaled)];
        const step = (WIDTH - 2 * MARGIN) / (values.length - 1);
        const clip = (value) => Math.min(Math.max(value, low), high);
        const share = (value) => (high > low ? (clip(value) - low) / (high - low) : 0.5);
        return values
            .map((value, index) => {
                const x = MARGIN + index * step;
                const y = HEIGHT - MARGIN - share(value) * (HEIGHT - 2 * MARGIN);
                return `${x.toFixed(1)},${y.toFixed(1)}`;
            })
            .join(" ");
    }

    get title() {
        const values = this.values;
        const [first, last] = [values[0], values.at(-1)];
        const change = first ? (last / first - 1) * 100 : 0;
        return _t("%(change)s (from %(first)s to %(last)s)", {
            change: `${change > 0 ? "+" : ""}${formatFigure(change, 3)}%`,
            first: formatFigure(first),
            last: formatFigure(last),
        });
    }
}

export const sparklineField = {
    component: SparklineField,
    displayName: _t("Sparkline"),
    supportedTypes: ["json"],
};

registry.category("fields").add("fx_sparkline", sparklineField);
