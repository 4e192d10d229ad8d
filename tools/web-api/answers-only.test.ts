import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answersOnly } from './answers-only.ts';

test('only answers that are no error are left, and what is sent is not', () => {
  const schema = (title: string) => ({ content: { 'application/json': { schema: { title } } } });
  const operation = {
    summary: '清单',
    parameters: [{ name: 'page' }],
    requestBody: schema('sent'),
    responses: { 200: schema('right'), 201: schema('made'), default: schema('wrong') },
  };
  const description = { openapi: '3.1.0', paths: { '/api/lists': { get: operation } } };
  assert.deepEqual(answersOnly(description), {
    openapi: '3.1.0',
    paths: {
      '/api/lists': {
        get: { summary: '清单', responses: { 200: schema('right'), 201: schema('made') } },
      },
    },
  });
  assert.ok('requestBody' in description.paths['/api/lists'].get, 'the given one is left alone');
});
