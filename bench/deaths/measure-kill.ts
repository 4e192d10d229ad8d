import { once } from 'node:events';
import type { Kysely } from 'kysely';
import { type Program, type Serving, startServing } from '../serving/index.ts';
import type { Payee } from './choose-payees.ts';
import { awaitDrained, countEvents, faultsOf, keptIds } from './count-events.ts';
import { makeEvents } from './events.ts';
import type { Sender } from './sender.ts';

export interface KillFigures {
  readonly events: number;
  /** Events acknowledged when the server died. */
  readonly acknowledged: number;
  /** Of these, how many the inbox does not hold after the restart. */
  readonly missing: number;
  /** From the kill to the first answer of the server started again. */
  readonly restart_seconds: number;
  /** After every event was sent once more: lost and doubled of all. */
  readonly lost: number;
  readonly doubled: number;
}

/** The server dies when this share is acknowledged. */
const KILLED_AT = 0.25;

/**
 * Kills the server (`kill -9`) in the middle of a burst and starts it again: everything it
 * acknowledged must be there, and after all are sent once more, as a department that got no answer
 * does, each must be there once. Gives the new server, too.
 */
export async function measureKill(
  count: number,
  payees: readonly Payee[],
  {
    program,
    serving,
    sender,
    senderTo,
    db,
  }: {
    readonly program: Program;
    readonly serving: Serving;
    readonly sender: Sender;
    readonly senderTo: (url: string) => Sender;
    readonly db: Kysely<never>;
  },
): Promise<{ readonly figures: KillFigures; readonly serving: Serving }> {
  const events = makeEvents('kill', count, payees);
  const acknowledged = new Set<string>();
  const died = once(serving.child, 'exit');
  let killedAt = 0;
  await Promise.all(
    events.map(async (event) => {
      const { ackedAt } = await sender.send(event);
      if (ackedAt === null) return;
      acknowledged.add(event.event_id);
      if (acknowledged.size >= count * KILLED_AT && killedAt === 0) {
        killedAt = performance.now();
        serving.child.kill('SIGKILL');
      }
    }),
  );
  await died;
  const again = await startServing(program);
  const restarted = (performance.now() - killedAt) / 1000;
  const kept = await keptIds(db, 'kill');
  const missing = [...acknowledged].filter((id) => !kept.has(id)).length;
  const second = senderTo(again.url);
  try {
    await Promise.all(events.map((event) => second.send(event)));
  } finally {
    second.close();
  }
  await awaitDrained(db, 'kill');
  const figures = {
    ...{ events: count, acknowledged: acknowledged.size, missing, restart_seconds: restarted },
    ...faultsOf(await countEvents(db, 'kill'), count),
  };
  return { figures, serving: again };
}
