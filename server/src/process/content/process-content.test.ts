import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parse } from 'yaml';
import { isHuiliuError } from '../../kernel/index.ts';
import { loadContent } from '../../municipal/index.ts';
import { loadProcessContent } from './load-process-content.ts';

const BASE = join(import.meta.dirname, '../../../../content/base');
const dir = mkdtempSync(join(tmpdir(), 'huiliu-process-content-'));
after(() => rmSync(dir, { recursive: true, force: true }));
cpSync(BASE, join(dir, 'base'), { recursive: true });
const ROOTS = [join(dir, 'base')];
const CONTENT = loadContent(ROOTS);

test('the shipped content has no limit without its source, and none that could not be found', () => {
  const { processes, channelGroups, deviations } = loadProcessContent(ROOTS, CONTENT);
  assert.ok(processes.size >= 10);
  for (const { matter, limits, steps } of processes.values()) {
    assert.ok(
      steps.some(({ required }) => required),
      matter,
    );
    for (const { source } of limits) assert.match(source, /《.+》/);
  }
  assert.deepEqual(processes.get('B30100')?.limits[0]?.days, 10);
  assert.deepEqual(processes.get('B10100')?.limits[0]?.days, 20);
  assert.deepEqual(processes.get('A10800')?.limits, []);
  assert.equal(deviations.size, 4);
  assert.ok(channelGroups.some(({ automatic }) => automatic));
});

function refused(file: string, text: string): string {
  const path = join(dir, 'base', file);
  writeFileSync(path, text);
  try {
    loadProcessContent(ROOTS, CONTENT);
    return '';
  } catch (error) {
    assert.ok(isHuiliuError(error, 'PROCESS_CONTENT_INVALID'));
    return error.message;
  } finally {
    if (file.includes('ZZ')) rmSync(path);
    else cpSync(join(BASE, file), path);
  }
}

test('a step that is in no code list, twice, or kept apart without being there is told by line', () => {
  const text = (steps: string, separate: string) =>
    `id: ZZ1\ntitle: 试\nbasis: [《试》]\nsteps:\n${steps}separate: ${separate}\nlimits: []\n`;
  const step = (code: string) => `  - { step: '${code}', required: true }\n`;
  const at = 'processes/ZZ1.process.yaml';
  assert.match(refused(at, text(step('999'), '[]')), /ZZ1\.process\.yaml:5.*没有环节 999/);
  assert.match(refused(at, text(step('020') + step('020'), '[]')), /环节 020 写了两次/);
  assert.match(refused(at, text(step('020'), "[['020', '040']]")), /环节 040 不在上面的步骤里/);
  assert.match(
    refused(
      at,
      text(step('020'), '[]').replace(
        'limits: []',
        'limits: [{ kind: statutory, days: 5, unit: work }]',
      ),
    ),
    /source/,
  );
});

test('every channel is in exactly one group', () => {
  const message = refused(
    'channel-groups/service.channels.yaml',
    "id: service\ngroups:\n  - { id: window, title: 窗口, channels: ['01', '01'], near: false, automatic: false }\n",
  );
  assert.match(message, /渠道 01 应恰在一组，现在在 2 组/);
  assert.match(message, /渠道 10 应恰在一组，现在在 0 组/);
});

interface Rows {
  readonly rows: readonly Readonly<Record<string, string | number | boolean>>[];
}
const param = (id: string): Rows['rows'] =>
  (parse(readFileSync(join(BASE, 'params', `${id}.param.yaml`), 'utf8')) as Rows).rows;

test('limits and required steps are those the rules CTL-009 and CTL-011 judge by', () => {
  const { processes } = loadProcessContent(ROOTS, CONTENT);
  for (const { biz_type, days, unit, extension } of param('matter_limit')) {
    const limit = processes.get(String(biz_type))?.limits.find(({ kind }) => kind === 'statutory');
    assert.deepEqual(
      [limit?.days, limit?.unit, limit?.extension],
      [days, unit, extension],
      String(biz_type),
    );
  }
  const required = Map.groupBy(param('matter_step'), ({ biz_type }) => String(biz_type));
  for (const [matter, rows] of required) {
    const inOrder = [...rows].sort((a, b) => Number(a.seq) - Number(b.seq));
    assert.deepEqual(
      processes.get(matter)?.steps.flatMap(({ step, required: must }) => (must ? [step] : [])),
      inOrder.map(({ step }) => step),
      matter,
    );
  }
});

test('a deviation that a rule tells too is of the same matter for whoever handles it', () => {
  const { deviations, processes } = loadProcessContent(ROOTS, CONTENT);
  const covered = [...deviations.values()].flatMap((def) =>
    def.covered_by.map((rule) => [def, rule] as const),
  );
  assert.deepEqual(covered.map(([, rule]) => rule).sort(), ['CTL-001', 'CTL-009', 'CTL-010']);
  for (const [{ topic, owner, severity, status }, rule] of covered) {
    const file = join(BASE, 'rules', rule.slice(0, 3), `${rule}.rule.yaml`);
    const told = parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    assert.deepEqual(
      [topic, owner, severity, status, ['case_id']],
      [told.topic, told.owner, told.severity, told.status, told.key],
    );
  }
  // CTL-001 keeps handling (020, 030), review (040) and approval (050) of high-risk matters apart.
  for (const { biz_type, high_risk } of param('matter')) {
    const separate = processes.get(String(biz_type))?.separate ?? [];
    const pairs = ['020,040', '020,050', '030,040', '030,050', '040,050'];
    assert.deepEqual(separate.map(String).sort(), high_risk ? pairs : [], String(biz_type));
  }
});
