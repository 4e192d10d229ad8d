import type { Sides } from '../side/index.ts';
import { measureOurs, type OpenProcessWorkspace, type OursInput } from './ours-side.ts';

/** The side of `bench process` that is ours, played in a process of its own. */
export function processSides(open: OpenProcessWorkspace): Sides {
  return {
    'process.ours': (input: OursInput, progress) => measureOurs(input, progress, open),
  };
}
