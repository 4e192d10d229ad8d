/**
 * Sends one JSON file to 回流 Huiliu and prints the receipt (部门报送客户端示例).
 * HL_URL=http://127.0.0.1:8080 HL_APP=app-… HL_SECRET=… node send-deaths.ts event.json
 * With HL_SM2_PRIVATE_KEY (64 hex digits) in place of HL_SECRET the request is signed with SM2.
 */
import { readFileSync } from 'node:fs';
import { type SigningKey, signRequest } from './sign-request.ts';

const { HL_URL, HL_APP, HL_SECRET, HL_SM2_PRIVATE_KEY, HL_PATH = '/open/v1/deaths' } = process.env;
const [file] = process.argv.slice(2);
if (HL_URL === undefined || HL_APP === undefined || file === undefined) {
  throw new Error('HL_URL, HL_APP and a file are needed');
}

const body = readFileSync(file, 'utf8');
const { event_id: eventId, batch_id: batchId } = JSON.parse(body) as {
  event_id?: string;
  batch_id?: string;
};
const key: SigningKey =
  HL_SM2_PRIVATE_KEY === undefined
    ? { algorithm: 'HMAC-SM3', secret: HL_SECRET ?? '' }
    : { algorithm: 'SM2', privateKey: HL_SM2_PRIVATE_KEY };

const MOST_TRIES = 5;

/** Each try has a new time and nonce; the event number stays, so nothing is counted twice. */
async function send(tries: number): Promise<void> {
  const signing = {
    app: HL_APP ?? '',
    key,
    path: HL_PATH,
    eventId: eventId ?? batchId ?? '',
    body,
  };
  const answer = await fetch(new URL(HL_PATH, HL_URL), {
    method: 'POST',
    headers: signRequest(signing),
    body,
  });
  if ([429, 503].includes(answer.status) && tries < MOST_TRIES) {
    const seconds = Number(answer.headers.get('retry-after') ?? '5');
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    return send(tries + 1);
  }
  process.stdout.write(`${answer.status} ${await answer.text()}\n`);
  process.exitCode = answer.status === 202 ? 0 : 1;
}

await send(1);
