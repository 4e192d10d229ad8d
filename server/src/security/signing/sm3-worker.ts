import { parentPort } from 'node:worker_threads';
import { openSm3 } from './sm3.ts';

/** Digests the pieces it is sent, answers each with an empty text and a null with the digest. */
const digest = openSm3();

parentPort?.on('message', (piece: Uint8Array | null) => {
  if (piece !== null) digest.update(piece);
  parentPort?.postMessage(piece === null ? digest.hex() : '');
});
