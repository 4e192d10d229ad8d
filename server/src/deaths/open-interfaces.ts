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
import {
  handleSpdci,
  putNotices,
  relayOutbox,
  type SpdciAnswer,
  type SpdciRequest,
} from './spdci/index.ts';
import type { DeathsWorld } from './world.ts';

const ALARMS_EVERY_MS = 60_000;
const RELAY_EVERY_MS = 1_000;

/** The department interfaces of a process (部门接口): who may send, the inbox, the connectors, their health. */
export interface Interfaces extends InterfacesWorld {
  readonly apps: AppBook;
  readonly inbox: Inbox;
  readonly health: HealthBook;
  readonly connectors: Connectors;
  /** Answers a message of a civil registry that speaks SPDCI. */
  spdci(request: SpdciRequest): Promise<SpdciAnswer>;
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
    ...{ apps, health, registry: registryOf(deaths, world, options.deliver) },
    report: (failure) => report?.(failure),
  });
  const config = await loadInterfaces(options.configFile, content);
  const calling = { ...world, network: realNetwork };
  const connectors = await openConnectors(calling, config, { health, arrived: () => inbox.wake() });
  const timers: NodeJS.Timeout[] = [];
  let relaying: Promise<unknown> = Promise.resolve();
  const spdciWorld = { ...world, apps, health, arrived: () => inbox.wake() };
  return {
    ...{ ...world, apps, inbox, health, connectors },
    spdci: (request) => handleSpdci(spdciWorld, request),
    start(told) {
      if (timers.length > 0) return;
      report = told;
      inbox.start();
      connectors.start();
      const look = () =>
        updateAlarms({ ...world, connectors }).catch(() => report?.('接口告警未能更新'));
      let busy = false;
      const relay = () => {
        if (busy) return;
        busy = true;
        relaying = relayOutbox({ ...spdciWorld, network: realNetwork })
          .catch(() => report?.('民事登记互通的待发报文未能发送'))
          .finally(() => {
            busy = false;
          });
      };
      timers.push(setInterval(look, ALARMS_EVERY_MS), setInterval(relay, RELAY_EVERY_MS));
    },
    async stop() {
      for (const timer of timers.splice(0)) clearInterval(timer);
      await relaying;
      await connectors.stop();
      await inbox.stop();
    },
  };
}

function registryOf(
  deaths: DeathsWorld,
  world: InterfacesWorld,
  deliver: InterfacesOptions['deliver'],
): Registry {
  const subjects = (taken: readonly { readonly subject: string }[]) =>
    taken.map((each) => each.subject);
  return {
    takeDeaths: async (reports) => {
      const taken = subjects(await takeIn(deaths, reports));
      await putNotices(world, reports);
      return taken;
    },
    takeCustody: async (reports) => subjects(await takeInCustody(deaths, reports)),
    compare: (found) => afterReports(deaths, found, 'system:inbox'),
    deliver: async (delivery) => {
      await deliver(delivery);
    },
  };
}
