import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makeXes } from './make-log.ts';
import { processText } from './process-text.ts';

const dir = mkdtempSync(join(tmpdir(), 'huiliu-make-log-'));
after(() => rmSync(dir, { recursive: true, force: true }));

test('the log is the same each time and as large as it says', async () => {
  const digests = [];
  for (const name of ['a.xes', 'b.xes']) {
    const path = join(dir, name);
    const made = await makeXes(path, 5_000);
    const text = readFileSync(path);
    assert.equal(text.length, made.bytes);
    assert.equal(text.toString().match(/<event>/g)?.length, made.events);
    assert.equal(text.toString().match(/<trace>/g)?.length, made.cases);
    assert.ok(made.events >= 5_000 && made.events < 5_020);
    digests.push(createHash('sha256').update(text).digest('hex'));
  }
  assert.equal(digests[0], digests[1]);
});

test('the report says where a target was missed', () => {
  const ours = {
    ...{ import_seconds: 10, discover_seconds: 1, filtered_seconds: 1, cases: 1, events: 9 },
    ...{ variants: 1, median_s: 1, edges: 8, xes_mb: 1, peak_mb: 500 },
  };
  const machine = {
    ...{ cores: 2, processor: 'x', memory_mb: 1, platform: 'p', node: 'n', load_before: 0 },
  };
  const text = processText({
    ...{ machine, memory_limit: '1GiB', whole: ours, within: false },
    targets: { import_ratio: 5, discover_ratio: 5, memory_share: 1 / 3 },
    same_log: {
      ours,
      pm4py: { read: 20, format: 1, discover: 9, peak_mb: 1000, version: '2' },
      ...{ import_ratio: 2.1, discover_ratio: 9, memory_share: 0.5 },
    },
  });
  assert.match(text, /2\.10 倍/);
  assert.match(text, /50%/);
  assert.match(text, /没有达到目标/);
});
