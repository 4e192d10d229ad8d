import type { ColumnDef } from '../../contract/index.ts';
import { columnOf, identifier } from '../../municipal/index.ts';
import { gateRefusal } from '../gate-codes.ts';
import { RefusalError } from '../refusal.ts';
import type { StagedDataset } from '../stage/stage-dataset.ts';
import type { StagingDatabase } from '../stage/staging-database.ts';

/**
 * Compares a dataset with the totals its manifest declares (gate G5): exact decimal sums and the
 * number of different persons, over every record of the file, good or bad.
 * @throws RefusalError G5
 */
export async function requireControlTotals(
  staging: StagingDatabase,
  staged: StagedDataset,
): Promise<void> {
  const { manifest, def, table } = staged;
  for (const [label, declared] of manifest.sums) {
    const column = columnOf(def, staging.profile, label);
    const found = column === null ? null : await sumOf(staging, table, column);
    if (found !== null && sameDecimal(found, declared)) continue;
    throw new RefusalError(
      gateRefusal(
        'SUM01',
        `${manifest.file} 的 ${label}（${column?.title ?? '未知列'}）清单声明合计 ${declared}，实际 ${found ?? '无法合计'}。请来源核对后重报。`,
      ),
    );
  }
  if (manifest.distinctPerson !== null && def.person !== null) {
    const persons = await distinctOf(staging, table, def.person);
    if (persons !== manifest.distinctPerson) {
      throw new RefusalError(
        gateRefusal(
          'SUM02',
          `${manifest.file} 清单声明 ${manifest.distinctPerson} 人，实际 ${persons} 人。请来源核对后重报。`,
        ),
      );
    }
  }
}

async function sumOf(
  staging: StagingDatabase,
  table: string,
  column: ColumnDef,
): Promise<string | null> {
  const name = identifier(column.name);
  const row = await staging.write((session) =>
    session.first<{ total: string }>(
      `select cast(coalesce(sum(${name}), 0) as varchar) as total from ${table}`,
    ),
  );
  if (row === undefined) return null;
  return column.type === 'money' ? fenText(BigInt(row.total)) : row.total;
}

/** Fen as yuan text: -1225n → "-12.25". */
export function fenText(fen: bigint): string {
  const sign = fen < 0n ? '-' : '';
  const digits = (fen < 0n ? -fen : fen).toString().padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

async function distinctOf(
  staging: StagingDatabase,
  table: string,
  column: string,
): Promise<number> {
  const row = await staging.write((session) =>
    session.first<{ persons: bigint }>(
      `select count(distinct ${identifier(column)}) as persons from ${table}`,
    ),
  );
  return Number(row?.persons ?? 0n);
}

/** Compares decimal texts by value: "12.5" equals "12.50". */
export function sameDecimal(left: string, right: string): boolean {
  const normal = normalDecimal(left);
  return normal !== null && normal === normalDecimal(right);
}

function normalDecimal(text: string): string | null {
  const match = /^([+-]?)0*(\d+)(?:\.(\d*?)0*)?$/.exec(text.trim());
  if (match === null) return null;
  const [, sign = '', whole = '0', fraction = ''] = match;
  const value = `${whole}${fraction === '' ? '' : `.${fraction}`}`;
  return sign === '-' && /[1-9]/.test(value) ? `-${value}` : value;
}
