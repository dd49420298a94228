import { registry } from "@web/core/registry";
import { PivotModel } from "@web/views/pivot/pivot_model";
import { PivotRenderer } from "@web/views/pivot/pivot_renderer";
import { pivotView } from "@web/views/pivot/pivot_view";
import { formatCodedMonetary } from "../coded_monetary/coded_monetary_field";

/** Amounts have the codes of their currencies, and a total that isn't whole is a dash. */
export class CodedPivotRenderer extends PivotRenderer {
    getFormattedValue(cell) {
        const { type } = this.model.metaData.measures[cell.measure];
        if (type !== "monetary") {
            return super.getFormattedValue(cell);
        }
        const [currencyId, ...others] = cell.currencyIds;
        const isWhole = cell.value !== false && !others.length;
        return { value: isWhole ? formatCodedMonetary(cell.value, { currencyId }) : "–" };
    }
}

/** In what is downloaded, a total that isn't whole is an empty cell. */
export class CodedPivotModel extends PivotModel {
    exportData() {
        const data = super.exportData();
        for (const { values } of data.rows) {
            for (const cell of values) {
                cell.value = cell.value === false ? "" : cell.value;
            }
        }
        return data;
    }
}

registry.category("views").add("coded_pivot", {
    ...pivotView,
    Model: CodedPivotModel,
    Renderer: CodedPivotRenderer,
});
