import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { EVENT_FIELDS } from './fields.ts';
import { describeOpenApi } from './open-api.ts';
import { readEvent } from './read-event.ts';
import { CONTENT, deathEvent } from './testing/open-desk.ts';

const FILE = join(import.meta.dirname, '../../../../docs/reference/open-api.json');

test('the description that lies in the documents is the one the server gives', () => {
  const kept: unknown = JSON.parse(readFileSync(FILE, 'utf8'));
  assert.deepEqual(kept, describeOpenApi(CONTENT), 'write it anew from GET /open/v1/openapi.json');
});

test('every field that is described is read, and nothing else', () => {
  const { components } = describeOpenApi(CONTENT) as {
    components: { schemas: Record<string, { properties: object; required: string[] }> };
  };
  for (const subject of ['death', 'custody'] as const) {
    const schema = components.schemas[`${subject}_event`];
    assert.deepEqual(
      Object.keys(schema?.properties ?? {}),
      EVENT_FIELDS[subject].map((field) => field.name),
    );
    for (const name of schema?.required ?? []) {
      const problems: string[] = [];
      readEvent(subject, {}, CONTENT, (text) => problems.push(text));
      assert.ok(
        problems.some((text) => text.includes(`（${name}）`)),
        name,
      );
    }
  }
  const problems: string[] = [];
  assert.notEqual(
    readEvent('death', deathEvent(), CONTENT, (text) => problems.push(text)),
    null,
    problems.join(),
  );
});
