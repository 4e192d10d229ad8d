import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addNote } from '../evidence/add-note.ts';
import { bookReceipt } from '../recovery/book-entry.ts';
import { listRecoveries } from '../recovery/list-recoveries.ts';
import { anna, chief, openFullCase } from '../testing/full-case.ts';
import { openSmallOffice, person } from '../testing/small-office.ts';
import type { AlertsWorld } from '../world.ts';
import { openCaseDetail } from './case-detail.ts';

const office = await openSmallOffice();
const { theirs } = await openFullCase(office);

/** As in the application: the register of accounts lies in the same database, on the same pool. */
const world: AlertsWorld = {
  ...office.world,
  relativesOf: async () => {
    await office.postgres.pool.query('select 1');
    return [];
  },
};

/** Three times as many as the pool has connections. */
const MANY = 60;

test('more people than the pool has connections open a case at once, and all get it', async () => {
  const readers = Array.from({ length: MANY }, (_, at) => ({
    principal: { ...person('anna', 'inspector'), accountId: `reader-${at}` },
    origin: 'test',
  }));
  const details = await Promise.all(readers.map((reader) => openCaseDetail(world, reader, theirs)));
  assert.ok(details.every(({ case_id }) => case_id === theirs));
});

test('as many note and book at once, and every receipt is in the ledger once', async () => {
  const before = (await listRecoveries(world, chief.principal)).rows[0];
  const recovery_id = before?.recovery_id ?? '';
  await Promise.all(
    Array.from({ length: MANY }, (_, at) => [
      addNote(world, anna, { case_id: theirs, remark: `第 ${at} 次电话核实` }),
      bookReceipt(world, anna, {
        ...{ recovery_id, amount_fen: 10, booked_on: '2026-11-02', document: `同时 ${at}` },
      }),
    ]).flat(),
  );
  const after = (await listRecoveries(world, chief.principal)).rows[0];
  assert.equal(after?.received_fen, (before?.received_fen ?? 0) + MANY * 10);
});
