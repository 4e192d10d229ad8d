export { type MachineFacts, machineFacts, machineText } from './machine.ts';
export { type Protection, protectionText, readProtection } from './protection.ts';
export { inScratchFolder } from './scratch-folder.ts';
export { type Latency, latencyOf, medianOf, medianOfEach, percentile } from './statistics.ts';
export { countText, memoryText, secondsText, tableText, timesText } from './text.ts';
