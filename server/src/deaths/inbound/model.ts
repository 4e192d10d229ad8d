import type { FindingDelivery } from '../../contract/index.ts';
import type { CustodyReport, DeathReport, ReportChannel } from '../model.ts';
import type { EventBody } from './read-event.ts';
import type { Subject } from './tables.ts';

/** An event checked and ready for the inbox. */
export interface NewEvent {
  readonly subject: Subject;
  readonly source: string;
  readonly agency: string | null;
  readonly body: EventBody;
}

/** Who hands events in: an application, or a connector of ours. */
export interface Sender {
  readonly interfaceId: string;
  readonly appId: string | null;
  readonly channel: ReportChannel;
}

/** An event in the inbox (收件). */
export interface Receipt {
  readonly event_id: string;
  /** Receipt number (回执号); the same for every repetition of the event. */
  readonly receipt: string;
  /** True when the event was there before. */
  readonly known: boolean;
}

/** What the inbox hands its events to; the registry, given by whoever assembles the process. */
export interface Registry {
  /** Keeps reports as evidence and gives the subjects they are about; again is no harm. */
  takeDeaths(reports: readonly DeathReport[]): Promise<readonly string[]>;
  takeCustody(reports: readonly CustodyReport[]): Promise<readonly string[]>;
  /** Compares those persons at once; null when there is nothing to compare with yet. */
  compare(subjects: readonly string[]): Promise<FindingDelivery | null>;
  /** Opens the findings for handling; the same delivery again opens nothing twice. */
  deliver(delivery: FindingDelivery): Promise<void>;
}

/** `HL` and twelve digits. */
export const receiptOf = (inboxNo: bigint): string => `HL${String(inboxNo).padStart(12, '0')}`;
