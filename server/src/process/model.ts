import type { DataScope } from '../contract/index.ts';

/** Name of the city's own log (本市办件): the published biz_case and biz_event. */
export const CITY_LOG = 'city';

/** What one log holds and where it came from; counts are of usable events. */
export interface LogInfo {
  readonly log: string;
  readonly title: string;
  readonly kind: 'city' | 'imported';
  readonly format: string;
  /** Object type that was made the case, for OCEL files. */
  readonly object_type: string | null;
  readonly source_name: string | null;
  /** Edition of the municipal database the city's log stands on. */
  readonly edition: number | null;
  /** Data as of this day. */
  readonly as_of: string | null;
  readonly imported_at: string;
  readonly imported_by: string;
  readonly cases: number;
  readonly events: number;
  readonly activities: number;
  readonly variants: number;
  readonly report: ImportReport;
}

/** What the import did with the file, row by row accounted for. */
export interface ImportReport {
  readonly events_read: number;
  /** Events that cannot take part, by reason; PM4Py's format_dataframe leaves out the same. */
  readonly set_aside: {
    readonly no_case: number;
    readonly no_activity: number;
    readonly no_time: number;
  };
  /** Traces whose case number another trace had: they are one case. */
  readonly merged_cases: number;
  /** Events whose event number another event had: both stay. */
  readonly repeated_event_ids: number;
  /** Events earlier than the one before them in the file, put in order of time. */
  readonly out_of_order: number;
  /** Column of the file → role, for CSV. */
  readonly columns: Readonly<Record<string, string>>;
  readonly notes: readonly string[];
}

/** A log made ready, and the schema of the process database its tables lie in. */
export interface PreparedLog {
  readonly info: LogInfo;
  /** Schema name, safe to put into SQL. */
  readonly at: string;
  /** Changes whenever the content changes: part of every cache key. */
  readonly stamp: string;
}

/** Whose cases are looked at, and which of them. */
export interface LogQuestion {
  /** Null: the city's own. */
  readonly log: string | null;
  readonly scope: DataScope;
  readonly filters: readonly import('./filter/filter.ts').Filter[];
}

/** Seconds of a set of times; null where there is none. Quantiles interpolate linearly. */
export interface Times {
  readonly min_s: number | null;
  readonly mean_s: number | null;
  readonly median_s: number | null;
  readonly p90_s: number | null;
  readonly max_s: number | null;
  readonly total_s: number | null;
}
