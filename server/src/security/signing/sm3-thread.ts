import { Worker } from 'node:worker_threads';
import { sm3Hex } from './sm3.ts';

/** An SM3 digest of data of any size that leaves this thread free for other work. */
export interface Sm3Thread {
  /** Takes a piece, which must not change any more; waits while too many are not digested yet. */
  update(piece: Uint8Array): Promise<void>;
  /** Ends the digest: 64 lower-case hex digits. */
  hex(): Promise<string>;
  /** Ends the thread, also of a digest nobody wants any more. */
  close(): Promise<void>;
}

/** Pieces that may wait for the thread. */
const MOST_WAITING = 2;

/**
 * Opens a digest that a second thread computes once there is more than one piece: digesting 2 GB
 * takes 6 s, starting a thread as long as digesting 10 MB.
 */
export function openSm3Thread(): Sm3Thread {
  let first: Uint8Array | null = null;
  let thread: DigestThread | null = null;
  return {
    update: async (piece) => {
      if (first === null && thread === null) {
        first = piece;
        return;
      }
      if (thread === null) {
        thread = startThread();
        if (first !== null) await thread.update(first);
        first = null;
      }
      await thread.update(piece);
    },
    hex: async () => thread?.hex() ?? sm3Hex(first ?? new Uint8Array()),
    close: async () => thread?.close(),
  };
}

type DigestThread = Sm3Thread;

function startThread(): DigestThread {
  const worker = new Worker(new URL('./sm3-worker.ts', import.meta.url));
  let waiting = 0;
  let failure: unknown = null;
  let wake: (() => void) | null = null;
  let answer: string | null = null;
  const woken = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  const fail = (error: unknown) => {
    failure ??= error;
    wake?.();
  };
  worker.on('message', (message: string | null) => {
    if (message === null) waiting -= 1;
    else answer = message;
    wake?.();
  });
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('the digest thread ended early')));
  return {
    update: async (piece) => {
      waiting += 1;
      worker.postMessage(piece);
      while (waiting > MOST_WAITING && failure === null) await woken();
      if (failure !== null) throw failure;
    },
    hex: async () => {
      worker.postMessage(null);
      while (answer === null && failure === null) await woken();
      if (answer === null) throw failure;
      return answer;
    },
    close: async () => void (await worker.terminate()),
  };
}
