import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { sql } from 'kysely';
import { openSm3, withinScope } from '../../security/index.ts';
import { caseUnknown, evidenceDamaged, evidenceRefused, evidenceTooLarge } from '../errors.ts';
import { auditCase, type Caller } from '../handle/act.ts';
import { findCase } from '../handle/find-case.ts';
import { standingOf } from '../handle/stand-back.ts';
import type { AlertsWorld } from '../world.ts';
import { evidenceTarget, insertEvidence } from './add-note.ts';
import { HEAD_BYTES, mediaTypeOf } from './file-kind.ts';

export interface FileInput {
  readonly case_id: string;
  readonly name: string;
  readonly body: AsyncIterable<Uint8Array>;
}

/** A file as it was stored. */
export interface StoredFile {
  readonly evidence_id: string;
  readonly name: string;
  readonly media_type: string;
  readonly bytes: number;
  readonly sm3: string;
}

/**
 * Stores an evidence file (证据附件) under a name of our own in a folder nothing serves, with its SM3;
 * what it is is judged by its bytes. The row is written when the file is on disk; a file without a row is
 * removed.
 * @throws ALERTS_EVIDENCE_REFUSED, ALERTS_EVIDENCE_TOO_LARGE, ALERTS_CASE_UNKNOWN
 */
export async function addFile(
  world: AlertsWorld,
  caller: Caller,
  input: FileInput,
): Promise<StoredFile> {
  const name = cleanName(input.name);
  const { scope } = caller.principal;
  const standing = await standingOf(world, caller.principal);
  // Nobody fills the disk through a case they may not touch.
  await withinScope(world.db, scope, (db) => evidenceTarget(standing, db, caller, input.case_id));
  const evidence_id = randomUUID();
  const path = pathOf(world, evidence_id);
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
  try {
    const written = await writeBody(path, input.body, world.handling.evidence.max_bytes);
    const mediaType = mediaTypeOf(written.head, name);
    if (mediaType === null)
      throw evidenceRefused({ why: '文件内容与扩展名不符，或不是可收的类型' });
    const { bytes, sm3 } = written;
    await withinScope(world.db, scope, async (db) => {
      const found = await evidenceTarget(standing, db, caller, input.case_id);
      await insertEvidence(world, db, caller, found, {
        ...{ evidence_id, kind: 'file', name, remark: null },
        ...{ media_type: mediaType, bytes: BigInt(bytes), sm3 },
      });
    });
    return { evidence_id, name, media_type: mediaType, bytes, sm3 };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

async function writeBody(path: string, body: AsyncIterable<Uint8Array>, most: number) {
  const digest = openSm3();
  const head: Uint8Array[] = [];
  let bytes = 0;
  let headBytes = 0;
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > most) throw evidenceTooLarge({ max_bytes: most });
      if (headBytes < HEAD_BYTES) {
        head.push(chunk);
        headBytes += chunk.length;
      }
      digest.update(chunk);
      await file.writeFile(chunk);
    }
    if (bytes === 0) throw evidenceRefused({ why: '文件是空的' });
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes, sm3: digest.hex(), head: Buffer.concat(head).subarray(0, HEAD_BYTES) };
}

/**
 * Opens an evidence file for somebody within whose scope its case is; its bytes are checked against the SM3
 * before the first of them is given.
 * @throws ALERTS_CASE_UNKNOWN, ALERTS_EVIDENCE_DAMAGED
 */
export async function readFile(
  world: AlertsWorld,
  caller: Caller,
  input: { readonly case_id: string; readonly evidence_id: string },
): Promise<{ readonly body: Readable; readonly name: string; readonly bytes: number }> {
  const row = await withinScope(world.db, caller.principal.scope, async (db) => {
    const found = await findCase(db, caller.principal, input.case_id);
    const evidence = await db
      .selectFrom('alert_evidence')
      .selectAll()
      .where('case_id', '=', found.case_id)
      .where('kind', '=', 'file')
      .where(sql<boolean>`evidence_id::text = ${input.evidence_id}`)
      .executeTakeFirst();
    if (evidence === undefined) throw caseUnknown({});
    await auditCase(world, db, caller, {
      ...{ action: 'alerts.read_evidence', caseId: found.case_id, purpose: null },
    });
    return evidence;
  });
  const path = pathOf(world, row.evidence_id);
  const digest = openSm3();
  try {
    for await (const chunk of createReadStream(path)) digest.update(chunk as Buffer);
  } catch (error) {
    throw evidenceDamaged({}, error);
  }
  if (digest.hex() !== row.sm3) throw evidenceDamaged({});
  return { body: createReadStream(path), name: row.name, bytes: Number(row.bytes) };
}

function pathOf({ evidenceDir }: AlertsWorld, id: string): string {
  return join(evidenceDir, id.slice(0, 2), id);
}

/** The name is kept for people only; no path, no control characters. */
function cleanName(name: string): string {
  const clean = name
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}"<>|?*:]/gu, '')
    .replace(/^.*[\\/]/, '')
    .trim();
  if (clean === '' || [...clean].length > 120) throw evidenceRefused({ why: '文件名为空或太长' });
  return clean;
}

/** Headers that make a browser save the file and guess nothing. */
export function downloadHeaders(name: string, bytes: number): Record<string, string> {
  return {
    'content-type': 'application/octet-stream',
    'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
    'content-length': String(bytes),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  };
}
