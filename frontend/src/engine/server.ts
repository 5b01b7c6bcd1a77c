// The chart engine of the server: ECharts in goja, without a browser. chart/engine.go gives it `measure` and calls `draw`.
import { CustomChart, RadarChart, ScatterChart } from "echarts/charts";
import { GridComponent, RadarComponent } from "echarts/components";
import { init, setPlatformAPI, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { register } from "./series";

declare const globalThis: {
  measure(text: string, font: string): number;
  draw(option: string, width: number, height: number): string;
};

use([CustomChart, RadarChart, ScatterChart, GridComponent, RadarComponent, SVGRenderer]);
register();
setPlatformAPI({ measureText: (text, font) => ({ width: globalThis.measure(text, font ?? "") }) });

globalThis.draw = (option, width, height) => {
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    chart.setOption(JSON.parse(option));
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
};
