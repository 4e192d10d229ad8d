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
  return init(element, undefined, { renderer: 'canvas' });
}
