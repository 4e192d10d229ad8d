import type { EChartsCoreOption } from 'echarts/core';
import { formatCount } from '../locales/format.ts';

/** Bars from the left, the first at the top, each with its number written out. */
export function horizontalBars(
  lines: readonly { readonly name: string; readonly value: number }[],
): EChartsCoreOption {
  const upwards = [...lines].reverse();
  return {
    grid: { left: 8, right: 64, top: 8, bottom: 8, containLabel: true },
    xAxis: { type: 'value', splitLine: { show: false }, axisLabel: { show: false } },
    yAxis: { type: 'category', data: upwards.map(({ name }) => name), axisTick: { show: false } },
    series: [
      {
        ...{ type: 'bar', data: upwards.map(({ value }) => value), barMaxWidth: 18 },
        label: {
          ...{ show: true, position: 'right' },
          formatter: ({ value }: { value: number }) => formatCount(value),
        },
      },
    ],
  };
}
