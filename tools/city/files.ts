import { Worker } from 'node:worker_threads';
import type { FileCommand, FileReply } from './file-worker.ts';

export interface WrittenFile {
  readonly bytes: number;
  readonly sm3: string;
}

/** Writes data files in another thread, so that encoding overlaps with generation. */
export interface FileWriter {
  open(path: string, options: { gzip: boolean; crlf: boolean; header: string }): void;
  /** Queues a UTF-8 file, which is removed afterwards; resolves when at most one more is waiting. */
  append(file: string): Promise<void>;
  close(): Promise<WrittenFile>;
  end(): Promise<void>;
}

export function openFileWriter(): FileWriter {
  const worker = new Worker(new URL('./file-worker.ts', import.meta.url));
  const waiting: ((reply: FileReply) => void)[] = [];
  let failure: Error | undefined;
  worker.on('message', (reply: FileReply) => {
    if (reply.op === 'failed') failure ??= new Error(reply.message);
    waiting.shift()?.(reply);
  });
  worker.on('error', (error) => {
    failure = error instanceof Error ? error : new Error(String(error));
    for (const resolve of waiting.splice(0)) resolve({ op: 'failed', message: String(error) });
  });
  let previous: Promise<FileReply> = Promise.resolve({ op: 'opened' });
  const send = (command: FileCommand): Promise<FileReply> => {
    const reply = new Promise<FileReply>((resolve) => waiting.push(resolve));
    worker.postMessage(command);
    return reply;
  };
  return {
    open: (path, options) => void send({ op: 'open', path, ...options }),
    append: async (file) => {
      const before = previous;
      previous = send({ op: 'append', file });
      await before;
      if (failure !== undefined) throw failure;
    },
    close: async () => {
      const reply = await send({ op: 'close' });
      if (failure !== undefined) throw failure;
      if (reply.op !== 'closed') throw new Error(`unexpected reply ${reply.op}`);
      return { bytes: reply.bytes, sm3: reply.sm3 };
    },
    end: async () => {
      await worker.terminate();
    },
  };
}
