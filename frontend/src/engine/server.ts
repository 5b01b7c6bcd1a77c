import * as echarts from "echarts/core";
import { CustomChart, RadarChart, ScatterChart } from "echarts/charts";
import { GridComponent, RadarComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

echarts.use([CustomChart, RadarChart, ScatterChart, GridComponent, RadarComponent, SVGRenderer]);
