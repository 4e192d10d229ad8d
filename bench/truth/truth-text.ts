import type { CityTruth } from './compare-truth.ts';

const SHOWN = 20;

/** Says in Chinese what came of each city. */
export function truthText(cities: readonly CityTruth[]): string {
  return cities.map(cityText).join('\n\n');
}

function cityText(city: CityTruth): string {
  const kind = city.variant === 'clean' ? '干净城市' : '埋设城市';
  const lines = [
    `${kind} ${city.persons.toLocaleString('en-US')} 人，种子 ${city.seed}：${city.good ? '相符' : '不符'}`,
    `  运行 ${city.ran} 条风险规则，疑点 ${city.hits} 条`,
  ];
  if (city.variant !== 'clean') lines.push(`  埋设事实 ${city.facts} 件，找到 ${city.found} 件`);
  const lists = [
    ['没有找到', city.missed],
    ['金额不符', city.wrongAmounts],
    ['不该有却有', city.forbidden],
    ['没有解释的疑点', city.unexplained],
    ['埋设了但规则未运行', city.notRun],
    ['未运行的规则', city.idle],
  ] as const;
  for (const [title, list] of lists) {
    if (list.length === 0) continue;
    lines.push(`  ${title} ${list.length}：`, ...list.slice(0, SHOWN).map((item) => `    ${item}`));
    if (list.length > SHOWN) lines.push(`    …… 另 ${list.length - SHOWN} 条`);
  }
  return lines.join('\n');
}
