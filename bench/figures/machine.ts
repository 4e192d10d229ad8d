import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { countText } from './text.ts';

/** What the figures were measured on. */
export interface MachineFacts {
  readonly cores: number;
  readonly processor: string;
  readonly memory_mb: number;
  readonly platform: string;
  readonly node: string;
  /** Processes that wanted a core just before the measurement; others' work makes figures worse. */
  readonly load_before: number;
}

/** States the machine and how busy it is already. */
export function machineFacts(): MachineFacts {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? '',
    memory_mb: Math.round(totalmem() / 2 ** 20),
    platform: `${process.platform}-${process.arch}`,
    node: process.version,
    load_before: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

/** Says it in Chinese, with a warning when the machine is not idle. */
export function machineText(facts: MachineFacts, engines: string): string {
  const { cores, processor, memory_mb: memory, platform, node, load_before: load } = facts;
  const line = `机器：${cores} 核 ${processor}，内存 ${countText(memory)} MB，${platform}，Node ${node}，${engines}`;
  const busy = load > cores / 2;
  return busy ? `${line}\n注意：开始时机器负载已是 ${load}，绝对时间会偏大，请以比值为准。` : line;
}
