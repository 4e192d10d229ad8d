import { randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import {
  csrfTokenOf,
  forWholeCity,
  type IdentityWorld,
  openSession,
} from '../../server/src/security/index.ts';
import { createUsableAccount } from '../../server/src/security/testing/accounts.ts';
import type { DuckEngine } from '../../server/src/store/index.ts';
import type { Duty, Office, Person } from './model.ts';

export interface OfficeInput {
  readonly dataDir: string;
  readonly postgresUrl: string;
  readonly anchorDir: string;
  readonly readers: number;
  readonly writers: number;
}

/** Opens the data folder as the application does. @throws STORE_FOLDER_HELD */
export type OpenOffice = (options: {
  readonly dataDir: string;
  readonly purpose: string;
  readonly postgresUrl: string;
  readonly auditAnchor: string;
}) => Promise<{
  readonly duck: DuckEngine;
  readonly identity: IdentityWorld;
  close(): Promise<void>;
}>;

interface Post {
  readonly role: string;
  /** Null is the whole city. */
  readonly agency: string | null;
  /** Cases of rules on trial are seen by the own department only. */
  readonly department?: string | null;
}

const COUNTIES = ['140502', '140521', '140522', '140524', '140525', '140581'] as const;
/** Two readers of three sit in a county. */
const READER_ROLES = ['county_officer', 'county_reviewer', 'city'] as const;
const CITY_ROLES = ['inspector', 'controller', 'benefit_officer', 'fund_officer'] as const;
/** Of ten writers five verify, three review, two book. */
const DUTIES: readonly Duty[] = [
  ...(['verify', 'review', 'verify', 'book', 'verify'] as const),
  ...(['review', 'verify', 'book', 'verify', 'review'] as const),
];
const WRITER_ROLES: Readonly<Record<Duty, { readonly county: string; readonly city: string }>> = {
  verify: { county: 'county_officer', city: 'inspector' },
  review: { county: 'county_reviewer', city: 'controller' },
  book: { county: 'county_officer', city: 'fund_officer' },
};
const DOSSIERS_EACH = 12;
/** Looks like a hash and is none: sessions are opened without a password, and no password fits. */
const noPassword = () => `$argon2id$v=19$m=19456,t=2,p=1$${unpadded(16)}$${unpadded(32)}`;
const unpadded = (bytes: number) => randomBytes(bytes).toString('base64').replaceAll('=', '');

/**
 * Hires the readers and writers of a load in the operational database given (a copy) and signs
 * them in: accounts with roles over the city and its six counties, one session each.
 */
export async function prepareOffice(input: OfficeInput, open: OpenOffice): Promise<Office> {
  const { dataDir, postgresUrl, anchorDir: auditAnchor } = input;
  const city = await open({ dataDir, purpose: '测速', postgresUrl, auditAnchor });
  try {
    const people = await personsByCounty(city.duck);
    const departments = await departmentsOf(city.identity.db as unknown as Kysely<never>);
    const postOf = (post: Post, at: number): Post => ({
      ...post,
      department: departments[at % Math.max(1, departments.length)] ?? null,
    });
    const readers: Person[] = [];
    const writers: (Person & { duty: Duty })[] = [];
    for (let at = 0; at < input.readers; at += 1) {
      readers.push(
        await hire(city.identity, `load-reader-${at}`, postOf(readerPost(at), at), people, at),
      );
    }
    for (let at = 0; at < input.writers; at += 1) {
      const duty = DUTIES[at % DUTIES.length] ?? 'verify';
      const person = await hire(
        city.identity,
        `load-writer-${at}`,
        writerPost(duty, at),
        people,
        at,
      );
      writers.push({ ...person, duty });
    }
    const persons = [...people.values()].reduce((sum, { all }) => sum + all, 0);
    return { readers, writers, persons };
  } finally {
    await city.close();
  }
}

function readerPost(at: number): Post {
  const role = READER_ROLES[at % READER_ROLES.length] ?? 'city';
  if (role !== 'city') return { role, agency: COUNTIES[at % COUNTIES.length] ?? null };
  return { role: CITY_ROLES[at % CITY_ROLES.length] ?? 'inspector', agency: null };
}

/** Every second writer works for the city, whose people meet at the cases of all counties. */
function writerPost(duty: Duty, at: number): Post {
  const { county, city } = WRITER_ROLES[duty];
  const agency = at % 2 === 0 ? (COUNTIES[(at / 2) % COUNTIES.length] ?? null) : null;
  return { role: agency === null ? city : county, agency };
}

async function hire(
  identity: IdentityWorld,
  login: string,
  { role, agency, department = null }: Post,
  people: PersonsByCounty,
  place: number,
): Promise<Person> {
  const token = await identity.db.transaction().execute(async (transaction) => {
    const accountId = await createUsableAccount(identity, transaction, {
      ...{ login, name: login, department, roles: [role], passwordHash: noPassword() },
      ...(agency === null ? {} : { agencies: [agency] }),
    });
    const caller = { address: '127.0.0.1', device: 'bench load' };
    return openSession(identity, transaction, { account_id: accountId }, 'second', caller);
  });
  const ids = people.get(agency ?? COUNTIES[place % COUNTIES.length] ?? '')?.ids ?? [];
  return {
    ...{ login, forCity: agency === null },
    cookie: `__Host-huiliu=${token}`,
    csrf: csrfTokenOf(identity.key, token),
    dossiers: Array.from(
      { length: Math.min(DOSSIERS_EACH, ids.length) },
      (_, step) => ids[(place * DOSSIERS_EACH + step) % ids.length] ?? '',
    ),
  };
}

/** Departments that own cases, those with most cases first. */
function departmentsOf(db: Kysely<never>): Promise<readonly string[]> {
  return forWholeCity(db, async (transaction) => {
    const { rows } = await sql<{ owner: string }>`select owner from alert_case
      group by owner order by count(*) desc, owner limit 4`.execute(transaction);
    return rows.map(({ owner }) => owner);
  });
}

type PersonsByCounty = ReadonlyMap<
  string,
  { readonly all: number; readonly ids: readonly string[] }
>;

/** Up to 400 persons of each county, evenly over it (by hash of their number). */
function personsByCounty(duck: DuckEngine): Promise<PersonsByCounty> {
  return duck.read(async (session) => {
    const rows = await session.rows(
      `select agency, count(*) as persons, min_by(person_id, hash(person_id), 400) as ids
       from main.person where agency is not null group by agency`,
    );
    return new Map(
      rows.map((row) => [
        String(row.agency),
        { all: Number(row.persons), ids: (row.ids as readonly unknown[]).map(String) },
      ]),
    );
  });
}
