import { BarChart, LineChart, MapChart, ScatterChart } from 'echarts/charts';
import {
  AriaComponent,
  GeoComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  VisualMapComponent,
} from 'echarts/components';
import { type EChartsType, init, registerMap, use } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { SCHEMATIC, SCHEMATIC_NAME } from './schematic-map.ts';

use([
  BarChart,
  LineChart,
  MapChart,
  ScatterChart,
  AriaComponent,
  GeoComponent,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  VisualMapComponent,
  CanvasRenderer,
]);
registerMap(SCHEMATIC_NAME, SCHEMATIC as Parameters<typeof registerMap>[1]);

export function startChart(element: HTMLElement): EChartsType {
  return init(element, themeOf(element), { renderer: 'canvas' });
}

/** Our colours, as the page has them at the moment; what a chart says itself comes first. */
function themeOf(element: HTMLElement) {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    axisLabel: { color: token('--text-2') },
    axisLine: { lineStyle: { color: token('--line') } },
    splitLine: { lineStyle: { color: token('--line-soft') } },
  };
  return {
    color: [1, 2, 3, 4, 5, 6].map((place) => token(`--series-${place}`)),
    textStyle: { color: token('--text'), fontFamily: style.fontFamily },
    bar: { label: { color: token('--text') } },
    ...{ categoryAxis: axis, valueAxis: axis },
  };
}
