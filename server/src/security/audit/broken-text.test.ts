import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSmallOffice } from '../testing/small-office.ts';
import { recordAudit, verifyAudit } from './index.ts';

const office = await openSmallOffice();

test('no text anybody can send makes the chain look tampered with', async () => {
  const db = office.world.db as never;
  for (const text of ['half \ud800 a character', '\udfff', 'line\nbreak', '\u202eright to left']) {
    await recordAudit(db, {
      ...{ actor: text, origin: `127.0.0.1 ${text}`, action: 'session.login', object: text },
      ...{ keyTag: null, purpose: `核实${text}待遇`, outcome: 'ok', matterNo: text },
    });
  }
  const verdict = await verifyAudit(db);
  assert.equal(
    verdict.sound,
    true,
    JSON.stringify(verdict, (_, value) => String(value)),
  );
});
