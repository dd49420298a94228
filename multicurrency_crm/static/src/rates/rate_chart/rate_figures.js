import { formatFloat } from "@web/core/utils/numbers";

/** Digits that a figure is read with: 7.12345, 150.123, 0.00712345. */
const SIGNIFICANT = 6;
/*
 * As engine/quoting.py writes rates: five significant digits, two decimals at least; up
 * to eight where they are the rate itself; a hundred of what costs so little.
 */
const MARKET_DIGITS = 5;
const LEAST_DECIMALS = 2;
const DERIVED_DIGITS = 8;
const NOISE = 1e-12;
const EQUAL = 1e-7;
const BY_THE_HUNDRED = ["JPY", "KRW"];
const SMALL_PRICE = 0.01;
/** A rate that is so many times those around it is drawn at the edge of the chart. */
const FAR_OFF = 5;
/** How many rates on either side are around one. */
const AROUND = 5;

/**
 * @typedef {Object} Direction how rates are told: `nominal` units of `of` cost so and
 * so many of `to`
 * @property {string} of
 * @property {string} to
 * @property {number} nominal
 * @property {boolean} inverse whether the rate is told as it is stored
 */

/**
 * A rate is stored as units of `currency` for 1 unit of `company`; people mostly read
 * it the other way round (1 USD = 7.12 CNY).
 *
 * @param {{ currency: string, company: string, inverse: boolean, rate: number }} params
 *  `rate`: one of the rates to be told, which says how many units to quote for
 * @returns {Direction}
 */
export function getDirection({ currency, company, inverse, rate }) {
    const price = inverse ? rate : 1 / rate;
    const [of, to] = inverse ? [company, currency] : [currency, company];
    const bound = BY_THE_HUNDRED.includes(of) ? 1 : SMALL_PRICE;
    return { of, to, nominal: rate > 0 && price < bound ? 100 : 1, inverse };
}

/**
 * @param {number} rate as stored
 * @param {Direction} direction
 * @returns {number} the figure to draw
 */
export function toFigure(rate, { inverse, nominal }) {
    return (inverse ? rate : 1 / rate) * nominal;
}

/**
 * @param {number} figure
 * @param {number} [significant]
 * @returns {string} in the user's number format, without zeros at its end
 */
export function formatFigure(figure, significant = SIGNIFICANT) {
    const magnitude = figure ? Math.floor(Math.log10(Math.abs(figure))) + 1 : 1;
    const decimals = Math.min(Math.max(significant - magnitude, 0), 12);
    return formatFloat(figure, { digits: [0, decimals], trailingZeros: false });
}

/**
 * @param {number} figure
 * @param {Direction} direction
 * @returns {string} `100 JPY = 4.6012 CNY`; `≈` where digits were cut
 */
export function formatEquation(figure, { of, to, nominal }) {
    const isNear = (other, gap) => Math.abs(other / figure - 1) <= gap;
    const magnitude = figure > 0 ? Math.floor(Math.log10(figure)) + 1 : 1;
    const market = Math.max(MARKET_DIGITS - magnitude, LEAST_DECIMALS);
    let decimals = market;
    for (let digits = MARKET_DIGITS + 1; digits <= DERIVED_DIGITS; digits++) {
        if (isNear(Number(figure.toFixed(decimals)), NOISE)) {
            break;
        }
        decimals = Math.max(digits - magnitude, LEAST_DECIMALS);
    }
    if (!isNear(Number(figure.toFixed(decimals)), NOISE)) {
        decimals = market;
    }
    const sign = isNear(Number(figure.toFixed(decimals)), EQUAL) ? "=" : "≈";
    return `${formatFigure(nominal)} ${of} ${sign} ${formatFloat(figure, { digits: [0, decimals] })} ${to}`;
}

/** @returns {number} the middle one of some numbers */
function median(numbers) {
    const sorted = [...numbers].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)];
}

const isFarOff = (rate, other) => rate > other * FAR_OFF || rate < other / FAR_OFF;

/**
 * Which rates of a series are so far from those around them that drawing them to scale
 * would make a flat line of all others: 100 times off, or a thousandth.
 *
 * @param {{ date: string, rate: number }[]} points by date
 * @param {{ date: string, rate: number }[]} [booked] what the books hold, by date: a
 *  source that is kept beside them is measured by the nearest of these
 * @returns {number[]} places in `points`
 */
export function findOutliers(points, booked = []) {
    const wrong = new Set(booked.length ? findOutliers(booked) : []);
    const known = booked.filter((_point, place) => !wrong.has(place));
    const getReference = known.length
        ? (place) => findNearest(known, points[place].date).rate
        : (place) => {
              const around = points.slice(Math.max(place - AROUND, 0), place + AROUND + 1);
              return around.length > 2 ? median(around.map(({ rate }) => rate)) : null;
          };
    return points.flatMap(({ rate }, place) => {
        const reference = getReference(place);
        return reference && isFarOff(rate, reference) ? [place] : [];
    });
}

function findNearest(points, date) {
    const place = points.findIndex((point) => point.date >= date);
    return place < 0 ? points.at(-1) : points[place];
}

/**
 * What is said of a series in words, since a line alone tells a screen reader nothing.
 *
 * @param {{ date: string, rate: number }[]} points by date
 * @param {Direction} direction
 * @returns {{ first, last, lowest, highest, change: number } | null} points with their
 *  `figure`, and the change from first to last as a fraction
 */
export function summarise(points, direction) {
    if (!points.length) {
        return null;
    }
    const drawn = points.map((point) => ({
        ...point,
        figure: toFigure(point.rate, direction),
    }));
    const pick = (better) => drawn.reduce((one, other) => (better(other, one) ? other : one));
    const [first, last] = [drawn[0], drawn.at(-1)];
    return {
        first,
        last,
        lowest: pick((a, b) => a.figure < b.figure),
        highest: pick((a, b) => a.figure > b.figure),
        change: last.figure / first.figure - 1,
    };
}
