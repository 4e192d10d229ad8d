import type { Severity } from '../../contract/index.ts';
import type { OfficeHours } from '../../municipal/index.ts';

/** A time limit of a matter, with the text it comes from. */
export interface TimeLimit {
  readonly kind: 'statutory' | 'promised';
  readonly days: number;
  readonly unit: 'work' | 'calendar';
  /** Days by which the law lets it be extended. */
  readonly extension: number;
  readonly source: string;
}

/** A step of a described process (流程说明), in its order. */
export interface DescribedStep {
  /** CL_STEP. */
  readonly step: string;
  readonly required: boolean;
  readonly role: string | null;
}

/** How a matter (事项) is to be handled: steps, separation of duties, limits. */
export interface ProcessDef {
  readonly matter: string;
  readonly title: string;
  readonly steps: readonly DescribedStep[];
  /** Pairs of steps that different people must do. */
  readonly separate: readonly (readonly [string, string])[];
  readonly limits: readonly TimeLimit[];
  readonly basis: readonly string[];
}

/** Hours of agencies in a part of the year, `MM-DD` inclusive; no agencies: all others. */
export interface OfficeTimes {
  readonly agencies: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly hours: OfficeHours;
}

/** Channels (渠道) that count as one way of being served. */
export interface ChannelGroup {
  readonly id: string;
  readonly title: string;
  readonly channels: readonly string[];
  /** Counts towards the 15-minute circle (15 分钟办事圈). */
  readonly near: boolean;
  /** No person was served: not in the denominator. */
  readonly automatic: boolean;
}

/** What a kind of deviation means for whoever handles it. */
export interface DeviationDef {
  readonly id: string;
  readonly kind: DeviationKind;
  readonly title: string;
  /** `off`: shown in the panorama only; `trial`: alerts for the department that owns it only. */
  readonly status: 'off' | 'trial' | 'active';
  readonly severity: Severity;
  readonly owner: string;
  readonly topic: string;
  readonly basis: readonly string[];
  readonly why: string;
  readonly action: string;
  /** Rules that tell the same fact of the same case; they come first. */
  readonly covered_by: readonly string[];
  /** Clocks of different servers may be apart this much (seconds). */
  readonly tolerance_s: number;
}

export type DeviationKind = 'skipped' | 'repeated' | 'out_of_order' | 'same_person';

/** All content of the process panorama. */
export interface ProcessContent {
  readonly processes: ReadonlyMap<string, ProcessDef>;
  readonly offices: readonly OfficeTimes[];
  readonly channelGroups: readonly ChannelGroup[];
  readonly deviations: ReadonlyMap<DeviationKind, DeviationDef>;
}
