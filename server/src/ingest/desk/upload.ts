import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openSm3 } from '../../security/index.ts';
import { uploadFileInvalid, uploadIncomplete, uploadUnknown } from '../errors.ts';
import { requireSpace, tellingFullDisk } from '../receive/index.ts';
import type { IngestWorld } from '../world.ts';

/** A name without any path: nothing can lie outside the folder of the upload. */
const FILE_NAME = /^[A-Za-z0-9\u4e00-\u9fa5][A-Za-z0-9\u4e00-\u9fa5._-]{0,119}$/;
const UPLOAD_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const ARCHIVE = /\.(zip|tar\.gz|tgz)$/i;
const MANIFEST = 'manifest.json';
const OWNER = '.owner';
const DIGESTS = '.sm3';
/** An upload nobody has touched for so long is given up. */
const ABANDONED_MS = 72 * 3_600_000;
/** Free space that an upload must leave. */
const RESERVE_BYTES = 512 * 2 ** 20;

/** One file of an upload, as the manifest sees it. */
export interface UploadedFile {
  readonly name: string;
  readonly bytes: number;
  readonly sm3: string;
  /** `ok`, `differs` from the manifest, `unlisted` in it, `unknown` before there is one. */
  readonly check: 'ok' | 'differs' | 'unlisted' | 'unknown';
}

/** What has arrived of a package that somebody uploads file by file (上传批次). */
export interface Upload {
  readonly upload_id: string;
  readonly package_id: string | null;
  readonly files: readonly UploadedFile[];
  /** Files the manifest names that have not arrived or differ. */
  readonly missing: readonly string[];
  /** Everything is there: it can be loaded. */
  readonly complete: boolean;
}

/** Opens an empty upload of one person. */
export async function openUpload(world: IngestWorld, by: string): Promise<Upload> {
  const uploadId = randomUUID();
  const dir = folderOf(world, uploadId);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await writeFile(join(dir, OWNER), by, { mode: 0o600 });
  return findUpload(world, uploadId, by);
}

/**
 * Takes in one file while it arrives and digests it on the way; a file of the same name is replaced,
 * so a broken transfer is simply sent again.
 * @throws INGEST_UPLOAD_UNKNOWN, INGEST_UPLOAD_FILE, INGEST_DISK_FULL
 */
export async function addUploadFile(
  world: IngestWorld,
  request: {
    readonly uploadId: string;
    readonly name: string;
    readonly by: string;
    readonly body: Readable;
  },
): Promise<UploadedFile> {
  const { uploadId, name, by, body } = request;
  const dir = await requireOwner(world, uploadId, by);
  if (!FILE_NAME.test(name)) throw uploadFileInvalid({ name });
  await requireSpace(dir, 0, RESERVE_BYTES);
  const part = join(dir, `.part-${randomUUID()}`);
  const digest = openSm3();
  let bytes = 0;
  try {
    await tellingFullDisk(
      dir,
      () => bytes,
      () =>
        pipeline(
          body,
          async function* (chunks: AsyncIterable<Buffer>) {
            for await (const chunk of chunks) {
              digest.update(chunk);
              bytes += chunk.length;
              yield chunk;
            }
          },
          createWriteStream(part, { mode: 0o600 }),
        ),
    );
    await rename(part, join(dir, name));
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  await writeFile(join(dir, `${DIGESTS}-${name}`), digest.hex(), { mode: 0o600 });
  const { files } = await findUpload(world, uploadId, by);
  const added = files.find((file) => file.name === name);
  if (added === undefined) throw uploadUnknown({});
  return added;
}

/** What has arrived so far. @throws INGEST_UPLOAD_UNKNOWN */
export async function findUpload(
  world: IngestWorld,
  uploadId: string,
  by: string,
): Promise<Upload> {
  const dir = await requireOwner(world, uploadId, by);
  const names = (await readdir(dir)).filter((name) => !name.startsWith('.')).sort();
  const listed = await readListed(dir, names);
  const files = await Promise.all(
    names.map(async (name): Promise<UploadedFile> => {
      const { size } = await stat(join(dir, name));
      const sm3 = await readFile(join(dir, `${DIGESTS}-${name}`), 'utf8').catch(() => '');
      const expected = listed?.files.get(name);
      const check =
        listed === null || name === MANIFEST || ARCHIVE.test(name)
          ? 'unknown'
          : expected === undefined
            ? 'unlisted'
            : expected === sm3
              ? 'ok'
              : 'differs';
      return { name, bytes: size, sm3, check };
    }),
  );
  const good = new Set(files.filter(({ check }) => check === 'ok').map(({ name }) => name));
  const missing = [...(listed?.files.keys() ?? [])].filter((name) => !good.has(name));
  const archive = files.length === 1 && ARCHIVE.test(files[0]?.name ?? '');
  const complete = archive || (listed !== null && missing.length === 0);
  return { upload_id: uploadId, package_id: listed?.packageId ?? null, files, missing, complete };
}

/**
 * Closes a complete upload and gives the path to load; the caller loads it and then drops it.
 * @throws INGEST_UPLOAD_UNKNOWN, INGEST_UPLOAD_INCOMPLETE
 */
export async function closeUpload(
  world: IngestWorld,
  uploadId: string,
  by: string,
): Promise<string> {
  const upload = await findUpload(world, uploadId, by);
  if (!upload.complete) throw uploadIncomplete({ missing: upload.missing });
  const dir = folderOf(world, uploadId);
  const [only] = upload.files;
  if (upload.files.length === 1 && only !== undefined && ARCHIVE.test(only.name)) {
    return join(dir, only.name);
  }
  await writeFile(join(dir, '.ok'), '');
  return dir;
}

/** Removes an upload with its files. */
export async function dropUpload(world: IngestWorld, uploadId: string): Promise<void> {
  if (UPLOAD_ID.test(uploadId))
    await rm(folderOf(world, uploadId), { recursive: true, force: true });
}

/** Removes uploads nobody has touched for days; returns how many. */
export async function sweepUploads(world: IngestWorld): Promise<number> {
  const root = folderOf(world, '');
  const oldest = world.clock.now().getTime() - ABANDONED_MS;
  let removed = 0;
  for (const uploadId of await readdir(root).catch(() => [])) {
    const { mtimeMs } = await stat(join(root, uploadId));
    if (mtimeMs >= oldest) continue;
    await dropUpload(world, uploadId);
    removed += 1;
  }
  return removed;
}

async function requireOwner(world: IngestWorld, uploadId: string, by: string): Promise<string> {
  if (!UPLOAD_ID.test(uploadId)) throw uploadUnknown({});
  const dir = folderOf(world, uploadId);
  const owner = await readFile(join(dir, OWNER), 'utf8').catch(() => null);
  if (owner !== by) throw uploadUnknown({});
  return dir;
}

interface Listed {
  readonly packageId: string | null;
  readonly files: ReadonlyMap<string, string>;
}

/** Only names and digests: whether the manifest is right is judged when it is received. */
async function readListed(dir: string, names: readonly string[]): Promise<Listed | null> {
  if (!names.includes(MANIFEST)) return null;
  try {
    const manifest = JSON.parse(await readFile(join(dir, MANIFEST), 'utf8')) as {
      package_id?: unknown;
      datasets?: readonly { file?: unknown; sm3?: unknown }[];
    };
    const files = (manifest.datasets ?? []).map(({ file, sm3 }) => [
      String(file),
      String(sm3).toLowerCase(),
    ]);
    const id = manifest.package_id;
    return {
      packageId: typeof id === 'string' ? id : null,
      files: new Map(files as [string, string][]),
    };
  } catch {
    return { packageId: null, files: new Map() };
  }
}

function folderOf({ folders }: Pick<IngestWorld, 'folders'>, uploadId: string): string {
  return join(folders.incoming, '..', 'uploads', uploadId);
}
