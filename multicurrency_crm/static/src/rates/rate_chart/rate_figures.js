import { formatFloat } from "@web/core/utils/numbers";

/** Digits that a rate is read with: 7.12345, 150.123, 0.00712345. */
const SIGNIFICANT = 6;
/** How many units publishers quote small currencies for. */
const NOMINALS = [1, 100, 10_000];
/** Below this a figure begins with too many zeros to be read. */
const LEAST_READABLE = 0.1;

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
    const figure = inverse ? rate : 1 / rate;
    const nominal =
        NOMINALS.find((nominal) => figure * nominal >= LEAST_READABLE) || NOMINALS.at(-1);
    const [of, to] = inverse ? [company, currency] : [currency, company];
    return { of, to, nominal: rate > 0 ? nominal : 1, inverse };
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
 * @returns {string} `100 JPY = 4.6012 CNY`
 */
export function formatEquation(figure, { of, to, nominal }) {
    return `${formatFigure(nominal)} ${of} = ${formatFigure(figure)} ${to}`;
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
