import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Catalogue } from '../../../api/catalogue.ts';
import { factText } from './fact-text.ts';

const catalogue = {
  codes: { CL_STEP: { '020': '受理', '030': '初审' } },
  tables: {},
} as unknown as Catalogue;

test('several codes in one text are told in words, whatever stands between them', () => {
  for (const value of ['020,030', '020、030']) {
    assert.equal(factText({ field: 'missing_steps', value }, catalogue), '受理、初审');
  }
  assert.equal(factText({ field: 'missing_steps', value: '020、999' }, catalogue), '受理、999');
  assert.equal(
    factText({ field: 'origins', value: '业务日志、人员主档' }, catalogue),
    '业务日志、人员主档',
  );
});
