export type { Action } from './envelope.ts';
export { handleSpdci, type SpdciAnswer, type SpdciRequest, type SpdciWorld } from './handle.ts';
export { putNotices, relayOutbox } from './outbox.ts';
