import { Worker } from 'node:worker_threads';
import { rawDamaged } from '../receive/errors.ts';
import type { RawSource } from '../receive/sealed-raw.ts';
import type { Chunk, DecodedFile, FileFormat } from './format.ts';
import { DecodeFaultError } from './format.ts';
import type { DecodeMessage, DecodeTask } from './worker.ts';

export type { Chunk, DecodedFile, DecodeFault, FileFormat, Spelling } from './format.ts';
export { DecodeFaultError } from './format.ts';
export { splitRecord } from './scan.ts';
export type { UsualForm } from './usual-form.ts';

const CHUNK_BYTES = 192 << 20;

/**
 * Decodes one raw file in a worker thread into numbered UTF-8 chunks, handing each to `onChunk`
 * while the next is being written. At most four chunks lie on disk at a time.
 * @throws DecodeFaultError when the file cannot be read as declared (gate G4).
 */
export function decodeDataset(options: {
  source: RawSource;
  format: FileFormat;
  directory: string;
  maxRows: number;
  chunkBytes?: number;
  onHeader: (fields: string[]) => void;
  onBytes?: (bytes: number) => void;
  onChunk: (chunk: Chunk) => Promise<void>;
}): Promise<DecodedFile> {
  const { source, format, directory, maxRows } = options;
  return runTask<DecodedFile>(
    {
      kind: 'chunks',
      source,
      format,
      directory,
      maxRows,
      chunkBytes: options.chunkBytes ?? CHUNK_BYTES,
    },
    async (message, worker) => {
      if (message.kind === 'header') options.onHeader(message.fields);
      else if (message.kind === 'bytes') options.onBytes?.(message.bytes);
      else if (message.kind === 'chunk') {
        await options.onChunk(message.chunk);
        worker.postMessage('next');
      } else if (message.kind === 'end') return message.decoded;
      return null;
    },
  );
}

/** Reads the fields of some records (by line) of a raw file again, as they were sent. */
export function pickRecords(
  source: RawSource,
  format: FileFormat,
  lines: readonly number[],
): Promise<ReadonlyMap<number, string[]>> {
  return runTask({ kind: 'pick', source, format, lines }, async (message) =>
    message.kind === 'picked' ? new Map(message.records) : null,
  );
}

/** Runs the worker; messages are handled one after another, the first non-null result ends it. */
async function runTask<T>(
  task: DecodeTask,
  handle: (message: DecodeMessage, worker: Worker) => Promise<T | null>,
): Promise<T> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: task });
  try {
    return await new Promise<T>((resolve, reject) => {
      let queue: Promise<void> = Promise.resolve();
      worker.on('message', (message: DecodeMessage) => {
        queue = queue.then(async () => {
          if (message.kind === 'fault') throw faultOf(message.fault);
          if (message.kind === 'damaged') throw damaged(task.source);
          const result = await handle(message, worker);
          if (result !== null) resolve(result);
        });
        queue.catch(reject);
      });
      worker.on('error', reject);
      worker.on('exit', (code) => {
        queue = queue.then(() => reject(new Error(`decode worker ended early (${code})`)));
        queue.catch(reject);
      });
    });
  } finally {
    await worker.terminate();
  }
}

function damaged({ path, sealed }: RawSource): Error {
  return rawDamaged({ sm3: sealed?.sm3 ?? path, problem: '内容与摘要或完整性证明不符' });
}

function faultOf(fault: DecodeFaultError['fault']): DecodeFaultError {
  return new DecodeFaultError(fault.code, {
    ...(fault.offset === null ? {} : { offset: fault.offset }),
    ...(fault.line === null ? {} : { line: fault.line }),
    ...(fault.bytes === null ? {} : { bytes: fault.bytes }),
  });
}
