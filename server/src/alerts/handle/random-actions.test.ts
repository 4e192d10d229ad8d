import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HuiliuError } from '../../kernel/index.ts';
import { askWriteOff, bookOffset, bookReceipt, decideWriteOff } from '../recovery/book-entry.ts';
import { openCase } from '../testing/case-now.ts';
import { checkEverything } from '../testing/check-everything.ts';
import { happenings } from '../testing/look-back.ts';
import {
  ACTS,
  type Dice,
  lookAt,
  type Now,
  PEOPLE,
  pickOf,
  type Try,
} from '../testing/random-acts.ts';
import { openSmallOffice } from '../testing/small-office.ts';
import type { Caller } from './act.ts';
import { claimCase } from './claim.ts';
import { concludeCase } from './conclude.ts';
import { reviewConclusion } from './review.ts';

const office = await openSmallOffice();
const { world } = office;
const MOVES = [...ACTS, ...happenings(office)];
const WAIT = ACTS.length;
const AGAIN = WAIT + 1;
const LOOK_BACK = WAIT + 3;

/** Where a walk may go on from each state; aimless walks hardly ever get past the first. */
const ON: Readonly<Record<string, readonly number[]>> = {
  ...{ new: [0], assigned: [0], verifying: [8], concluded: [11, 12], disposing: [14, 15, 16, 18] },
  ...{ recovering: [15, 20, 21, 22, 23, 24, 25, 26], closing: [18] },
  // Closed: time passes, the facts come again, a publication looks back, and rarely a person.
  closed: [WAIT, WAIT, AGAIN, LOOK_BACK, 19],
};

/** Who can usually take the step: the holder concludes, the city's people do the rest. */
const ABLE: Readonly<Record<number, number>> = {
  ...{
    0: 0,
    11: 1,
    12: 1,
    14: 0,
    15: 1,
    16: 0,
    18: 0,
    19: 0,
    20: 0,
    21: 0,
    22: 0,
    23: 1,
    24: 0,
    25: 1,
  },
};

/** Some steps are drawn blindly; the rest mostly follow the way of the case with a person it needs. */
function aim(now: Now, { who, act, dice, blind }: Step): Aimed {
  const on = blind ? undefined : pickOf(ON[now.state] ?? [], dice);
  const holder = PEOPLE.find(({ principal }) => principal.accountId === now.assignee);
  const able = on === undefined ? undefined : on === 8 ? holder : PEOPLE[ABLE[on] ?? who];
  const caller = (dice.amount % 4 === 0 ? undefined : able) ?? PEOPLE[who];
  const attempt = MOVES[on ?? act];
  assert.ok(caller !== undefined && attempt !== undefined);
  return { caller, attempt, dice: blind ? dice : { ...dice, agree: dice.amount % 5 !== 0 } };
}

interface Aimed {
  readonly caller: Caller;
  readonly attempt: Try;
  readonly dice: Dice;
}

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const step = fc.record({
  blind: fc.boolean(),
  who: fc.integer({ min: 0, max: PEOPLE.length - 1 }),
  which: fc.integer({ min: 0, max: 2 }),
  act: fc.integer({ min: 0, max: MOVES.length - 1 }),
  dice: fc.record({
    agree: fc.boolean(),
    pick: fc.integer({ min: 0, max: 20 }),
    amount: fc.integer({ min: 1, max: 700 }),
  }),
});

test('no sequence of actions by anybody, whatever time passes and comes again, stops or recovers without verification and another person, and sums balance', async () => {
  await office.rows('biz_case', { case_id: 'B1', person_id: 'R1' });
  await office.rows('biz_event', { event_id: 'X1', case_id: 'B1', operator_id: 'OP1' });
  let done = 0;
  let tried = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 60, maxLength: 60 }), async (steps) => {
      office.onDay('2026-11-02');
      const cases = [
        await openCase(world, { personId: 'R1', topic: `事由${tried}` }),
        await openCase(world, { agency: '140521' }),
        await openCase(world, { agency: null, personId: null, unitId: `U${tried}` }),
      ];
      for (const each of steps) {
        tried += 1;
        const now = await lookAt(world, cases[each.which] ?? '1');
        const { caller, attempt, dice } = aim(now, each);
        await attempt(world, caller, now, dice).then(
          () => {
            done += 1;
          },
          (error: unknown) => {
            // Refused in words, never by an accident further down.
            assert.ok(error instanceof HuiliuError, String(error));
            assert.notEqual(error.kind, 'unavailable', String(error.cause));
          },
        );
      }
      await checkEverything(world);
    }),
    {
      numRuns: Number(process.env.HULIU_RUNS ?? 10),
      seed: Number(process.env.HULIU_SEED ?? 20_261_102),
    },
  );
  const reached = await checkEverything(world);
  console.log(`${tried} actions tried, ${done} carried out, ${JSON.stringify(reached)}`);
  // Walks that never get there would prove nothing.
  assert.ok(reached.recoveries > 0, 'some walks reach a recovery');
});

/** A case brought to the recovery of an amount, for tests of the ledger alone. */
async function dueOf(amount: number): Promise<Now> {
  const caseId = await openCase(world, { amountFen: BigInt(amount) });
  const [anna, chief] = [PEOPLE[0], PEOPLE[1]];
  assert.ok(anna !== undefined && chief !== undefined);
  await claimCase(world, anna, await lookAt(world, caseId));
  await concludeCase(world, anna, {
    ...(await lookAt(world, caseId)),
    ...{ conclusion: 'confirmed', remark: '核查属实', nature: 'other', confirmed_fen: amount },
    disposals: [{ kind: 'refund', reason: '多领', amount_fen: amount }],
  });
  await reviewConclusion(world, chief, {
    ...(await lookAt(world, caseId)),
    agree: true,
    remark: '同意',
  });
  return lookAt(world, caseId);
}

test('whatever is booked, voided and written off at the same time, due = recovered + offset + written off + balance', async () => {
  const entry = fc.record({
    kind: fc.constantFrom('receipt', 'offset', 'write_off'),
    amount: fc.integer({ min: 1, max: 900 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { minLength: 4, maxLength: 8 }), async (entries) => {
      const now = await dueOf(1_500);
      const [anna, chief] = [PEOPLE[0], PEOPLE[1]];
      const id = now.recoveries[0]?.id ?? '';
      assert.ok(anna !== undefined && chief !== undefined);
      const given = { recovery_id: id, booked_on: '2026-11-02', document: '凭证' };
      const book = { receipt: bookReceipt, offset: bookOffset, write_off: askWriteOff };
      // All at once: each waits for the one before and is judged by what that left.
      await Promise.allSettled(
        entries.map(({ kind, amount }) =>
          book[kind as keyof typeof book](world, anna, { ...given, amount_fen: amount }),
        ),
      );
      const { recoveries } = await lookAt(world, now.case_id);
      for (const entry_id of recoveries[0]?.entries ?? []) {
        await decideWriteOff(world, chief, {
          recovery_id: id,
          entry_id,
          agree: true,
          remark: '同意',
        }).catch((error: unknown) => assert.ok(error instanceof HuiliuError, String(error)));
      }
      await checkEverything(world);
    }),
    { numRuns: 3, seed: 20_261_102 },
  );
});
