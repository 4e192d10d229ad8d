import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { silentProgress } from '../../kernel/index.ts';
import { openDuck } from '../../store/index.ts';
import { checkRules } from '../check-pack.ts';
import { CONTENT, PACK } from './small-city.ts';

/** Makes one test per rule of these groups: its cases, its SQL, what it says it reads. */
export async function testRulesOf(groups: readonly string[]): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'huiliu-cases-'));
  const duck = await openDuck({
    ...{ file: join(dir, 'cases.duckdb'), stagingDir: dir, tempDir: dir },
    // The other half of the cases runs in a process beside this one.
    threads: 1,
    memoryLimit: '512MiB',
  });
  after(async () => {
    await duck.close();
    await rm(dir, { recursive: true, force: true });
  });
  const rules = [...PACK.rules.values()].filter(({ id }) => groups.includes(id.slice(0, 3)));
  assert.ok(rules.length > 0, `no rules in ${groups.join(', ')}`);
  for (const rule of rules) {
    if (rule.sql === '') continue;
    test(`${rule.id} ${rule.title}`, async () => {
      const [check] = await checkRules(
        duck,
        { pack: PACK, content: CONTENT },
        [rule],
        silentProgress,
      );
      assert.deepEqual(check?.problems, []);
    });
  }
}
