import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BY, openSmallOffice } from '../../testing/small-office.ts';
import {
  findScreenPrincipal,
  issueScreenToken,
  listScreenTokens,
  revokeScreenToken,
} from './screen-tokens.ts';

const office = await openSmallOffice();
const { world } = office;

test('a token gives one right, no person, and ends with its day or when it is revoked', async () => {
  const { token, tokenId } = await issueScreenToken(world, BY, { title: '大厅', days: 2 });
  const principal = await findScreenPrincipal(world, token);
  assert.deepEqual([...(principal?.permissions ?? [])], ['screen.read']);
  assert.equal(principal?.accountId, null);
  await revokeScreenToken(world, BY, String(tokenId));
  assert.equal(await findScreenPrincipal(world, token), null);
  await assert.rejects(revokeScreenToken(world, BY, String(tokenId)), {
    code: 'SECURITY_SCREEN_TOKEN_UNKNOWN',
  });
  const other = await issueScreenToken(world, BY, { title: '机房', days: 1 });
  office.wait(24 * 60 + 1);
  assert.equal(await findScreenPrincipal(world, other.token), null);
});

test('what is no token is nobody, and the list does not show tokens', async () => {
  const { token } = await issueScreenToken(world, BY, { title: '大厅', days: 1 });
  for (const wrong of [
    '',
    'scr_',
    token.slice(0, -1),
    `${token}x`,
    token.slice(4),
    "scr_' or 1=1",
  ]) {
    assert.equal(await findScreenPrincipal(world, wrong), null, wrong);
  }
  const listed = await listScreenTokens(world);
  assert.equal(listed.length, 3);
  assert.equal(
    listed.some((row) => Object.values(row).includes(token)),
    false,
  );
  await assert.rejects(issueScreenToken(world, BY, { title: '长期', days: 400 }), {
    code: 'SECURITY_GRANT_INVALID',
  });
});
