import { type Kysely, sql } from 'kysely';
import type { Refusal } from '../refusal.ts';
import type { Consent, PackageState, RegisteredFile, RegisteredPackage } from './model.ts';

/** Rows of `ingest_package` as PostgreSQL gives them. */
export interface IngestDatabase {
  ingest_package: {
    batch: number;
    package_id: string | null;
    src: string | null;
    mode: 'F' | 'I' | null;
    as_of: string | null;
    seq: number | null;
    prev_package_id: string | null;
    digest: string | null;
    manifest: unknown;
    signature: string | null;
    state: PackageState;
    gate: string | null;
    code: string | null;
    reason: string | null;
    edition: number | null;
    consent: unknown;
    review_by: string | null;
    files: unknown;
    received_at: string;
    published_at: string | null;
  };
}

export type RegisterDb = Kysely<IngestDatabase>;

function registered(row: IngestDatabase['ingest_package']): RegisteredPackage {
  return {
    batch: row.batch,
    packageId: row.package_id,
    src: row.src,
    mode: row.mode,
    asOf: row.as_of,
    seq: row.seq,
    prevPackageId: row.prev_package_id,
    digest: row.digest,
    manifest: row.manifest,
    signature: row.signature,
    state: row.state,
    refusal:
      row.gate === null
        ? null
        : { gate: row.gate as Refusal['gate'], code: row.code ?? '', reason: row.reason ?? '' },
    edition: row.edition,
    consent: row.consent as Consent | null,
    reviewBy: row.review_by,
    files: row.files as RegisteredFile[],
    receivedAt: row.received_at,
    publishedAt: row.published_at,
  };
}

/** What is known of a package when it is first written down. */
export type NewPackage = Omit<RegisteredPackage, 'batch' | 'edition' | 'consent' | 'publishedAt'>;

/** Writes a package down and gives it its batch number. */
export async function registerPackage(db: RegisterDb, item: NewPackage): Promise<number> {
  const row = await sql<{ batch: number }>`
    insert into ingest_package (package_id, src, mode, as_of, seq, prev_package_id, digest,
      manifest, signature, state, gate, code, reason, review_by, files, received_at)
    values (${item.packageId}, ${item.src}, ${item.mode}, ${item.asOf}, ${item.seq},
      ${item.prevPackageId}, ${item.digest}, ${jsonText(item.manifest)}::jsonb, ${item.signature},
      ${item.state}, ${item.refusal?.gate ?? null}, ${item.refusal?.code ?? null},
      ${item.refusal?.reason ?? null}, ${item.reviewBy}, ${JSON.stringify(item.files)}::jsonb, ${item.receivedAt})
    returning batch`.execute(db);
  const batch = row.rows[0]?.batch;
  if (batch === undefined) throw new Error('the register returned no batch number');
  return batch;
}

function jsonText(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

/** Notes that somebody wants to see a package first; one that waits for another is not too late. */
export async function askForReview(db: RegisterDb, batch: number, by: string): Promise<void> {
  await db
    .updateTable('ingest_package')
    .set({ review_by: by })
    .where('batch', '=', batch)
    .where('state', 'in', ['received', 'held'])
    .execute();
}

/** Moves a package from one state to another; false when it was no longer in `from`. */
export async function movePackage(
  db: RegisterDb,
  batch: number,
  from: readonly PackageState[],
  to: PackageState,
  change: {
    refusal?: Refusal | null;
    edition?: number;
    publishedAt?: string;
    consent?: Consent;
  } = {},
): Promise<boolean> {
  const { refusal } = change;
  const result = await db
    .updateTable('ingest_package')
    .set({
      state: to,
      ...(refusal === undefined
        ? {}
        : {
            gate: refusal?.gate ?? null,
            code: refusal?.code ?? null,
            reason: refusal?.reason ?? null,
          }),
      ...(change.edition === undefined ? {} : { edition: change.edition }),
      ...(change.publishedAt === undefined ? {} : { published_at: change.publishedAt }),
      ...(change.consent === undefined ? {} : { consent: JSON.stringify(change.consent) }),
    })
    .where('batch', '=', batch)
    .where('state', 'in', [...from])
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** The one record of this package id that is not refused, else the newest refused one. */
export async function findByPackageId(
  db: RegisterDb,
  packageId: string,
): Promise<RegisteredPackage | null> {
  const row = await db
    .selectFrom('ingest_package')
    .selectAll()
    .where('package_id', '=', packageId)
    .orderBy(sql`(state = 'refused')::int`)
    .orderBy('batch', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : registered(row);
}

export async function findByBatch(db: RegisterDb, batch: number): Promise<RegisteredPackage> {
  const row = await db
    .selectFrom('ingest_package')
    .selectAll()
    .where('batch', '=', batch)
    .executeTakeFirstOrThrow();
  return registered(row);
}

/** Packages in these states, in the order they arrived. */
export async function listPackages(
  db: RegisterDb,
  filter: { states?: readonly PackageState[]; src?: string; limit?: number } = {},
): Promise<RegisteredPackage[]> {
  let query = db.selectFrom('ingest_package').selectAll().orderBy('batch');
  if (filter.states) query = query.where('state', 'in', [...filter.states]);
  if (filter.src !== undefined) query = query.where('src', '=', filter.src);
  if (filter.limit !== undefined) query = query.limit(filter.limit);
  return (await query.execute()).map(registered);
}

/** The published package of a source with the highest sequence number. */
export async function findNewest(db: RegisterDb, src: string): Promise<RegisteredPackage | null> {
  const row = await db
    .selectFrom('ingest_package')
    .selectAll()
    .where('src', '=', src)
    .where('state', '=', 'published')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : registered(row);
}

/** Gives packages new places in the published order; one laid in late becomes published. */
export async function renumberEditions(
  db: RegisterDb,
  editions: readonly { batch: number; edition: number }[],
  at: string,
): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    // Editions are unique at every moment, so all give theirs up before any takes another.
    await transaction.updateTable('ingest_package').set({ edition: null }).execute();
    for (const { batch, edition } of editions) {
      await transaction
        .updateTable('ingest_package')
        .set({
          edition,
          state: 'published',
          gate: null,
          code: null,
          reason: null,
          published_at: sql`coalesce(published_at, ${at})`,
        })
        .where('batch', '=', batch)
        .execute();
    }
  });
}

/** One publication as the register knows it. */
export type RegisteredEdition =
  | { readonly kind: 'package'; readonly batch: number }
  | {
      readonly kind: 'repair';
      /** All repairs approved in the one act, those that were applied first. */
      readonly repairIds: readonly number[];
    };

/** Published packages and applied repairs in the order of their editions. */
export async function listRegisteredEditions(db: RegisterDb): Promise<RegisteredEdition[]> {
  const found = await sql<{ batch: number | null; repair_ids: number[] | null }>`
    select batch, repair_ids from (
      select edition, batch, null::integer[] as repair_ids
        from ingest_package where state = 'published'
      union all
      select min(edition), null,
          array_agg(repair_id order by (state = 'applied') desc, repair_id)
        from ingest_repair where approval is not null
        group by approval having bool_or(state = 'applied')
    ) published order by edition nulls last, batch`.execute(db);
  return found.rows.map(({ batch, repair_ids: repairIds }) =>
    batch === null ? { kind: 'repair', repairIds: repairIds ?? [] } : { kind: 'package', batch },
  );
}
