import { stat } from 'node:fs/promises';
import readExcel from 'read-excel-file/node';
import yauzl from 'yauzl';
import { workbookTooLarge, workbookUnreadable } from '../errors.ts';
import type { NumberCell } from './cell-text.ts';
import { MAX_FILE_BYTES, MAX_UNPACKED_BYTES } from './layout.ts';

/** One sheet as rows of cells: text, {@link NumberCell}, boolean, Date or null. */
export interface OpenedSheet {
  readonly sheet: string;
  readonly rows: readonly (readonly unknown[])[];
}

/**
 * Reads every sheet of an xlsx file; digits stay as the file has them.
 * @throws INGEST_WORKBOOK_TOO_LARGE, INGEST_WORKBOOK_UNREADABLE
 */
export async function openWorkbook(path: string): Promise<OpenedSheet[]> {
  const found = await stat(path).catch(() => null);
  if (found === null || !found.isFile()) throw workbookUnreadable({ reason: '找不到这个文件' });
  if (found.size > MAX_FILE_BYTES) {
    throw workbookTooLarge({ what: '文件过大', limit: `${MAX_FILE_BYTES >> 20} MB` });
  }
  await requireHonestArchive(path);
  try {
    const sheets = await readExcel<NumberCell>(path, {
      trim: false,
      parseNumber: (number) => ({ number }),
    });
    return sheets.map(({ sheet, data }) => ({ sheet, rows: data }));
  } catch (error) {
    throw workbookUnreadable({ reason: '文件内容不是有效的 xlsx' }, error);
  }
}

/** Unpacks once without keeping anything: the reading library trusts the sizes a zip claims. */
async function requireHonestArchive(path: string): Promise<void> {
  let unpacked = 0;
  try {
    const zip = await yauzl.openPromise(path, { autoClose: false, validateEntrySizes: true });
    try {
      for await (const entry of zip.eachEntry()) {
        for await (const piece of await zip.openReadStreamPromise(entry)) {
          unpacked += (piece as Buffer).length;
          if (unpacked > MAX_UNPACKED_BYTES) break;
        }
        if (unpacked > MAX_UNPACKED_BYTES) break;
      }
    } finally {
      zip.close();
    }
  } catch (error) {
    throw workbookUnreadable({ reason: '不是 xlsx 文件，或文件已损坏、加了密码' }, error);
  }
  if (unpacked > MAX_UNPACKED_BYTES) {
    throw workbookTooLarge({ what: '解压后过大', limit: `${MAX_UNPACKED_BYTES >> 20} MB` });
  }
}
