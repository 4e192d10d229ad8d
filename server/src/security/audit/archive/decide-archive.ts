import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Selectable } from 'kysely';
import { sm3Hex } from '../../signing/index.ts';
import { checkAudit } from '../check-audit.ts';
import { type AuditWorld, writeCheckpoint } from '../checkpoint.ts';
import type { AuditDatabase, AuditTables } from '../model.ts';
import { recordAudit } from '../record-audit.ts';
import { digestsOf } from '../setting.ts';
import { readChained } from '../stored-record.ts';
import {
  entriesIn,
  type Followed,
  followChain,
  measureFile,
  syncPath,
  writeEntries,
} from './archive-file.ts';
import {
  archiveRequestUnknown,
  archiveSamePerson,
  archiveUnanchored,
  archiveUnsound,
  archiveUnwritten,
} from './errors.ts';
import { signManifest } from './manifest.ts';
import { placesOf } from './model.ts';
import { headAfter, readArchives } from './read-archives.ts';
import type { Archivist } from './request-archive.ts';

type Request = Selectable<AuditTables['audit_archive_request']>;

interface Decision {
  readonly by: Archivist;
  readonly requestId: string;
  readonly opinion: string | null;
}

export interface DoneArchive {
  readonly archive: number;
  readonly file: string;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly entries: number;
}

const PAGE = 5_000;

/**
 * Confirms a request and archives: entries are written to a file, read back and signed; then record
 * and removal are one transaction. Killed anywhere before its commit, all entries are online and the
 * request is open; the files it left are replaced by the next try.
 * @throws SECURITY_AUDIT_ARCHIVE_REQUEST_UNKNOWN, SECURITY_AUDIT_ARCHIVE_SAME_PERSON,
 * SECURITY_AUDIT_ARCHIVE_UNSOUND, SECURITY_AUDIT_ARCHIVE_UNANCHORED, SECURITY_AUDIT_ARCHIVE_UNWRITTEN
 */
export async function confirmArchive(world: AuditWorld, decision: Decision): Promise<DoneArchive> {
  const asked = await openRequest(world.db, decision.requestId);
  if (asked.requested_by === decision.by.actor) throw archiveSamePerson({});
  await requireSound(world, Number(asked.last_seq));
  return world.db.transaction().execute(async (transaction) => {
    // Locked until the end, so that two who confirm at once do not write the same files.
    const request = await openRequest(transaction, decision.requestId, true);
    const archives = await readArchives(transaction);
    const made = await writeFiles(world, transaction, request, decision, archives.length + 1);
    await settle(transaction, world, request, decision, 'done');
    const record = { ...made.record, request_id: request.request_id };
    await transaction.insertInto('audit_archive').values(record).execute();
    await transaction
      .deleteFrom('audit_entry')
      .where('seq', '>=', made.first_seq)
      .where('seq', '<=', made.last_seq)
      .execute();
    await note(transaction, world, decision, {
      ...{ action: 'audit.archive', object: `archive ${made.archive}` },
      ...{ before: null, after: record },
    });
    const { record: _record, ...done } = made;
    return done;
  });
}

/** Refuses or, as the one who asked, withdraws a request. @throws SECURITY_AUDIT_ARCHIVE_REQUEST_UNKNOWN */
export async function refuseArchive(world: AuditWorld, decision: Decision): Promise<void> {
  await world.db.transaction().execute(async (transaction) => {
    const request = await openRequest(transaction, decision.requestId, true);
    await settle(transaction, world, request, decision, 'refused');
  });
}

async function openRequest(db: AuditDatabase, id: string, locked = false): Promise<Request> {
  const query = db
    .selectFrom('audit_archive_request')
    .selectAll()
    .where('request_id', '=', BigInt(id))
    .where('state', '=', 'open');
  const found = await (locked ? query.forUpdate() : query).executeTakeFirst();
  if (found === undefined) throw archiveRequestUnknown({ request_id: id });
  return found;
}

/** What leaves must be what was written, and vouched for by a checkpoint that stays behind it. */
async function requireSound(world: AuditWorld, lastSeq: number): Promise<void> {
  await writeCheckpoint(world);
  const report = await checkAudit(world);
  if (!report.sound || report.bad_checkpoint !== null) throw archiveUnsound({});
  if (report.anchored_to <= lastSeq) throw archiveUnanchored({ last_seq: lastSeq });
}

async function writeFiles(
  world: AuditWorld,
  db: AuditDatabase,
  request: Request,
  { by }: Decision,
  archive: number,
) {
  const first_seq = Number(request.first_seq);
  const last_seq = Number(request.last_seq);
  const { file, manifest } = placesOf(world.archiveDir, archive);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const passing = `${file}.new`;
  await rm(passing, { force: true });
  await writeEntries(passing, pagesOf(db, first_seq - 1, last_seq));
  const before = headAfter(await readArchives(db));
  const followed = await readBack(passing, before, request);
  const measured = await measureFile(passing);
  if (measured === null) throw archiveUnwritten({ file: passing });
  await rename(passing, file);
  const archived_at = world.clock.now().toISOString();
  const shared = {
    ...{ first_seq, last_seq, prev_hash: before.hash, last_hash: followed.head.hash },
    ...{ bytes: measured.bytes, file_sm3: measured.sm3, chain_digest: followed.chainDigest },
    ...{ first_at: followed.firstAt, last_at: followed.lastAt, archived_at },
  };
  const text = signManifest(world.anchor, {
    ...{ archive, file: basename(file), ...shared },
    ...{ requested_by: request.requested_by, confirmed_by: by.actor },
  });
  await writeFile(`${manifest}.new`, text, { mode: 0o600, flush: true });
  await rename(`${manifest}.new`, manifest);
  await syncPath(dirname(file));
  const record = { ...shared, archive_no: archive, manifest_sm3: sm3Hex(text) };
  return { archive, file, first_seq, last_seq, entries: last_seq - first_seq + 1, record };
}

/** Nothing is removed before the file has been read from its first to its last entry. */
async function readBack(
  file: string,
  before: { readonly seq: number; readonly hash: string },
  { last_seq, last_hash }: Request,
): Promise<Followed> {
  const followed = await followChain(entriesIn(file), before, new Map()).catch((error) => {
    throw archiveUnwritten({ file }, error);
  });
  const { seq, hash } = followed.head;
  if (seq !== Number(last_seq) || hash !== last_hash) throw archiveUnwritten({ file });
  return followed;
}

async function* pagesOf(db: AuditDatabase, after: number, last: number) {
  for (let seq = after; seq < last; ) {
    const page = await readChained(db, seq, Math.min(PAGE, last - seq));
    yield page.filter((record) => record.seq <= last);
    seq = page.at(-1)?.seq ?? last;
  }
}

async function settle(
  transaction: AuditDatabase,
  world: AuditWorld,
  request: Request,
  decision: Decision,
  state: 'done' | 'refused',
): Promise<void> {
  const { by, opinion } = decision;
  const after = await transaction
    .updateTable('audit_archive_request')
    .set({ state, decided_by: by.actor, decided_at: world.clock.now().toISOString(), opinion })
    .where('request_id', '=', request.request_id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await note(transaction, world, decision, {
    action: state === 'done' ? 'audit.archive_confirm' : 'audit.archive_refuse',
    object: `archive request ${request.request_id}`,
    ...{ before: request, after },
  });
}

async function note(
  transaction: AuditDatabase,
  { clock }: AuditWorld,
  { by, opinion }: Decision,
  act: { action: string; object: string; before: object | null; after: object },
): Promise<void> {
  await recordAudit(
    transaction,
    {
      ...{ ...by, action: act.action, object: act.object, keyTag: null, matterNo: null },
      ...{ purpose: opinion, outcome: 'ok' },
      ...digestsOf({ before: act.before, after: act.after }),
    },
    clock,
  );
}
