// ECharts for the few pages where a person explores: the option of the server, with names on touch.
// The chunk of this file is loaded on demand only.
import { CustomChart, RadarChart, ScatterChart } from "echarts/charts";
import { GridComponent, RadarComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { register } from "./series";

use([CustomChart, RadarChart, ScatterChart, GridComponent, RadarComponent, TooltipComponent, SVGRenderer]);
register();

interface Item {
  name: string;
  seriesName?: string;
  seriesType?: string;
  dataIndex: number;
  value: unknown;
}

interface Series {
  itemPayload?: { texts?: string[]; words?: string[][]; font?: string };
}

// draw replaces what stands in the box by the interactive chart. Colours are custom properties in the option itself,
// so that a change of the colour scheme needs no new drawing.
export function draw(box: HTMLElement, option: { series: Series[] }, width: number, height: number): void {
  const family = getComputedStyle(box).fontFamily;
  const named = (font: string): string => font.replace("sans-serif", family); // the server's sheet has only a generic one
  const quiet = option.series.map((one) => {
    const payload = one.itemPayload && { ...one.itemPayload };
    if (payload?.font) payload.font = named(payload.font);
    if (payload?.words) payload.words = payload.words.map((w) => [w[0], w[1], named(w[2]), w[3]]);
    return { ...one, itemPayload: payload, emphasis: { disabled: true } };
  });
  box.replaceChildren();
  const chart = init(box, null, { renderer: "svg", width, height });
  chart.setOption({
    ...option,
    textStyle: { fontFamily: family },
    series: quiet,
    animation: false, // nothing moves: nothing to switch off for those who asked for less motion
    tooltip: {
      trigger: "item",
      renderMode: "richText", // HTML tooltips set style attributes, which the content security policy forbids
      confine: true,
      padding: 8,
      borderWidth: 1,
      borderColor: "var(--line-2)",
      backgroundColor: "var(--surface)",
      textStyle: { color: "var(--ink)", fontSize: 13 },
      transitionDuration: 0,
      formatter: (item: Item) => words(item, option.series),
    },
  } as Parameters<typeof chart.setOption>[0]);
}

// words name a thing and its figure: the city or dimension, what is measured, and the whole number.
function words(item: Item & { seriesIndex?: number }, series: Series[]): string {
  const cell = series[item.seriesIndex ?? 0]?.itemPayload?.texts?.[item.dataIndex];
  if (cell !== undefined) return cell === "" ? item.name : `${item.name}: ${cell}`;
  const value = Array.isArray(item.value) ? item.value : [];
  if (item.seriesType === "radar") return `${item.name}\n${value.map(whole).join(" · ")}`;
  const range = item.seriesType === "custom" && value.length === 3;
  const figure = range ? `${whole(value[0])}–${whole(value[1])}` : whole(value[0]);
  return [item.name, item.seriesName && !item.seriesName.startsWith("series") ? `${item.seriesName}: ${figure}` : figure].filter(Boolean).join("\n");
}

// whole is a figure as the server writes it: half up.
function whole(value: unknown): string {
  return typeof value === "number" ? String(Math.floor(value + 0.5)) : "";
}
