import { Worker } from 'node:worker_threads';

/** An SM3 digest of data of any size that leaves this thread free for other work. */
export interface Sm3Thread {
  /**
   * Takes the next piece and resolves when it is digested; until then it must stay as it is. One
   * that lies in shared memory is not copied.
   */
  update(piece: Uint8Array): Promise<void>;
  /** Ends the digest: 64 lower-case hex digits. */
  hex(): Promise<string>;
  /** Ends the thread, also of a digest nobody wants any more. */
  close(): Promise<void>;
}

/**
 * Opens a digest that another thread computes: 2 GB take 6 s, in which this one can encrypt. A
 * thread costs as much to start as 10 MB to digest.
 */
export function openSm3Thread(): Sm3Thread {
  const worker = new Worker(new URL('./sm3-worker.ts', import.meta.url));
  const waiting: { resolve: (answer: string) => void; reject: (error: unknown) => void }[] = [];
  let failure: unknown = null;
  const fail = (error: unknown) => {
    failure ??= error;
    for (const { reject } of waiting.splice(0)) reject(failure);
  };
  // Answers come in the order of the questions.
  worker.on('message', (answer: string) => waiting.shift()?.resolve(answer));
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('the digest thread ended early')));
  const ask = (piece: Uint8Array | null) =>
    new Promise<string>((resolve, reject) => {
      if (failure !== null) return reject(failure);
      waiting.push({ resolve, reject });
      worker.postMessage(piece);
    });
  return {
    update: async (piece) => void (await ask(piece)),
    hex: () => ask(null),
    close: async () => void (await worker.terminate()),
  };
}
