import { Component, onWillStart, useState } from "@odoo/owl";
import { cookie } from "@web/core/browser/cookie";
import { getColor } from "@web/core/colors/colors";
import { deserializeDate, formatDate, serializeDate, today } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { ControlPanel } from "@web/search/control_panel/control_panel";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { RateChart } from "./rate_chart";
import { findOutliers, formatEquation, formatFigure, getDirection, summarise } from "./rate_figures";

/** Rates of one currency over time: what is booked, and what other sources say. */
export class RateChartAction extends Component {
    static template = "multicurrency_crm.RateChartAction";
    static components = { ControlPanel, RateChart };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        const { context = {}, params = {} } = this.props.action;
        const active = context.active_model === "res.currency" ? context.active_id : null;
        this.state = useState({
            currencyId: params.currency_id || active,
            days: 90,
            inverse: null, // as the company reads rates
            hidden: [],
            ...this.props.state?.rateChart,
            data: null,
            drawn: null,
        });
        useSetupAction({
            getLocalState: () => {
                const { currencyId, days, inverse, hidden } = this.state;
                return { rateChart: { currencyId, days, inverse, hidden: [...hidden] } };
            },
        });
        onWillStart(() => this.load());
    }

    get periods() {
        return [
            { days: 30, label: _t("30 days") },
            { days: 90, label: _t("90 days") },
            { days: 365, label: _t("1 year") },
            { days: 0, label: _t("All") },
        ];
    }

    // ------------------------------------------------------------------ data

    async load() {
        const { currencyId, days } = this.state;
        const since = days ? serializeDate(today().minus({ days })) : false;
        this.since = since;
        this.state.data = await this.keepLast.add(
            this.orm.call("res.currency", "get_rate_chart", [currencyId, since])
        );
        this.state.currencyId = this.state.data.currency.id;
        this.state.inverse ??= this.state.data.rate_direction === "unit_per_company";
        this.draw();
    }

    /** Choose what is drawn: a new object only when it changed redraws the chart. */
    draw() {
        const { data, hidden, inverse } = this.state;
        const series = data.series.map((one, index) => ({
            ...one,
            color: getColor(index, cookie.get("color_scheme"), data.series.length * 2),
            hidden: hidden.includes(one.key),
            outliers: findOutliers(one.points, index ? data.series[0].points : []),
        }));
        const points = series.find((one) => one.points.length)?.points;
        const direction = points && this.getDirection(inverse, points);
        this.state.drawn = points && {
            legend: series,
            series: series.filter((one) => !one.hidden && one.points.length),
            direction,
            since: this.since || null,
            summary: summarise(series[0].points, direction),
        };
    }

    getDirection(inverse, points = null) {
        const { currency, company_currency } = this.state.data;
        return getDirection({
            currency: currency.name,
            company: company_currency.name,
            inverse,
            rate: points?.at(-1).rate,
        });
    }

    // ------------------------------------------------------------------ words

    /** The two ways to tell a rate, as the buttons name them. */
    get directions() {
        const points = this.state.drawn?.legend.find((one) => one.points.length)?.points;
        return [false, true].map((inverse) => {
            const { of, to, nominal } = this.getDirection(inverse, points);
            return { inverse, label: `${formatFigure(nominal)} ${of} = … ${to}` };
        });
    }

    get title() {
        const { currency, company } = this.state.data;
        return _t("%(currency)s in the books of %(company)s", {
            currency: currency.name,
            company,
        });
    }

    /** The figures under the chart: [{ label, value, note }]. */
    get figures() {
        const { summary, direction } = this.state.drawn;
        if (!summary) {
            return [];
        }
        const tell = (label, point, note) => ({
            label,
            value: formatEquation(point.figure, direction),
            note: note || this.formatDay(point.date),
        });
        const { first, last, lowest, highest, change } = summary;
        const percent = `${change > 0 ? "+" : ""}${formatFigure(change * 100, 3)}%`;
        return [
            tell(_t("Newest"), last, `${this.formatDay(last.date)}, ${last.source}`),
            {
                label: _t("Change"),
                value: percent,
                note: _t("since %(date)s", { date: this.formatDay(first.date) }),
            },
            tell(_t("Lowest"), lowest),
            tell(_t("Highest"), highest),
        ];
    }

    get chartLabel() {
        return [this.title, ...this.figures.map((one) => `${one.label}: ${one.value}`)].join(". ");
    }

    /** Why there is nothing to draw, in a sentence. */
    get emptyReason() {
        const { currency, last } = this.state.data;
        if (!currency.id) {
            return _t("Your company has no other active currency: activate one first.");
        }
        if (!last) {
            return _t("No rate of %(currency)s is booked yet: start a rate provider.", {
                currency: currency.name,
            });
        }
        return _t("No rate of %(currency)s in this period: the newest is of %(date)s.", {
            currency: currency.name,
            date: this.formatDay(last),
        });
    }

    formatDay(date) {
        return formatDate(deserializeDate(date));
    }

    // ------------------------------------------------------------------ controls

    onCurrencyChange(ev) {
        this.state.currencyId = parseInt(ev.target.value);
        this.state.hidden = [];
        return this.load();
    }

    setDays(days) {
        this.state.days = days;
        return this.load();
    }

    setInverse(inverse) {
        this.state.inverse = inverse;
        this.draw();
    }

    toggle(key) {
        const { hidden } = this.state;
        this.state.hidden = hidden.includes(key)
            ? hidden.filter((other) => other !== key)
            : [...hidden, key];
        this.draw();
    }

    openProviders() {
        return this.action.doAction("multicurrency_crm.fx_rate_provider_action");
    }
}

registry.category("actions").add("multicurrency_crm.rate_chart", RateChartAction);
