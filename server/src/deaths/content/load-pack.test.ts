import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { CONTENT, PACK } from '../testing/pack.ts';
import { loadDeathsPack } from './load-pack.ts';

const BASE = join(import.meta.dirname, '../../../../content/base');
const SETTINGS = 'deaths/settings/registry.settings.yaml';
const NAMES = 'deaths/names/variants.names.yaml';
const LETTER = 'deaths/letters/inquiry.letter.yaml';

/** Loads the base with one file of it replaced by a city's own. */
async function overlaid(path: string, change: (text: string) => string) {
  const root = await mkdtemp(join(tmpdir(), 'huiliu-deaths-content-'));
  try {
    await mkdir(dirname(join(root, path)), { recursive: true });
    const text = change(await readFile(join(BASE, path), 'utf8'));
    await writeFile(join(root, path), text);
    return loadDeathsPack([BASE, root], CONTENT);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
const withReason = (text: string) => `reason: 本市口径\n${text}`;

describe('content of the death registry', () => {
  it('as shipped knows every source, its rules, signs of life and shared views', () => {
    assert.deepEqual([...PACK.sources.keys()].sort(), [
      ...['01', '02', '03', '04', '05', '06', '07', '08', '09', '99'],
    ]);
    assert.deepEqual([...PACK.findings.keys()], ['DRG-001', 'DRG-002', 'DRG-003', 'DRG-004']);
    for (const { reads } of PACK.signs.values()) {
      for (const name of reads) {
        assert.ok(CONTENT.tables.has(name) || PACK.shared.views.has(name), name);
      }
    }
    assert.equal(PACK.settings.yearly_target, 480);
  });

  it('may be replaced by the city, file by file, with a reason', async () => {
    const change = (text: string) =>
      withReason(text).replace('yearly_target: 480', 'yearly_target: 400');
    assert.equal((await overlaid(SETTINGS, change)).settings.yearly_target, 400);
    await assert.rejects(
      overlaid(SETTINGS, (text) => text),
      /须用 reason 写明/,
    );
  });

  it('is refused when a source has no kind, or a kind has no source', async () => {
    const without = (text: string) => withReason(text).replace(/ {2}- \{ code: '06'.*\n/, '');
    await assert.rejects(overlaid(SETTINGS, without), /来源 06 没有写明性质/);
    const other = (text: string) => withReason(text).replace("code: '06'", "code: '66'");
    await assert.rejects(overlaid(SETTINGS, other), /CL_DEATH_SRC 没有 66/);
  });

  it('is refused when a letter asks for what nobody fills in', async () => {
    const change = (text: string) => withReason(text).replace('{days}', '{phone}');
    await assert.rejects(overlaid(LETTER, change), /\{phone\} 不认识/);
  });

  it('is refused when a character of names belongs to two others', async () => {
    const twice = (text: string) => withReason(text).replace('[峰, 峯]', '[峰, 峯彊]');
    await assert.rejects(overlaid(NAMES, twice), /彊 归入了两处/);
    const main = (text: string) => withReason(text).replace('[峰, 峯]', '[峰, 峯强]');
    await assert.rejects(overlaid(NAMES, main), /强 归入了两处/);
  });

  it('is refused when a value is out of its bounds or misspelt', async () => {
    const lone = (text: string) => withReason(text).replace('sources: 2,', 'sources: 1,');
    await assert.rejects(overlaid(SETTINGS, lone), /registry\.settings\.yaml/);
    const typo = (text: string) => withReason(text).replace('tolerance_days', 'tolerance_day');
    await assert.rejects(overlaid(SETTINGS, typo), /tolerance_day/);
  });
});
