import type { UsualForm } from './usual-form.ts';

/** How one data file is written, as its manifest declares it. */
export interface FileFormat {
  readonly encoding: 'gb18030' | 'utf-8';
  readonly delimiter: string;
  readonly quote: string;
  /** Number of fields in every record. */
  readonly fields: number;
  readonly gzip: boolean;
  /** The first record names the columns. */
  readonly header: boolean;
  /** Usual forms of the fields by position; where none has one, all records are alike. */
  readonly forms: readonly UsualForm[];
}

/** What a decoded file holds and where its pieces lie. */
export interface DecodedFile {
  /** Records after the header, well-formed or not. */
  readonly rows: number;
  /** Records with the wrong number of fields or broken quoting (ROW01). */
  readonly misfits: number;
  /** CSV of `line,text` for the misfits, null where there are none. */
  readonly misfitFile: string | null;
  /** The first field of each well-formed record is greater than the one before. */
  readonly rising: boolean;
}

/** How the values of a record are spelled: all in the usual form of their column, or anyhow. */
export type Spelling = 'usual' | 'any';

/** A piece of the file as UTF-8, each record prefixed by its line number and the delimiter. */
export interface Chunk {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  /** `usual`: every value that has a usual form is spelled in it, and the engine may type it. */
  readonly spelling: Spelling;
  /** A quoted field holds a line break: the piece must not be read in parallel. */
  readonly multiline: boolean;
}

export type DecodeFaultCode =
  | 'undecodable'
  | 'mixed_encoding'
  | 'truncated_gzip'
  | 'open_quote'
  | 'record_too_long'
  | 'nul_byte'
  | 'too_many_rows'
  | 'empty_file';

/** Why a file cannot be read at all (gate G4). */
export interface DecodeFault {
  readonly code: DecodeFaultCode;
  /** Byte offset in the unpacked file, where known. */
  readonly offset: number | null;
  readonly line: number | null;
  readonly bytes: string | null;
}

export class DecodeFaultError extends Error {
  readonly fault: DecodeFault;
  constructor(
    code: DecodeFaultCode,
    where: { offset?: number; line?: number; bytes?: string } = {},
  ) {
    super(`decode fault ${code}`);
    this.fault = {
      code,
      offset: where.offset ?? null,
      line: where.line ?? null,
      bytes: where.bytes ?? null,
    };
  }
}

/** Longer than any honest record; a missing closing quote would otherwise swallow the file. */
export const MAX_RECORD_BYTES = 1 << 20;
