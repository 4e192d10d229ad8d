/** How a report reached us (渠道). */
export type ReportChannel = 'api' | 'file' | 'package' | 'connector' | 'spdci' | 'manual';

/** What a report does: states a fact, replaces an earlier report, or takes one back (误报撤销). */
export type ReportKind = 'report' | 'correction' | 'revocation';

/** One statement of one department about one death (死亡信息), as it spoke; never changed. */
export interface DeathReport {
  /** Department (来源, CL_DEATH_SRC). */
  readonly source: string;
  /** Unique within its source; sent again it has no effect. */
  readonly eventId: string;
  readonly kind: ReportKind;
  /** Event of the same source that is corrected or revoked. */
  readonly refersTo: string | null;
  /** The source's own running number, where it has one; goes before `occurredAt` in the fold. */
  readonly sequence: bigint | null;
  /** Instant the source gives the statement, ISO 8601 with offset. */
  readonly occurredAt: string;
  /** Instant it reached us; evidence only, the fold never looks at it. */
  readonly receivedAt: string;
  readonly idNo: string | null;
  readonly name: string | null;
  readonly sex: '1' | '2' | null;
  /** `YYYY-MM-DD`. */
  readonly birthDate: string | null;
  /** `YYYY-MM-DD`; a month or year alone is its last day, see `precision`. */
  readonly deathDate: string | null;
  readonly precision: 'D' | 'M' | 'Y';
  readonly certNo: string | null;
  readonly cremationNo: string | null;
  readonly crematedOn: string | null;
  readonly hukouCancelOn: string | null;
  /** Reason of a cancelled registration (户籍注销原因): only death counts as death. */
  readonly hukouCancelReason: string | null;
  readonly channel: ReportChannel;
  /** Application that signed it; null for files and packages. */
  readonly appId: string | null;
  /** County the reporting office belongs to, where it says. */
  readonly agency: string | null;
}

/** One statement about custody (服刑羁押), as it was spoken. */
export interface CustodyReport {
  readonly source: string;
  readonly eventId: string;
  readonly kind: ReportKind;
  readonly refersTo: string | null;
  readonly sequence: bigint | null;
  readonly occurredAt: string;
  readonly receivedAt: string;
  readonly idNo: string;
  readonly name: string | null;
  /** 01 收监服刑 02 羁押 03 社区矫正 09 其他. */
  readonly custodyKind: string;
  readonly startOn: string;
  /** Null while it lasts. */
  readonly endOn: string | null;
  readonly docNo: string | null;
  readonly channel: ReportChannel;
  readonly appId: string | null;
  readonly agency: string | null;
}
