import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { ExportLimits } from './model.ts';

const FILE = join('exports', 'limits.yaml');
const NAMES = {
  approval_above_rows: 'approvalAboveRows',
  most_rows: 'mostRows',
  expiry_hours: 'expiryHours',
  most_downloads: 'mostDownloads',
} as const;

/** Reads the limits of exports; a later folder overrides single values of an earlier one. */
export function loadExportLimits(roots: readonly string[]): ExportLimits {
  const values: Record<string, unknown> = {};
  for (const path of roots.map((root) => join(root, FILE)).filter((file) => existsSync(file))) {
    Object.assign(values, parse(readFileSync(path, 'utf8')));
  }
  const limits = Object.entries(NAMES).map(([name, key]) => {
    const value = values[name];
    if (!Number.isSafeInteger(value) || (value as number) < 0) {
      throw new Error(`content ${FILE}: ${name} must be a whole number`);
    }
    return [key, value] as const;
  });
  return Object.fromEntries(limits) as unknown as ExportLimits;
}
