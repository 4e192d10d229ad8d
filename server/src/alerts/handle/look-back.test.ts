import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isHuiliuError } from '../../kernel/index.ts';
import { openCase } from '../testing/case-now.ts';
import { checkEverything } from '../testing/check-everything.ts';
import { happenings } from '../testing/look-back.ts';
import { ACTS, lookAt, PEOPLE } from '../testing/random-acts.ts';
import { openSmallOffice } from '../testing/small-office.ts';
import { claimCase } from './claim.ts';
import { closeCase } from './close.ts';
import { concludeCase } from './conclude.ts';
import { reviewConclusion } from './review.ts';

const office = await openSmallOffice();
const { world } = office;
const HAPPENINGS = happenings(office);

/** A case that was found justified and closed by way of exception; level low, so that it can rise. */
async function closedCase(): Promise<string> {
  const caseId = await openCase(world, { level: 'low', amountFen: 1_000n });
  const [anna, chief, deputy] = PEOPLE;
  assert.ok(anna !== undefined && chief !== undefined && deputy !== undefined);
  const now = () => lookAt(world, caseId);
  await claimCase(world, anna, await now());
  await concludeCase(world, anna, {
    ...(await now()),
    ...{ conclusion: 'confirmed', remark: '核查属实', nature: 'other', confirmed_fen: 1_000 },
    disposals: [{ kind: 'refund', reason: '多领', amount_fen: 1_000 }],
  });
  await reviewConclusion(world, chief, { ...(await now()), agree: true, remark: '同意' });
  const exception = { document: '纪要 1 号', reason: '确有特殊情况' };
  await closeCase(world, deputy, { ...(await now()), exception });
  return caseId;
}

/** Place of reopening among the acts: what a person can do with a closed case. */
const REOPEN = 19;

/** One of ten steps of either; the rest happens by itself. */
const KINDS = ['reopen', 'act'] as const;

const step = fc.record({
  kind: fc.integer({ min: 0, max: 9 }).map((n) => KINDS[n] ?? 'happening'),
  move: fc.nat({ max: 999 }),
  who: fc.integer({ min: 0, max: PEOPLE.length - 1 }),
  which: fc.integer({ min: 0, max: 1 }),
  dice: fc.record({
    agree: fc.boolean(),
    pick: fc.integer({ min: 0, max: 20 }),
    amount: fc.integer({ min: 1, max: 700 }),
  }),
});

test('whatever happens after closing and whoever acts, a case is looked back upon for 90 days: then settled, or reopened when its facts come again', async () => {
  await fc.assert(
    fc.asyncProperty(fc.noBias(fc.array(step, { minLength: 40, maxLength: 40 })), async (steps) => {
      office.onDay('2026-11-02');
      const cases = [await closedCase(), await closedCase()];
      for (const { kind, move, who, which, dice } of steps) {
        const moves = kind === 'happening' ? HAPPENINGS : ACTS;
        const attempt = moves[kind === 'reopen' ? REOPEN : move % moves.length];
        const caller = PEOPLE[who];
        assert.ok(attempt !== undefined && caller !== undefined);
        const now = await lookAt(world, cases[which] ?? '');
        await attempt(world, caller, now, dice).catch((error: unknown) => {
          if (!isHuiliuError(error)) throw error;
        });
      }
      await checkEverything(world);
    }),
    {
      numRuns: Number(process.env.HULIU_RUNS ?? 12),
      seed: Number(process.env.HULIU_SEED ?? 20_261_129),
    },
  );
  const reached = await checkEverything(world);
  console.log(JSON.stringify(reached));
  // Walks that never get there would prove nothing.
  assert.ok(reached.settled >= 5, 'some look-backs pass');
  assert.ok(reached.recurred >= 5, 'in some the facts come again');
  assert.ok(reached.reopened > 0, 'some are reopened by a person');
});
