import { type Caller, callerOf } from './caller.ts';
import { type Answer, isFailure, type Office, type Person } from './model.ts';
import { inboxQuery, readAllDay } from './read-work.ts';
import { writeAllDay } from './write-work.ts';

export interface LoadInput {
  readonly url: string;
  readonly seconds: number;
  readonly office: Office;
}

export interface InboxInput {
  readonly url: string;
  readonly path: string;
  readonly seconds: number;
  /** Who asks; the bare route knows nobody and takes as many strangers. */
  readonly people: Office['readers'];
}

/** What the load met; times are milliseconds of every answer. */
export interface LoadOutcome {
  readonly answers: readonly Answer[];
  readonly seconds: number;
  /** Receipts that were acknowledged: each must be in the ledger. */
  readonly receipts: number;
}

/** Readers and writers at once, each the next question as soon as the last is answered. */
export async function generateLoad({ url, seconds, office }: LoadInput): Promise<LoadOutcome> {
  const started = performance.now();
  const over = started + seconds * 1000;
  const isOver = () => performance.now() >= over;
  const answers: Answer[] = [];
  const note = (answer: Answer) => void answers.push(answer);
  const sit = async (person: Person, work: (caller: Caller) => Promise<void>): Promise<void> => {
    const caller = callerOf(url, person, note, () => over);
    try {
      await work(caller);
    } finally {
      caller.close();
    }
  };
  await Promise.all([
    ...office.readers.map((person, place) =>
      sit(person, (caller) => readAllDay(caller, person, place, isOver)),
    ),
    ...office.writers.map((person, place) =>
      sit(person, (caller) => writeAllDay(caller, person, place, isOver)),
    ),
  ]);
  return {
    answers,
    seconds: (performance.now() - started) / 1000,
    receipts: answers.filter(
      (each) => each.kind === 'receipt' && !isFailure(each) && each.status < 300,
    ).length,
  };
}

/** The same people ask for the inbox and nothing else. */
export async function generateInbox(input: InboxInput): Promise<LoadOutcome> {
  const started = performance.now();
  const over = started + input.seconds * 1000;
  const answers: Answer[] = [];
  const note = (answer: Answer) => void answers.push(answer);
  const work = input.people.map(async (person) => {
    const caller = callerOf(input.url, person, note, () => over);
    try {
      while (performance.now() < over) await caller.post('inbox', input.path, inboxQuery);
    } finally {
      caller.close();
    }
  });
  await Promise.all(work);
  return { answers, seconds: (performance.now() - started) / 1000, receipts: 0 };
}
