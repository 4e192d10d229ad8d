/** What readers and writers ask for. */
export const KINDS = [
  'inbox',
  'case',
  'workbench',
  'dossier',
  'overview',
  'packages',
  'claim',
  'note',
  'conclude',
  'review',
  'receipt',
] as const;
export type Kind = (typeof KINDS)[number];

/** What a writer does all day. */
export type Duty = 'verify' | 'review' | 'book';

/** Somebody signed in, as the load needs to know them. */
export interface Person {
  readonly login: string;
  readonly cookie: string;
  readonly csrf: string;
  readonly forCity: boolean;
  /** Persons of the own county whose dossiers they open: fewer than the quota of one hour. */
  readonly dossiers: readonly string[];
}

export interface Office {
  readonly readers: readonly Person[];
  readonly writers: readonly (Person & { readonly duty: Duty })[];
  readonly persons: number;
}

/** One answer as it was met. */
export interface Answer {
  readonly kind: Kind;
  /** HTTP status; 0 when the connection broke or nothing came in time. */
  readonly status: number;
  readonly ms: number;
  /** Code of an error answer. */
  readonly code: string | null;
}

/** Waiting is asked for by 429 and 503; 409 says that somebody else was first. */
const EXPECTED = [409, 429, 503];

/** Tells whether an answer is a failure of the server: the load itself only asks what is allowed. */
export function isFailure({ status }: Pick<Answer, 'status'>): boolean {
  return (status < 200 || status >= 400) && !EXPECTED.includes(status);
}
