import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { press, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    getService,
    makeMockEnv,
    mockService,
    models,
    mountView,
    mountWebClient,
    onRpc,
    preloadBundle,
} from "@web/../tests/web_test_helpers";
import {
    findOutliers,
    formatEquation,
    formatFigure,
    getDirection,
    summarise,
    toFigure,
} from "@multicurrency_crm/rates/rate_chart/rate_figures";

class Status extends models.Model {
    _name = "status";
    trend = fields.Json();
    _records = [
        { id: 1, trend: [7.1, 7.2, 7.0, 7.3] },
        { id: 2, trend: [7.1] },
        { id: 3, trend: false },
        { id: 4, trend: [7.1, null, 7.1] },
        { id: 5, trend: [7.1, 7.2, 7.0, 7.3, 714] },
    ];
}

defineMailModels();
defineModels([Status]);
preloadBundle("web.chartjs_lib");

const point = (date, rate, values = {}) => ({
    date,
    rate,
    source: "Test Bank",
    quoted: `1 EUR = ${rate} USD; 1 EUR = 7.8 CNY`,
    typed: false,
    ...values,
});

const chart = (values = {}) => ({
    company: "Harbour Export",
    company_currency: { id: 1, name: "CNY" },
    currency: { id: 2, name: "USD" },
    currencies: [
        { id: 2, name: "USD", full_name: "Dollar", has_rates: true },
        { id: 3, name: "JPY", full_name: "Yen", has_rates: false },
    ],
    first: "2019-03-01",
    last: "2019-03-08",
    thinned: false,
    series: [
        {
            key: "booked",
            label: "Booked",
            kind: "booked",
            points: [
                point("2019-03-01", 0.125),
                point("2019-03-04", 0.16, { typed: true, source: "Typed by hand" }),
                point("2019-03-08", 0.2),
            ],
        },
        {
            key: "4-mid",
            label: "Other Bank: Middle",
            kind: "mid",
            points: [point("2019-03-04", 0.25, { source: "Other Bank" })],
        },
    ],
    ...values,
});

async function openChart(data, action = {}) {
    onRpc("res.currency", "get_rate_chart", ({ args }) => {
        expect.step(args);
        return typeof data === "function" ? data(...args) : data;
    });
    await mountWebClient();
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "multicurrency_crm.rate_chart",
        name: "Rate Chart",
        ...action,
    });
}

const drawn = () => Chart.getChart(queryOne(".o_fx_rate_chart canvas"));

describe.current.tags("desktop");

describe("figures", () => {
    beforeEach(() => makeMockEnv());

    test("yen and won are read by the hundred, and what costs less than a hundredth", () => {
        const nominal = (rate, inverse = false, currency = "XXX") =>
            getDirection({ currency, company: "CNY", inverse, rate }).nominal;
        expect(nominal(0.14)).toBe(1);
        expect(nominal(21.6)).toBe(1);
        expect(nominal(21.6, false, "JPY")).toBe(100);
        expect(nominal(0.6, false, "JPY")).toBe(1);
        expect(nominal(2300)).toBe(100);
        expect(nominal(0.14, true)).toBe(1);
        expect(nominal(0.0043, true)).toBe(100);
        expect(nominal(undefined)).toBe(1);
    });

    test("what is far off those around it", () => {
        const points = [7.1, 7.2, 710, 7.0, 7.3, 7.2].map((price, place) =>
            point(`2019-03-0${place + 1}`, 1 / price)
        );
        expect(findOutliers(points)).toEqual([2]);
        // a long way up is no outlier, and two rates alone say nothing
        const climb = [1, 2, 4, 8, 16, 32, 64].map((price, place) =>
            point(`2019-03-0${place + 1}`, 1 / price)
        );
        expect(findOutliers(climb.slice(2, 5))).toEqual([]);
        expect(findOutliers(points.slice(1, 3))).toEqual([]);
        // kept beside the books: measured by what is booked near its day
        expect(findOutliers([point("2019-03-03", 1 / 714)], points)).toEqual([0]);
        expect(findOutliers([point("2019-03-03", 1 / 7.4)], points)).toEqual([]);
    });

    test("both directions", () => {
        const read = (rate, inverse) => {
            const direction = getDirection({ currency: "JPY", company: "CNY", inverse, rate });
            return formatEquation(toFigure(rate, direction), direction);
        };
        expect(read(20, false)).toBe("100 JPY = 5.0000 CNY");
        expect(read(20, true)).toBe("1 CNY = 20.000 JPY");
        expect(read(2500, false)).toBe("100 JPY = 0.040000 CNY");
    });

    test("significant digits", () => {
        expect(formatFigure(7.1234)).toBe("7.1234");
        expect(formatFigure(1 / 7.1234)).toBe("0.140382");
        expect(formatFigure(1234.56789)).toBe("1,234.57");
        expect(formatFigure(0.000123456789)).toBe("0.000123457");
        expect(formatFigure(0)).toBe("0");
    });

    test("summary", () => {
        const points = [point("2019-03-01", 0.125), point("2019-03-04", 0.1), point("2019-03-08", 0.2)];
        const direction = getDirection({ currency: "USD", company: "CNY", inverse: false, rate: 0.2 });
        const { lowest, highest, last, change } = summarise(points, direction);
        expect([lowest.date, highest.date, last.figure]).toEqual(["2019-03-08", "2019-03-04", 5]);
        expect(change).toBe(5 / 8 - 1);
        expect(summarise([], direction)).toBe(null);
    });
});

describe("chart", () => {
    test("several sources, typed rates marked, and what a tooltip says", async () => {
        await openChart(chart());
        expect.verifySteps([[null, "2018-12-11"]]);
        const [booked, other] = drawn().data.datasets;
        expect(booked.data.map(({ y }) => y)).toEqual([8, 6.25, 5]);
        expect(booked.pointStyle).toEqual(["circle", "rectRot", "circle"]);
        expect(booked.pointBackgroundColor[1]).not.toBe(booked.pointBackgroundColor[0]);
        expect(other.data.map(({ y }) => y)).toEqual([4]);
        const { label } = drawn().options.plugins.tooltip.callbacks;
        expect(label({ raw: booked.data[0], dataset: booked })).toEqual([
            "1 USD = 8.0000 CNY",
            "Booked: Test Bank",
            "1 EUR = 0.125 USD",
            "1 EUR = 7.8 CNY",
        ]);
        expect(label({ raw: other.data[0], dataset: other })[1]).toBe("Other Bank: Middle");
        expect(queryAllTexts(".o_fx_rate_chart_source")).toEqual(["Booked", "Other Bank: Middle"]);
        expect(queryAllTexts(".o_fx_rate_chart_figures dd span")).toEqual([
            "1 USD = 5.0000 CNY",
            "-37.5%",
            "1 USD = 5.0000 CNY",
            "1 USD = 8.0000 CNY",
        ]);
    });

    test("a plan goes on until today, from before the period", async () => {
        const series = [
            ...chart().series,
            {
                key: "0-budget",
                label: "Typed by hand: Budget rate",
                kind: "budget",
                holds: true,
                points: [point("2018-01-01", 0.5, { typed: true, source: "Typed by hand" })],
            },
        ];
        await openChart(chart({ series }));
        expect.verifySteps([[null, "2018-12-11"]]);
        const plan = drawn().data.datasets[2];
        expect(plan.data.map(({ y }) => y)).toEqual([2, 2]);
        expect(plan.data[1].point.date).toBe("2019-03-11");
        expect(plan.pointRadius).toEqual([6, 0]);
        expect(plan.stepped).toBe(true);
        expect(drawn().data.datasets[0].data).toHaveLength(3);
        expect(drawn().options.scales.x.min).toBeLessThan(plan.data[1].x);
        expect(drawn().options.scales.x.min).toBeGreaterThan(plan.data[0].x);
    });

    test("a rate that is 100 times off doesn't flatten the chart", async () => {
        const [booked, other] = chart().series;
        const wrong = { ...other, points: [point("2019-03-04", 0.0016, { source: "Other Bank" })] };
        await openChart(chart({ series: [booked, wrong] }));
        expect.verifySteps([[null, "2018-12-11"]]);
        const { datasets } = drawn().data;
        expect(datasets).toHaveLength(3);
        expect(datasets[1].data).toEqual([]);
        const [mark] = datasets[2].data;
        expect(datasets[2].pointStyle).toBe("triangle");
        expect(datasets[2].showLine).toBe(false);
        expect(mark.y).toBe(drawn().options.scales.y.max);
        expect(drawn().options.scales.y.max).toBeLessThan(9);
        const { label } = drawn().options.plugins.tooltip.callbacks;
        expect(label({ raw: mark, dataset: datasets[2] }).slice(0, 2)).toEqual([
            "1 USD = 625.00 CNY",
            "Far off the scale: drawn at its edge",
        ]);
        expect(".o_fx_rate_chart_off").toHaveText("Far off the scale");
    });

    test("drawn in the direction in which the company reads rates", async () => {
        await openChart(chart({ rate_direction: "unit_per_company" }));
        expect.verifySteps([[null, "2018-12-11"]]);
        expect(drawn().data.datasets[0].data.map(({ y }) => y)).toEqual([0.125, 0.16, 0.2]);
    });

    test("switch direction, hide a source", async () => {
        await openChart(chart());
        expect.verifySteps([[null, "2018-12-11"]]);
        await contains(".o_fx_rate_chart button:contains('1 CNY = … USD')").click();
        expect(drawn().data.datasets[0].data.map(({ y }) => y)).toEqual([0.125, 0.16, 0.2]);
        await contains(".o_fx_rate_chart_source:first").click();
        expect(drawn().data.datasets.map(({ label }) => label)).toEqual(["Other Bank: Middle"]);
        expect(".o_fx_rate_chart_source:first").toHaveAttribute("aria-pressed", "false");
    });

    test("currency and period are asked of the server", async () => {
        await openChart((id, since) => chart(id === 3 ? { currency: { id: 3, name: "JPY" } } : {}));
        await contains(".o_fx_rate_chart_currency").select("3");
        await contains(".o_fx_rate_chart button[data-days='0']").click();
        expect.verifySteps([
            [null, "2018-12-11"],
            [3, "2018-12-11"],
            [3, false],
        ]);
    });

    test("opened from a currency", async () => {
        await openChart(chart(), { context: { active_model: "res.currency", active_id: 2 } });
        expect.verifySteps([[2, "2018-12-11"]]);
    });

    test("nothing in the period: why, and a way out", async () => {
        const none = [{ key: "booked", label: "Booked", kind: "booked", points: [] }];
        await openChart((id, since) => (since ? chart({ series: none }) : chart()));
        expect(".o_nocontent_help p").toHaveText(
            "No rate of USD in this period: the newest is of 03/08/2019."
        );
        await contains(".o_nocontent_help button").click();
        expect(".o_fx_rate_chart canvas").toHaveCount(1);
        expect.verifySteps([
            [null, "2018-12-11"],
            [2, false],
        ]);
    });

    test("no rate at all leads to the providers", async () => {
        const none = [{ key: "booked", label: "Booked", kind: "booked", points: [] }];
        mockService("action", {
            doAction(action) {
                if (action === "multicurrency_crm.fx_rate_provider_action") {
                    expect.step("providers");
                    return;
                }
                return super.doAction(...arguments);
            },
        });
        await openChart(chart({ series: none, first: false, last: false }));
        expect(".o_nocontent_help p").toHaveText(
            "No rate of USD is booked yet: start a rate provider."
        );
        await contains(".o_nocontent_help button").click();
        expect.verifySteps([[null, "2018-12-11"], "providers"]);
    });

    test("the arrow keys walk over the days", async () => {
        await openChart(chart());
        expect.verifySteps([[null, "2018-12-11"]]);
        queryOne(".o_fx_rate_chart canvas").focus();
        const active = () => drawn().getActiveElements().map(({ index }) => index);
        await press("ArrowLeft");
        expect(active()).toEqual([2]);
        await press("ArrowLeft");
        await press("Home");
        await press("ArrowLeft");
        expect(active()).toEqual([0]);
        queryOne(".o_fx_rate_chart canvas").blur();
        await animationFrame();
        expect(active()).toEqual([]);
    });
});

test("a sparkline needs two figures", async () => {
    await mountView({
        type: "list",
        resModel: "status",
        arch: /* xml */ `<list><field name="trend" widget="fx_sparkline"/></list>`,
    });
    expect(".o_fx_sparkline").toHaveCount(3);
    // one that is 100 times off runs along the edge, and the others keep their shape
    expect(".o_fx_sparkline:last polyline").toHaveAttribute(
        "points",
        "2.0,15.3 26.0,8.7 50.0,22.0 74.0,2.0 98.0,2.0"
    );
    expect(".o_fx_sparkline:first polyline").toHaveAttribute(
        "points",
        "2.0,15.3 34.0,8.7 66.0,22.0 98.0,2.0"
    );
    expect(".o_fx_sparkline:first").toHaveAttribute("aria-label", "+2.82% (from 7.1 to 7.3)");
});
