import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findAccount } from '../ledger/queries.ts';
import type { RegisteredPackage } from '../register/model.ts';
import type { IngestWorld } from '../world.ts';

/** Writes the answer to the source (回执): durable, and the same however often it is written. */
export async function writeReceipt(
  world: IngestWorld,
  registered: RegisteredPackage,
): Promise<void> {
  const account = await world.duck.read((session) => findAccount(session, registered.batch));
  const receipt = {
    package_id: registered.packageId,
    digest: registered.digest,
    state: registered.state,
    received_at: registered.receivedAt,
    published_at: registered.publishedAt,
    ...account,
  };
  const path = join(world.folders.receipts, `${registered.packageId}.json`);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeDurably(path, `${JSON.stringify(receipt, null, 2)}\n`);
}

async function writeDurably(path: string, text: string): Promise<void> {
  const draft = `${path}.draft`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
