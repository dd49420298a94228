import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { deserializeDate, formatDate, serializeDate, today } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { hexToRGBA } from "@web/core/colors/colors";
import { formatEquation, formatFigure, toFigure } from "./rate_figures";

const { DateTime } = luxon;

/** How much room is left above and below where a rate is far off the scale. */
const MARGIN = 0.08;
/** From so many days on the axis names months and years. */
const LONG_PERIOD = 400;
/** Up to so many points each is marked; more would hide the line. */
const MOST_MARKED = 60;
/** What one press of a key moves by. */
const STEPS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -30, PageDown: 30 };

/**
 * Draws rates as lines over time, typed ones as marks of another shape and colour.
 * The arrow keys walk over the days of the first series.
 */
export class RateChart extends Component {
    static template = "multicurrency_crm.RateChart";
    static props = {
        /** those to draw, each with the `color` of its line, and its `outliers` */
        series: { type: Array, element: Object },
        /** see `Direction` in rate_figures */
        direction: Object,
        label: String,
        /** first day to show, as the server writes dates; empty: what there is */
        since: { optional: true },
    };

    setup() {
        this.canvas = useRef("canvas");
        this.chart = null;
        this.position = null;
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => {
                this.chart = new Chart(this.canvas.el, this.getConfig());
                this.position = null;
                return () => this.chart.destroy();
            },
            () => [this.props.series, this.props.direction]
        );
    }

    /** Colours of the theme, dark or light, as the style sheet gives them. */
    get theme() {
        const style = getComputedStyle(this.canvas.el);
        return {
            text: style.color,
            grid: style.getPropertyValue("--fx-chart-grid").trim(),
            typed: style.getPropertyValue("--fx-chart-typed").trim(),
        };
    }

    getDataset(series, theme, index) {
        const { color } = series;
        const last = series.points.length - 1; // what goes on from there is as far off
        const points = this.getPoints(series).filter(
            (_point, place) => !series.outliers?.includes(Math.min(place, last))
        );
        const plain = points.length > MOST_MARKED ? 0 : 2;
        const typed = (yes, no) =>
            points.map((point) => (point.continued ? 0 : point.typed ? yes : no));
        const marks = typed(theme.typed, color);
        return {
            label: series.label,
            data: points.map((point) => this.getDatum(point)),
            borderColor: color,
            backgroundColor: color.startsWith("#") ? hexToRGBA(color, 0.15) : color,
            borderWidth: index ? 1.5 : 2,
            borderDash: index ? [6, 3] : [],
            pointBackgroundColor: marks,
            pointBorderColor: marks,
            pointRadius: typed(6, plain),
            pointHoverRadius: typed(8, 5),
            pointHitRadius: 8,
            pointStyle: typed("rectRot", "circle"),
            stepped: series.holds,
            tension: 0,
            order: index,
        };
    }

    getDatum(point) {
        const y = toFigure(point.rate, this.props.direction);
        return { x: deserializeDate(point.date).toMillis(), y, figure: y, point };
    }

    /** Rates that are far off the scale, drawn as arrows at its edges; [] for none. */
    getOutliers(datasets) {
        const off = this.props.series.flatMap((series) =>
            (series.outliers || []).map((place) => ({ series, point: series.points[place] }))
        );
        const figures = datasets.flatMap(({ data }) => data.map(({ y }) => y));
        if (!off.length || !figures.length) {
            return { datasets: [], range: {} };
        }
        const [low, high] = [Math.min(...figures), Math.max(...figures)];
        const margin = (high - low || high) * MARGIN;
        const range = { min: Math.max(low - margin, 0), max: high + margin };
        return {
            range,
            datasets: off.map(({ series, point }) => {
                const datum = this.getDatum(point);
                const isAbove = datum.y > high;
                return {
                    label: series.label,
                    data: [{ ...datum, y: isAbove ? range.max : range.min, off: true }],
                    showLine: false,
                    clip: false,
                    pointStyle: "triangle",
                    pointRotation: isAbove ? 0 : 180,
                    pointRadius: 8,
                    pointHoverRadius: 10,
                    pointBackgroundColor: series.color,
                    pointBorderColor: series.color,
                };
            }),
        };
    }

    /** How a day is written at the axis, in the reader's language. */
    get dayFormat() {
        const days = this.props.series.flatMap(({ points }) => points.map(({ date }) => date));
        const first = this.props.since || days.reduce((one, other) => (other < one ? other : one));
        const isLong = today().diff(deserializeDate(first), "days").days > LONG_PERIOD;
        return isLong ? { month: "short", year: "numeric" } : { month: "short", day: "numeric" };
    }

    /** The points of a series; one that holds until the next goes on until today. */
    getPoints({ points, holds }) {
        const now = serializeDate(today());
        if (!holds || points.at(-1).date >= now) {
            return points;
        }
        return [...points, { ...points.at(-1), date: now, continued: true }];
    }

    getConfig() {
        const theme = this.theme;
        const datasets = this.props.series.map((series, index) =>
            this.getDataset(series, theme, index)
        );
        const off = this.getOutliers(datasets);
        const dayFormat = this.dayFormat;
        const scale = {
            grid: { color: theme.grid },
            border: { color: theme.grid },
        };
        return {
            type: "line",
            data: { datasets: [...datasets, ...off.datasets] },
            options: {
                animation: false,
                parsing: false,
                maintainAspectRatio: false,
                interaction: { mode: "nearest", axis: "x", intersect: false },
                plugins: {
                    legend: { display: false },
                    tooltip: {
                        callbacks: {
                            title: ([item]) => item && formatDate(this.getDay(item)),
                            label: (item) => this.getTooltip(item),
                        },
                    },
                },
                scales: {
                    x: {
                        ...scale,
                        type: "time",
                        min: this.props.since && deserializeDate(this.props.since).toMillis(),
                        time: { minUnit: "day" },
                        ticks: {
                            color: theme.text,
                            maxRotation: 0,
                            autoSkipPadding: 16,
                            callback: (value) =>
                                DateTime.fromMillis(value).toLocaleString(dayFormat),
                        },
                    },
                    y: {
                        ...scale,
                        ...off.range,
                        ticks: {
                            color: theme.text,
                            includeBounds: false,
                            callback: (value) => formatFigure(value),
                        },
                    },
                },
            },
        };
    }

    getDay(item) {
        return deserializeDate(item.raw.point.date);
    }

    /** The lines of the tooltip for one series: rate, source, what was published. */
    getTooltip({ raw, dataset }) {
        const { point } = raw;
        const source = dataset.label.startsWith(point.source)
            ? dataset.label
            : _t("%(series)s: %(source)s", { series: dataset.label, source: point.source });
        return [
            formatEquation(raw.figure, this.props.direction),
            ...(raw.off ? [_t("Far off the scale: drawn at its edge")] : []),
            source,
            ...(point.quoted ? point.quoted.split("; ") : []),
        ];
    }

    onKeydown(ev) {
        const count = this.chart.data.datasets[0]?.data.length;
        const step = { ...STEPS, Home: -Infinity, End: Infinity }[ev.key];
        if (!count || step === undefined) {
            return;
        }
        ev.preventDefault();
        const from = this.position ?? (step < 0 ? count : -1);
        this.position = Math.min(Math.max(from + step, 0), count - 1);
        this.showTooltip([{ datasetIndex: 0, index: this.position }]);
    }

    onBlur() {
        this.position = null;
        this.showTooltip([]);
    }

    showTooltip(elements) {
        this.chart.setActiveElements(elements);
        this.chart.tooltip.setActiveElements(elements, { x: 0, y: 0 });
        this.chart.update("none");
    }
}
