import { parentPort, workerData } from 'node:worker_threads';
import { isHuiliuError } from '../../kernel/index.ts';
import { type RawSource, requireSound } from '../receive/sealed-raw.ts';
import { createChunkWriter } from './chunk-writer.ts';
import { decodeFile } from './decode-file.ts';
import type { FileFormat } from './format.ts';
import { type Chunk, type DecodedFile, type DecodeFault, DecodeFaultError } from './format.ts';
import { splitRecord } from './scan.ts';

export type DecodeTask =
  | {
      readonly kind: 'chunks';
      readonly source: RawSource;
      readonly format: FileFormat;
      readonly directory: string;
      readonly chunkBytes: number;
      readonly maxRows: number;
    }
  | {
      readonly kind: 'pick';
      readonly source: RawSource;
      readonly format: FileFormat;
      readonly lines: readonly number[];
    };

export type DecodeMessage =
  | { readonly kind: 'header'; readonly fields: string[] }
  | { readonly kind: 'bytes'; readonly bytes: number }
  | { readonly kind: 'chunk'; readonly chunk: Chunk }
  | { readonly kind: 'picked'; readonly records: [line: number, fields: string[]][] }
  | { readonly kind: 'end'; readonly decoded: DecodedFile }
  | { readonly kind: 'fault'; readonly fault: DecodeFault }
  | { readonly kind: 'damaged' };

/** Chunks that may lie on disk while the database still reads earlier ones. */
const MAX_WAITING = 2;

function send(message: DecodeMessage): void {
  parentPort?.postMessage(message);
}

async function writeChunks(task: Extract<DecodeTask, { kind: 'chunks' }>): Promise<void> {
  let waiting = 0;
  let wake: (() => void) | null = null;
  parentPort?.on('message', () => {
    waiting--;
    wake?.();
  });
  const writer = createChunkWriter({
    ...task,
    onHeader: (fields) => send({ kind: 'header', fields }),
  });
  const handOver = async (which: 'full' | 'all') => {
    for (const chunk of writer.take(which)) {
      send({ kind: 'chunk', chunk });
      waiting++;
      while (waiting > MAX_WAITING) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  };
  await decodeFile(task.source, task.format, writer, {
    onBytes: (bytes) => send({ kind: 'bytes', bytes }),
    afterBlock: () => handOver('full'),
  });
  await handOver('all');
  send({ kind: 'end', decoded: writer.finish() });
}

async function pickRecords(task: Extract<DecodeTask, { kind: 'pick' }>): Promise<void> {
  const wanted = new Set(task.lines);
  const records: [number, string[]][] = [];
  const { delimiter, quote } = task.format;
  await decodeFile(task.source, task.format, {
    record(block, start, end, line) {
      if (!wanted.has(line)) return;
      records.push([line, splitRecord(block.toString('utf8', start, end), delimiter, quote)]);
    },
  });
  send({ kind: 'picked', records });
}

/** What our own disk has damaged must not be held against the sender. */
async function sendFailure({ source }: DecodeTask, failure: unknown): Promise<void> {
  try {
    if (!(failure instanceof DecodeFaultError)) throw failure;
    await requireSound(source);
    send({ kind: 'fault', fault: failure.fault });
  } catch (error) {
    if (!isHuiliuError(error, 'INGEST_RAW_DAMAGED')) throw error;
    send({ kind: 'damaged' });
  }
}

async function main(task: DecodeTask): Promise<void> {
  try {
    if (task.kind === 'chunks') await writeChunks(task);
    else await pickRecords(task);
  } catch (error) {
    await sendFailure(task, error);
  }
  parentPort?.close();
}

await main(workerData as DecodeTask);
