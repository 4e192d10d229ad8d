import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeAccounts } from './accounts.ts';
import { extendBenefits, makeBenefits, makeGrants } from './benefits.ts';
import { makeResidents, makeSeen, makeSpells } from './careers.ts';
import { makeCases } from './cases.ts';
import { type City, openCity } from './engine.ts';
import { cityOptionsInvalid, cityOutputInUse } from './errors.ts';
import { openFileWriter } from './files.ts';
import { makeFlowTables } from './flows.ts';
import { makeClaimLines, makeClaims, makeInjuryBenefits, makeInjuryCases } from './injuries.ts';
import { type CityOptions, type CitySummary, calendarOf, type PackageSummary } from './options.ts';
import { type DatasetEntry, makePackageFolder, packageId, sealPackage } from './package.ts';
import { makePeople } from './people.ts';
import { makePlantTables, openPlants, type Plants } from './plant/index.ts';
import { yearTableSql } from './policy.ts';
import { makePayees, makeSubsidies } from './registers.ts';
import { makeStaff } from './staff.ts';
import { makeUnits } from './units.ts';
import { makeWorkdays } from './workdays.ts';
import { datasetsOf, writeDataset } from './write.ts';

/**
 * Generates a synthetic city (合成城市) as signed monthly return packages.
 * Same options, same bytes. 1.76 million persons need about 4 GB of memory.
 * @throws CITY_OPTIONS_INVALID, CITY_OUTPUT_IN_USE
 */
export async function generateCity(options: CityOptions): Promise<CitySummary> {
  const started = performance.now();
  checkOptions(options);
  const cal = calendarOf(options);
  mkdirSync(options.out, { recursive: true });
  const work = mkdtempSync(join(options.out, '.work-'));
  const city = await openCity(options, cal, join(work, 'city.duckdb'));
  try {
    const plants = city.planted ? openPlants(city) : null;
    await build(city, options, plants);
    const packages = await writePackages(city, options, work);
    if (plants !== null) {
      writeFileSync(
        join(options.out, 'truth.json'),
        `${JSON.stringify(await plants.planter.truth(), null, 1)}\n`,
      );
    }
    return {
      packages,
      persons: options.persons,
      seconds: Math.round((performance.now() - started) / 100) / 10,
      peak_rss_mb: Math.round(process.resourceUsage().maxRSS / 1024),
    };
  } finally {
    city.close();
    rmSync(work, { recursive: true, force: true });
  }
}

function checkOptions(options: CityOptions): void {
  const problems: string[] = [];
  const history = options.historyMonths ?? 120;
  if (options.variant === 'planted' && (options.persons < 20_000 || history < 96))
    problems.push('植入事实需要至少 2 万人、96 个月历史');
  if (!Number.isInteger(options.persons) || options.persons < 500 || options.persons > 40_000_000)
    problems.push('人数应为 500 至 4000 万之间的整数');
  if (!Number.isInteger(options.months) || options.months < 1 || options.months > 36)
    problems.push('月数应为 1 至 36 之间的整数');
  if (!Number.isInteger(history) || history < options.months + 24 || history > 240)
    problems.push('历史月数应为整数，至少比包数多 24，最多 240');
  if (!/^\d{4}-\d{2}-\d{2}$/.test(options.asOf ?? '2026-10-31'))
    problems.push('截止日应写成 YYYY-MM-DD');
  if (problems.length > 0) throw cityOptionsInvalid({ problems });
  if (existsSync(options.out) && readdirSync(options.out).some((name) => name.startsWith('SX-')))
    throw cityOutputInUse({ path: options.out });
}

type Step = readonly [name: string, make: (city: City) => Promise<void>, plant?: string];

/** The path of a life through the system, set by set. */
async function build(city: City, options: CityOptions, plants: Plants | null): Promise<void> {
  const steps: readonly Step[] = [
    ['政策', (c) => c.run(yearTableSql())],
    ['植入表', makePlantTables],
    ['工作日历', makeWorkdays],
    ['单位', makeUnits],
    ['人员', makePeople],
    ['职工参保', makeSpells],
    ['居民参保', makeResidents],
    ['首见', makeSeen, 'careers'],
    ['个人账户', makeAccounts, 'accounts'],
    ['待遇', makeBenefits],
    ['一次性待遇', makeGrants],
    ['工伤', makeInjuryCases, 'injuries'],
    ['工伤待遇', makeInjuryBenefits],
    ['待遇扩展', extendBenefits, 'benefits'],
    ['工伤医疗', makeClaims, 'claims'],
    ['医疗明细', makeClaimLines, 'lines'],
    ['补贴', makeSubsidies, 'subsidies'],
    ['账户', makePayees, 'payees'],
    ['岗位', makeStaff],
    ['业务件', makeCases, 'cases'],
    ['收支', makeFlowTables, 'flows'],
  ];
  for (const [index, [name, make, plant]] of steps.entries()) {
    options.progress.report(name, index, steps.length, 'steps');
    await make(city);
    if (plants !== null && plant !== undefined) await plants.after[plant]?.(plants.planter);
  }
}

async function writePackages(
  city: City,
  options: CityOptions,
  work: string,
): Promise<PackageSummary[]> {
  const writer = openFileWriter();
  const packages: PackageSummary[] = [];
  try {
    for (let month = city.cal.first; month <= city.cal.last; month++) {
      const full = month === city.cal.first;
      const id = packageId(month, full);
      const path = makePackageFolder(options.out, id);
      const entries: DatasetEntry[] = [];
      for (const dataset of datasetsOf(city))
        entries.push(
          await writeDataset(city, writer, dataset, { month, full, path, work }, options.progress),
        );
      sealPackage(
        path,
        { month, full, seq: packages.length + 1, previous: packages.at(-1)?.package_id ?? null },
        entries,
      );
      packages.push({
        package_id: id,
        path,
        rows: Object.fromEntries(entries.map((entry) => [entry.dataset, entry.rows])),
        bytes: entries.reduce((sum, entry) => sum + entry.bytes, 0),
      });
      options.progress.note(`数据包 ${id} 已写好`);
    }
  } finally {
    await writer.end();
  }
  return packages;
}
