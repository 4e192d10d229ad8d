import { randomUUID } from 'node:crypto';
import type { AlertCandidate, FindingDelivery } from '../../contract/index.ts';
import { shanghaiDay, shanghaiTime } from '../../kernel/index.ts';
import { forWholeCity } from '../../security/index.ts';
import { assessCustody } from '../custody/assess-custody.ts';
import { custodyFinding } from '../custody/custody-finding.ts';
import { loadCustody } from '../custody/load-custody.ts';
import type { CustodyAssessment } from '../custody/model.ts';
import { persistCustody } from '../custody/persist-custody.ts';
import { loadEvidence } from '../registry/load-evidence.ts';
import type { RegistryDb, RunTrigger } from '../registry/tables.ts';
import { type Assessment, assess } from '../verdict/assess.ts';
import type { DeathsWorld } from '../world.ts';
import { CUSTODY_RULE, DEATH_RULES, findingOf } from './findings.ts';
import { type Persisted, persist } from './persist.ts';
import { type CityState, findCityState } from './read-city.ts';

/** A comparison that was made (比对), with what it found. */
export interface Comparison {
  readonly delivery: FindingDelivery;
  readonly assessments: readonly Assessment[];
  readonly persisted: Persisted;
  readonly city: CityState | null;
}

/**
 * Looks again at the people whom new evidence is about: folds, matches, compares with payments and
 * signs of life, opens or lapses arbitration, and returns what was found about just these people.
 * Takes subjects of `takeIn`; give many at once, the queries are the same for one and a hundred.
 * Every call is recorded as a run of trigger `event`.
 */
export async function afterReports(
  world: DeathsWorld,
  subjects: readonly string[],
  actor = 'system',
): Promise<FindingDelivery> {
  const started = world.clock.now();
  const runId = newRunId(started);
  const { delivery, assessments, persisted, city } = await compare(world, subjects, runId);
  const sources = [...new Set(assessments.flatMap(({ state }) => state.live.map((e) => e.source)))];
  await recordRun(world, {
    ...{ runId, trigger: 'event', actor, started, city, persisted, assessments },
    sources: sources.sort(),
  });
  return delivery;
}

/** Compares the people named, or everybody, and writes down their state. */
export async function compare(
  world: DeathsWorld,
  subjects: readonly string[] | 'all',
  runId: string,
): Promise<Comparison> {
  const db: RegistryDb = world.db;
  const evidence = await forWholeCity(db, (transaction) => loadEvidence(transaction, subjects));
  const custody = await forWholeCity(db, (transaction) => loadCustody(transaction, subjects));
  return world.duck.scratch(async (session) => {
    const city = await findCityState(session);
    const assessments = await assess(world, session, evidence, city);
    const deaths = assessments.flatMap((one) => findingOf(world.pack, one) ?? []);
    const held = await assessCustody(world, session, custody, city);
    const jailed = held.flatMap((one) => custodyFinding(world.pack, one) ?? []);
    const at = { now: world.clock.now(), edition: city?.edition ?? 0 };
    const persisted = await forWholeCity(db, async (transaction) => {
      await persistCustody(transaction, held, at);
      return persist(transaction, assessments, at);
    });
    const delivery: FindingDelivery = {
      ...{ source: 'deaths', runId, asOf: city?.asOf ?? shanghaiDay(world.clock.now()) },
      ranRules: city === null ? [] : [...DEATH_RULES, CUSTODY_RULE],
      persons: subjects === 'all' ? null : personsOf(assessments, held),
      findings: onePerKey([...deaths, ...jailed]),
    };
    return { delivery, assessments, persisted, city };
  });
}

/** Of somebody matched by name alone nothing was found out: his alerts must not vanish. */
function personsOf(
  assessments: readonly Assessment[],
  held: readonly CustodyAssessment[],
): string[] {
  const persons = assessments.flatMap(({ match }) =>
    match.grade === '1' || match.grade === '2' ? (match.person?.personId ?? []) : [],
  );
  const jailed = held.flatMap(({ person }) => person?.personId ?? []);
  return [...new Set([...persons, ...jailed])].sort();
}

/** Two numbers of one person would give two findings of one key: the larger amount stays. */
function onePerKey(findings: readonly AlertCandidate[]): AlertCandidate[] {
  const kept = new Map<string, AlertCandidate>();
  for (const finding of findings) {
    const key = `${finding.rule} ${finding.personId}`;
    const before = kept.get(key);
    if (before === undefined || (finding.amountFen ?? 0n) > (before.amountFen ?? 0n)) {
      kept.set(key, finding);
    }
  }
  const text = ({ personId, rule }: AlertCandidate) => `${personId} ${rule}`;
  return [...kept.values()].sort((a, b) => (text(a) < text(b) ? -1 : 1));
}

export function newRunId(started: Date): string {
  return `DR${shanghaiTime(started).slice(0, 19).replaceAll(/[-:T]/g, '')}-${randomUUID().slice(0, 8)}`;
}

/** Writes a finished comparison down. */
export async function recordRun(
  world: DeathsWorld,
  run: {
    readonly runId: string;
    readonly trigger: RunTrigger;
    readonly actor: string;
    readonly started: Date;
    readonly sources: readonly string[];
    readonly city: CityState | null;
    readonly assessments: readonly Assessment[];
    readonly persisted: Persisted;
    readonly population?: bigint;
  },
): Promise<void> {
  const { assessments, city, started } = run;
  const finished = world.clock.now();
  const found = assessments.map((one) => findingOf(world.pack, one)).filter((one) => one !== null);
  const overpaid = found.flatMap(({ amountFen }) => amountFen ?? []);
  const db: RegistryDb = world.db;
  await forWholeCity(db, (transaction) =>
    transaction
      .insertInto('death_run')
      .values({
        ...{ run_id: run.runId, trigger: run.trigger, state: 'finished', actor: run.actor },
        started_at: shanghaiTime(started),
        finished_at: shanghaiTime(finished),
        sources: [...run.sources],
        ...{ edition: city?.edition ?? null, as_of: city?.asOf ?? null },
        population: run.population ?? null,
        compared: BigInt(assessments.length),
        matched: BigInt(assessments.filter(({ match }) => /[12]/.test(match.grade)).length),
        conflicts: BigInt(assessments.filter(({ judgement }) => judgement.verdict === '3').length),
        overpaid_persons: BigInt(overpaid.length),
        overpaid_fen: overpaid.reduce((sum, amount) => sum + amount, 0n),
        new_suspicions: BigInt(run.persisted.newSuspicions),
        duration_ms: finished.getTime() - started.getTime(),
        failure: null,
      })
      .onConflict((conflict) =>
        conflict.column('run_id').doUpdateSet((is) => ({
          ...{ state: is.ref('excluded.state'), finished_at: is.ref('excluded.finished_at') },
          ...{ sources: is.ref('excluded.sources'), edition: is.ref('excluded.edition') },
          ...{ as_of: is.ref('excluded.as_of'), population: is.ref('excluded.population') },
          ...{ compared: is.ref('excluded.compared'), matched: is.ref('excluded.matched') },
          ...{ conflicts: is.ref('excluded.conflicts') },
          overpaid_persons: is.ref('excluded.overpaid_persons'),
          overpaid_fen: is.ref('excluded.overpaid_fen'),
          new_suspicions: is.ref('excluded.new_suspicions'),
          duration_ms: is.ref('excluded.duration_ms'),
        })),
      )
      .execute(),
  );
}
