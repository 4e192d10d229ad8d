import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type DecisionEvent,
  evidenceKey,
  foldPerson,
  inOrder,
  type RegistryEvent,
} from './fold.ts';

const ME = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);

let made = 0n;
function event(given: Partial<RegistryEvent> & { date?: string | null }): RegistryEvent {
  made += 1n;
  const { date = '2026-03-10', ...rest } = given;
  return {
    ...{ eventNo: made, source: '03', eventId: `E${made}`, kind: 'report', refersTo: null },
    ...{ sequence: null, occurredAt: `2026-04-01T00:00:${String(made % 60n).padStart(2, '0')}Z` },
    subject: ME,
    statement: {
      ...{ deathDate: date, precision: 'D', crematedOn: null, hukouCancelOn: null },
      ...{ hukouCancelReason: null, certKey: null, cremationKey: null },
    },
    ...rest,
  };
}

const dates = (events: readonly RegistryEvent[], subject = ME) =>
  foldPerson(subject, events).live.map(({ source, statement }) => [source, statement.deathDate]);

describe('the fold of one person', () => {
  it('takes the newest statement of each source, by its own numbers first', () => {
    const late = event({ eventId: 'a', sequence: 1n, occurredAt: '2026-05-01T00:00:00Z' });
    const early = event({
      ...{ eventId: 'b', sequence: 2n, occurredAt: '2026-04-01T00:00:00Z' },
      date: '2026-03-20',
    });
    assert.deepEqual(dates([late, early]), [['03', '2026-03-20']]);
    const other = event({ source: '01', date: '2026-03-11' });
    assert.deepEqual(dates([late, early, other]), [
      ['01', '2026-03-11'],
      ['03', '2026-03-20'],
    ]);
  });

  it('replaces what is corrected and forgets what is taken back', () => {
    const first = event({ eventId: 'r' });
    const fix = event({ eventId: 'c', kind: 'correction', refersTo: 'r', date: '2026-02-01' });
    const back = event({ eventId: 'v', kind: 'revocation', refersTo: 'r' });
    assert.deepEqual(dates([first, fix]), [['03', '2026-02-01']]);
    assert.deepEqual(dates([first, fix, back]), []);
    assert.deepEqual(foldPerson(ME, [first, fix, back]).withdrawn, ['03']);
  });

  it('restores what held before when a correction or a revocation is itself taken back', () => {
    const first = event({ eventId: 'r' });
    const fix = event({ eventId: 'c', kind: 'correction', refersTo: 'r', date: '2026-02-01' });
    const undo = event({ eventId: 'u', kind: 'revocation', refersTo: 'c' });
    assert.deepEqual(dates([first, fix, undo]), [['03', '2026-03-10']]);
    const back = event({ eventId: 'v', kind: 'revocation', refersTo: 'r' });
    const undoBack = event({ eventId: 'w', kind: 'revocation', refersTo: 'v' });
    assert.deepEqual(dates([first, fix, back, undoBack]), [['03', '2026-02-01']]);
  });

  it('moves a statement to another person when the number is corrected', () => {
    const first = event({ eventId: 'r' });
    const fix = event({ eventId: 'c', kind: 'correction', refersTo: 'r', subject: OTHER });
    assert.deepEqual(dates([first, fix]), []);
    assert.deepEqual(dates([first, fix], OTHER), [['03', '2026-03-10']]);
  });

  it('hears a correction of an event that never came, and only the last of several', () => {
    const one = event({ eventId: 'c1', kind: 'correction', refersTo: 'gone', date: '2026-02-01' });
    const two = event({ eventId: 'c2', kind: 'correction', refersTo: 'gone', date: '2026-02-02' });
    assert.deepEqual(dates([two, one]), [['03', '2026-02-02']]);
    assert.deepEqual(dates([event({ kind: 'revocation', refersTo: 'gone' })]), []);
  });

  it('hears nothing from events that refer to one another in a circle', () => {
    const a = event({ eventId: 'a', kind: 'correction', refersTo: 'b' });
    const b = event({ eventId: 'b', kind: 'correction', refersTo: 'a' });
    const self = event({ eventId: 's', kind: 'correction', refersTo: 's' });
    assert.deepEqual(dates([a, b, self]), []);
  });

  it('does not let one source correct another', () => {
    const police = event({ eventId: 'r' });
    const civil = event({ source: '01', kind: 'revocation', refersTo: 'r', eventId: 'x' });
    assert.deepEqual(dates([police, civil]), [['03', '2026-03-10']]);
  });

  it('takes the last decision by time, then by number', () => {
    const at = (decisionNo: bigint, decidedAt: string): DecisionEvent => ({
      ...{ decisionNo, subject: ME, decidedAt, verdict: '1', diedOn: null, covers: [] },
    });
    const decisions = [at(2n, '2026-05-01T00:00:00Z'), at(1n, '2026-06-01T08:00:00+08:00')];
    assert.equal(foldPerson(ME, [], decisions).decision?.decisionNo, 1n);
    assert.equal(foldPerson(ME, [], decisions.toReversed()).decision?.decisionNo, 1n);
  });

  it('is not confused by a chain of ten thousand corrections', () => {
    const chain = [event({ eventId: 'n0' })];
    for (let i = 1; i <= 10_000; i += 1) {
      const refersTo = `n${i - 1}`;
      chain.push(event({ eventId: `n${i}`, kind: 'correction', refersTo, date: '2026-01-31' }));
    }
    assert.deepEqual(dates(chain), [['03', '2026-01-31']]);
  });
});

/** Deterministic numbers in [0, 1). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function history(random: () => number): { events: RegistryEvent[]; decisions: DecisionEvent[] } {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const events: RegistryEvent[] = [];
  const decisions: DecisionEvent[] = [];
  const length = 3 + Math.floor(random() * 9);
  for (let i = 0; i < length; i += 1) {
    const source = pick(['01', '02', '03']);
    const earlier = events.filter((one) => one.source === source);
    const kinds = ['report', 'correction', 'revocation'] as const;
    const kind = earlier.length === 0 ? 'report' : pick(kinds);
    // Now and then an event that never comes, or one that is only said later.
    const target = random() < 0.1 ? 'missing' : earlier.length > 0 ? pick(earlier).eventId : 'x';
    events.push(
      event({
        ...{ source, kind, eventId: `e${i}`, refersTo: kind === 'report' ? null : target },
        sequence: random() < 0.5 ? BigInt(Math.floor(random() * 5)) : null,
        occurredAt: new Date(
          1_775_000_000_000 + Math.floor(random() * 6) * 86_400_000,
        ).toISOString(),
        subject: random() < 0.15 ? OTHER : ME,
        date: pick(['2026-03-01', '2026-03-10', '2026-05-20', null]),
      }),
    );
    if (random() < 0.2) {
      decisions.push({
        ...{ decisionNo: BigInt(i), subject: ME, verdict: pick(['1', '2'] as const) },
        ...{ decidedAt: '2026-05-01T00:00:00Z', diedOn: '2026-03-01' },
        covers: events.map(evidenceKey),
      });
    }
  }
  return { events, decisions };
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j] as T, copy[i] as T];
  }
  return copy;
}

describe('the fold over 2 000 histories', () => {
  it('is the same in any order and with any number of copies, decisions between them', () => {
    for (let seed = 1; seed <= 2_000; seed += 1) {
      const random = randomOf(seed);
      const { events, decisions } = history(random);
      for (const subject of [ME, OTHER]) {
        const expected = foldPerson(subject, events, decisions);
        for (let round = 0; round < 6; round += 1) {
          const copies = [...events, ...events.filter(() => random() < 0.5)];
          const state = foldPerson(
            subject,
            shuffled(copies, random),
            shuffled([...decisions, ...decisions], random),
          );
          assert.deepEqual(state, expected, `seed ${seed}`);
        }
      }
    }
  });

  it('gives back the state before when the last event is taken back', () => {
    for (let seed = 1; seed <= 500; seed += 1) {
      const { events } = history(randomOf(seed));
      const last = event({
        ...{ source: '01', eventId: 'last', sequence: 99n, date: '2026-06-06' },
        occurredAt: '2027-01-01T00:00:00Z',
      });
      const back = event({ source: '01', kind: 'revocation', refersTo: 'last', eventId: 'back' });
      const before = foldPerson(ME, events);
      const after = foldPerson(ME, [...events, last, back]);
      assert.deepEqual(after.live, before.live, `seed ${seed}`);
    }
  });

  it('orders the events of a source totally', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const { events } = history(randomOf(seed));
      const sorted = [...events].sort(inOrder);
      for (const [i, one] of sorted.entries()) {
        for (const later of sorted.slice(i + 1)) assert.ok(inOrder(one, later) < 0);
      }
    }
  });
});
