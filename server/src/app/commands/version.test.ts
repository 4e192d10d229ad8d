import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentProgress } from '../../kernel/index.ts';
import { runCommandLine } from '../command-line/index.ts';
import { COMMANDS } from './index.ts';

const ROOT = join(import.meta.dirname, '../../../..');

async function said(...words: string[]): Promise<string> {
  const lines: string[] = [];
  const out = (text: string) => void lines.push(text);
  const terminal = { out, err: out, progress: silentProgress };
  assert.equal(await runCommandLine(COMMANDS, words, { terminal, env: {} }), 0);
  return lines.join('\n');
}

test('the version shown is the newest of the change log, however it is asked for', async () => {
  const log = await readFile(join(ROOT, 'CHANGELOG.md'), 'utf8');
  const newest = /^## (\S+)$/m.exec(log)?.[1] ?? '';
  assert.match(newest, /^\d+\.\d+\.\d+$/);
  for (const word of ['version', '--version']) {
    assert.equal(await said(word), `回流 Huiliu ${newest}`);
  }
  assert.deepEqual(JSON.parse(await said('version', '--json')), { version: newest });
});

test('no part of the repository has a version of its own', async () => {
  for (const part of ['server', 'web']) {
    const text = await readFile(join(ROOT, part, 'package.json'), 'utf8');
    assert.equal((JSON.parse(text) as { version?: string }).version, undefined);
  }
});
