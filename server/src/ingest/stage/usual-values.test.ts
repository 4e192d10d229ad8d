import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isUsual, type UsualForm } from '../decode/usual-form.ts';
import { planOf, stageRows } from '../testing/stage-rows.ts';

/** A contribution, and the columns that have a usual form. */
const COLUMNS = ['contrib_id', 'AAC001', 'AAE140', 'AAA115', 'AAE114'].concat([
  'AAE003',
  'AAB191',
  'AAE180',
  'AAE202',
]);
/** Every other row has a code that is none, so that its raw text is kept and compared too. */
const baseOf = (index: number) => ['C1', 'P1', index % 2 === 0 ? '110' : '999', '10', '1'];

/** Texts near the usual spelling, of which the smaller part is it. */
const near = (...usual: fc.Arbitrary<string>[]) =>
  fc.oneof(
    ...usual,
    fc
      .tuple(fc.oneof(...usual), fc.nat(12), fc.constantFrom(...' +-_.eE0195年　'))
      .map(([text, at, char]) => text.slice(0, at) + char + text.slice(at)),
    fc
      .tuple(fc.oneof(...usual), fc.nat(12))
      .map(([text, at]) => text.slice(0, at) + text.slice(at + 1)),
  );
const digits = (length: number) => fc.integer({ min: 0, max: 10 ** length - 1 });
const padded = (length: number) => digits(length).map((n) => String(n).padStart(length, '0'));
const day = fc
  .date({ min: new Date('1890-01-01'), max: new Date('2110-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10).replaceAll('-', ''));

const record = fc.tuple(
  near(
    day.map((text) => text.slice(0, 6)),
    padded(6),
  ),
  near(day, padded(8), fc.constantFrom('0', '00000000', '99991231')),
  near(
    fc.tuple(fc.integer({ min: -20_000_000, max: 20_000_000 }), padded(2)).map((n) => n.join('.')),
    fc.constantFrom('0.00', '-0.00', '-0.50', '-00.50'),
  ),
  near(fc.integer({ min: -700, max: 700 }).map(String), fc.constantFrom('-0', '0', '00')),
);

/**
 * `stageRows` stages what is spelled as usual a second time by its forms and requires the same values,
 * faults and raw text.
 */
test('whatever counts as usual means by its form what it means as text', async () => {
  const records = fc.sample(record, { seed: 20_261_130, numRuns: 6000 });
  const rows = records.map((fields, index) => [...baseOf(index), ...fields]);
  for (let from = 0; from < rows.length; from += 1000) {
    await stageRows({
      table: 'contribution',
      columns: COLUMNS,
      rows: rows.slice(from, from + 1000),
    });
  }
  const plan = planOf({ table: 'contribution', columns: COLUMNS });
  assert.ok(!('kind' in plan));
  const forms: readonly UsualForm[] = plan.forms;
  assert.deepEqual(forms.slice(baseOf(0).length), ['month', 'date', 'money', 'whole']);
  for (const [index, form] of forms.entries()) {
    const usual = rows.filter((row) => isUsual(form, Buffer.from(row[index] ?? '')));
    // Enough of both kinds, or nothing was shown.
    const share = usual.length / rows.length;
    if (form !== 'text') assert.ok(share > 0.1 && share < 0.9, `${form}: ${share}`);
  }
});
