import { randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { type Caller, openCaseDetail, readFile } from '../alerts/index.ts';
import { openZip, type ZipWriter } from '../exports/index.ts';
import { canonicalJson, shanghaiTime } from '../kernel/index.ts';
import {
  type AnchorSignature,
  openSm3,
  recordAct,
  requirePurpose,
  sm3Hex,
} from '../security/index.ts';
import type { Workspace } from './workspace.ts';

/** A case with its evidence in one file (证据包), gone from the disk once it has been read. */
export interface CasePack {
  readonly body: Readable;
  readonly name: string;
  readonly bytes: number;
}

interface PackedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sm3: string;
}

/**
 * Packs one case for inspectors: what its page shows (masked), every evidence file as it was
 * handed in, a list of their digests and the SM2 signature of that list, checked anywhere with
 * openssl. The reason is audited with the digest of the list before anything is given.
 * @throws ALERTS_CASE_UNKNOWN, ALERTS_EVIDENCE_DAMAGED, SECURITY_PURPOSE_INVALID
 * @source 社会保险基金行政监督办法（人社部令第48号）, requirement R98
 */
export async function packCase(
  world: Pick<Workspace, 'alerts' | 'audit' | 'exports'>,
  caller: Caller,
  { case_id, reason }: { readonly case_id: string; readonly reason: string },
): Promise<CasePack> {
  const purpose = requirePurpose(reason);
  const detail = await openCaseDetail(world.alerts, caller, case_id);
  const { clock } = world.alerts;
  const path = join(world.exports.dir, `.pack-${randomUUID()}.zip`);
  const zip = await openZip(path, clock.now());
  try {
    const files = [await pack(zip, 'case.json', [`${JSON.stringify(detail, null, 2)}\n`])];
    const kept = detail.evidence.filter(({ kind }) => kind === 'file');
    for (const [index, { evidence_id, name }] of kept.entries()) {
      const { body } = await readFile(world.alerts, caller, { case_id, evidence_id });
      const number = String(index + 1).padStart(3, '0');
      files.push(await pack(zip, `evidence/${number}_${name}`, body));
    }
    const manifest = canonicalJson({
      ...{ format: 'huiliu-evidence-1', case_id, reason: purpose, files },
      ...{ made_at: shanghaiTime(clock.now()), made_by: caller.principal.actor },
    });
    await addSigned(zip, manifest, world.audit.anchor.sign(manifest));
    const bytes = await zip.end();
    await recordAct(
      world.audit.db,
      {
        ...{ actor: caller.principal.actor, origin: caller.origin, action: 'alerts.pack' },
        ...{ object: `case:${case_id}`, purpose, resultDigest: sm3Hex(manifest) },
      },
      clock,
    );
    const file = await open(path);
    await rm(path);
    return { body: file.createReadStream(), bytes, name: `证据包-${case_id}.zip` };
  } catch (error) {
    await zip.abandon().catch(() => undefined);
    await rm(path, { force: true });
    throw error;
  }
}

/** Adds a file to the pack and tells what the list says of it. */
async function pack(
  zip: ZipWriter,
  name: string,
  body: AsyncIterable<Uint8Array> | readonly string[],
): Promise<PackedFile> {
  const digest = openSm3();
  let bytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      const part = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      digest.update(part);
      bytes += part.length;
      yield part;
    }
  }
  await zip.add(name, counted());
  return { name, bytes, sm3: digest.hex() };
}

async function addSigned(
  zip: ZipWriter,
  manifest: string,
  { signature, publicKeyPem, keyId }: AnchorSignature,
): Promise<void> {
  await zip.add('manifest.json', [manifest]);
  await zip.add('manifest.sig', [signature]);
  await zip.add('public-key.pem', [publicKeyPem]);
  await zip.add('说明.txt', [guideText(keyId)]);
}

function guideText(keyId: string): string {
  return `本包由回流平台生成，可离线核验，不需要平台。

1. 核验清单的签名（SM2，用户标识 1234567812345678，密钥编号 ${keyId}）：
   openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin -digest sm3 -in manifest.json -sigfile manifest.sig -pkeyopt distid:1234567812345678
   公钥是否属于该单位，请与其另行交付的 public-keys.txt 核对。
2. 逐个核验文件的摘要，应与 manifest.json 中的 sm3 相同：
   openssl dgst -sm3 case.json

case.json 是疑点单页面所示内容（个人信息已遮盖），evidence/ 下是原样的附件。
`;
}
