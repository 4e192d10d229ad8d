import type { Subject } from '../inbound/index.ts';

/** How the request to a department is signed (签名方案). */
export type SchemeName = 'gjgxjhpt' | 'gjzwfwpt' | 'client-id' | 'tif' | 'medical';

/** What a scheme signs with; which of them it needs is checked when the configuration is read. */
export interface Credentials {
  /** 资源编号、应用编号. */
  readonly id: string;
  /** 请求者编号 of the exchange platforms. */
  readonly requester: string | null;
  readonly secret: string | null;
  /** Opens refreshed secrets (appkey). */
  readonly appKey: string | null;
  /** 16 bytes as 32 hex digits. */
  readonly sm4Key: string | null;
  /** Ours, hex. */
  readonly sm2PrivateKey: string | null;
  /** Theirs, hex. */
  readonly sm2PublicKey: string | null;
}

/** How a source is read on: by its own cursor, or by windows of time in pages. */
export type PagerConfig =
  | {
      readonly kind: 'cursor';
      readonly cursorField: string;
      readonly limitField: string;
      readonly limit: number;
      readonly rows: string;
      readonly next: string;
    }
  | {
      readonly kind: 'window';
      readonly fromField: string;
      readonly toField: string;
      /** First day asked for. */
      readonly first: string;
      /** Departments enter late: each window reaches back over the last. */
      readonly overlapMinutes: number;
      readonly pageField: string;
      readonly sizeField: string;
      readonly size: number;
      readonly rows: string;
    };

/** How a department is asked about one person (点名查询). */
export interface QueryConfig {
  readonly url: string;
  /** Their names of the citizen number and of the name; without the latter no name is sent. */
  readonly idField: string;
  readonly nameField: string | null;
  /** Where the answer's records are: a list, or one record. */
  readonly rows: string;
}

/** Which field of theirs is which of ours: our name → their path and, where codes differ, a map. */
export type Mapping = Readonly<
  Record<string, { readonly from: string; readonly codes: Readonly<Record<string, string>> | null }>
>;

/** One department that is polled (部门接口), as `interfaces.yaml` declares it. */
export interface ConnectorConfig {
  readonly id: string;
  readonly title: string;
  readonly subject: Subject;
  readonly source: string;
  /** County all its rows belong to; null: the city's, or named in the rows. */
  readonly agency: string | null;
  readonly scheme: SchemeName;
  readonly url: string;
  readonly credentials: Credentials;
  readonly refresh: { readonly url: string; readonly beforeMinutes: number } | null;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly everyMinutes: number;
  readonly timeoutMs: number;
  /** How it is read on; null: it only answers questions about one person. */
  readonly pager: PagerConfig | null;
  /** How it is asked about one person; null: it cannot be. */
  readonly query: QueryConfig | null;
  readonly mapping: Mapping;
  readonly expectedPerDay: number | null;
  readonly silentAfterHours: number;
}

/** A department that is read on by itself. */
export type PolledConnector = ConnectorConfig & { readonly pager: PagerConfig };

export function isPolled(config: ConnectorConfig): config is PolledConnector {
  return config.pager !== null;
}

/** The whole configuration, checked. */
export interface InterfacesConfig {
  /** Hosts, with port where it is not the usual one, that may be called at all. */
  readonly hosts: readonly string[];
  readonly connectors: readonly ConnectorConfig[];
}

/** `connector:<id>`: name on the freshness board. */
export const interfaceOfConnector = (id: string): string => `connector:${id}`;
