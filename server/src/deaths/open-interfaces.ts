import { randomBytes } from 'node:crypto';
import type { FindingDelivery } from '../contract/index.ts';
import { type AppBook, type InterfacesWorld, openAppBook, type Random } from './apps/index.ts';
import { afterReports } from './compare/after-reports.ts';
import {
  type Connectors,
  loadInterfaces,
  openConnectors,
  realNetwork,
} from './connectors/index.ts';
import { type HealthBook, openHealthBook, updateAlarms } from './freshness/index.ts';
import { type Inbox, openInbox, type Registry } from './inbound/index.ts';
import { takeIn, takeInCustody } from './registry/take-in.ts';
import type { DeathsWorld } from './world.ts';

const ALARMS_EVERY_MS = 60_000;

/** The department interfaces of a process (部门接口): who may send, the inbox, the connectors, their health. */
export interface Interfaces extends InterfacesWorld {
  readonly apps: AppBook;
  readonly inbox: Inbox;
  readonly health: HealthBook;
  readonly connectors: Connectors;
  /**
   * Starts the workers; a process that serves nobody leaves them alone. `report` is told what
   * failed for a while, without personal data.
   */
  start(report?: (failure: string) => void): void;
  stop(): Promise<void>;
}

export interface InterfacesOptions {
  /** `DATA/config/interfaces.yaml`. */
  readonly configFile: string;
  /** Hands findings on for handling, in one transaction; the same again changes nothing. */
  readonly deliver: (delivery: FindingDelivery) => Promise<unknown>;
}

const systemRandom: Random = { bytes: randomBytes, fraction: Math.random };

/**
 * Opens the department interfaces on the registry.
 * @throws DEATHS_INTERFACES_INVALID, SECURITY_KEY_FILE_EXPOSED
 */
export async function openInterfaces(
  deaths: DeathsWorld,
  options: InterfacesOptions,
): Promise<Interfaces> {
  const { db, content, clock, keys } = deaths;
  const world: InterfacesWorld = { db, content, clock, keys, random: systemRandom };
  const apps = openAppBook(world);
  const health = openHealthBook(world);
  let report: ((failure: string) => void) | undefined;
  const inbox = openInbox(world, {
    ...{ apps, health, registry: registryOf(deaths, options.deliver) },
    report: (failure) => report?.(failure),
  });
  const config = await loadInterfaces(options.configFile, content);
  const calling = { ...world, network: realNetwork };
  const connectors = await openConnectors(calling, config, { health, arrived: () => inbox.wake() });
  let timer: NodeJS.Timeout | null = null;
  return {
    ...{ ...world, apps, inbox, health, connectors },
    start(told) {
      report = told;
      inbox.start();
      connectors.start();
      const look = () =>
        updateAlarms({ ...world, connectors }).catch(() => report?.('接口告警未能更新'));
      timer ??= setInterval(look, ALARMS_EVERY_MS);
    },
    async stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      await connectors.stop();
      await inbox.stop();
    },
  };
}

function registryOf(deaths: DeathsWorld, deliver: InterfacesOptions['deliver']): Registry {
  const subjects = (taken: readonly { readonly subject: string }[]) =>
    taken.map((each) => each.subject);
  return {
    takeDeaths: async (reports) => subjects(await takeIn(deaths, reports)),
    takeCustody: async (reports) => subjects(await takeInCustody(deaths, reports)),
    compare: (found) => afterReports(deaths, found, 'system:inbox'),
    deliver: async (delivery) => {
      await deliver(delivery);
    },
  };
}
