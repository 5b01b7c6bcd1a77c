// The drawing parts that ECharts does not have: registered by name, so that an option is data and never holds a function.
// The server (in goja) and the browser register the same ones; chart/*.go writes the options for them.
import type { CustomSeriesRenderItem, CustomSeriesRenderItemReturn } from "echarts";
import { registerCustomSeries } from "echarts/core";

type Draw = CustomSeriesRenderItem;
type Payload = Record<string, unknown>;

// interval: a bar from low to high on the value axis. Value [low, high, y]; payload height, radius, fill, stroke, opacity.
const interval: Draw = (params, api) => {
  const style = params.itemPayload as { height: number; radius: number; fill: string; stroke?: string; opacity?: number };
  const a = api.coord([api.value(0), api.value(2)]);
  const b = api.coord([api.value(1), api.value(2)]);
  return {
    type: "rect",
    emphasisDisabled: true,
    shape: {
      x: Math.min(a[0], b[0]),
      y: a[1] - style.height / 2,
      width: Math.max(Math.abs(b[0] - a[0]), 1),
      height: style.height,
      r: style.radius,
    },
    style: { fill: style.fill, stroke: style.stroke, fillOpacity: style.opacity },
  };
};

// words: texts at pixels. Value [x, y]; payload words[i] = [text, colour, font, anchor].
const words: Draw = (params, api) => {
  const [text, fill, font, align] = (params.itemPayload.words as [string, string, string, string][])[params.dataIndex];
  return {
    type: "text",
    x: api.value(0) as number,
    y: api.value(1) as number,
    silent: true,
    style: { text, fill, font, align: align as "left", verticalAlign: "middle" },
  };
};

// rule: a straight line between pixels. Value [x1, y1, x2, y2]; payload stroke, width.
const rule: Draw = (params, api) => ({
  type: "line",
  silent: true,
  shape: { x1: at(api, 0), y1: at(api, 1), x2: at(api, 2), y2: at(api, 3) },
  style: { fill: "none", stroke: params.itemPayload.stroke as string, lineWidth: params.itemPayload.width as number },
});

// area: a path in pixels. Payload paths[i] = path data, fill, opacity, stroke.
const area: Draw = (params) => ({
  type: "path",
  silent: true,
  shape: { pathData: (params.itemPayload.paths as string[])[params.dataIndex] },
  style: {
    fill: (params.itemPayload.fill as string) ?? "none",
    fillOpacity: params.itemPayload.opacity as number,
    stroke: params.itemPayload.stroke as string,
  },
});

// cell: one cell of a matrix, in pixels. Value [x, y, shade]; payload width, height, fills[shade], inks[shade], font, texts[i].
// A shade of -1 is hatched (not comparable), -2 is dashed (not answered). The hatch is lines, not a pattern: no ids.
const cell: Draw = (params, api) => {
  const p = params.itemPayload as Payload & { width: number; height: number; fills: string[]; inks: string[]; texts: string[] };
  const x = at(api, 0), y = at(api, 1), shade = at(api, 2);
  const shape = { x, y, width: p.width, height: p.height, r: 2 };
  const text = (fill: string): CustomSeriesRenderItemReturn => ({
    type: "text",
    x: x + p.width / 2,
    y: y + p.height / 2,
    silent: true,
    style: { text: p.texts[params.dataIndex], fill, font: p.font as string, align: "center", verticalAlign: "middle" },
  });
  if (shade === -1) {
    return {
      type: "group",
      children: [
        { type: "path", shape: { pathData: hatch(x, y, p.width, p.height) }, style: { fill: "none", stroke: p.hatch as string, lineWidth: 1.2 } },
        { type: "rect", shape, style: { fill: "none", stroke: p.line as string } },
      ],
    };
  }
  if (shade === -2) {
    const inner = { x: x + 0.5, y: y + 0.5, width: p.width - 1, height: p.height - 1, r: 2 };
    return {
      type: "group",
      children: [
        { type: "rect", shape: inner, style: { fill: "none", stroke: p.edge as string, lineDash: [3, 2] } },
        text(p.mute as string),
      ],
    } as CustomSeriesRenderItemReturn;
  }
  return {
    type: "group",
    emphasisDisabled: true, // under the pointer ECharts would lift the colour, and cannot lift a custom property
    children: [{ type: "rect", shape, style: { fill: p.fills[shade] } }, text(p.inks[shade])],
  } as CustomSeriesRenderItemReturn;
};

function at(api: Parameters<Draw>[1], dimension: number): number {
  return api.value(dimension) as number;
}

// hatch is the path of 45° lines, 7 pixels apart along the edge, inside a rectangle.
function hatch(x: number, y: number, width: number, height: number): string {
  let path = "";
  for (let d = 4; d < width + height; d += 7) {
    const x1 = Math.min(d, width), x2 = Math.max(0, d - height);
    path += `M${x + x1} ${y + d - x1}L${x + x2} ${y + d - x2}`;
  }
  return path;
}

export function register(): void {
  for (const [name, draw] of Object.entries({ interval, words, rule, area, cell })) registerCustomSeries(name, draw);
}
