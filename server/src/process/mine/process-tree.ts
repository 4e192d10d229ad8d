/** A block-structured model of a process (过程树). */
export type ProcessTree =
  | { readonly kind: 'activity'; readonly name: string }
  | { readonly kind: 'silent' }
  | {
      /** `loop`: the first child is done, then any of the others and the first again, or the end. */
      readonly kind: 'sequence' | 'exclusive' | 'parallel' | 'loop';
      readonly children: readonly ProcessTree[];
    };

export const silent: ProcessTree = { kind: 'silent' };

export const activity = (name: string): ProcessTree => ({ kind: 'activity', name });

/**
 * Makes a block; one of the same kind inside it, where order allows, becomes part of it, and doing
 * nothing beside or after something is left out.
 */
export function block(
  kind: 'sequence' | 'exclusive' | 'parallel' | 'loop',
  children: readonly ProcessTree[],
): ProcessTree {
  if (kind === 'loop') return { kind, children };
  const flat = children.flatMap((child) => (child.kind === kind ? child.children : [child]));
  const kept =
    kind === 'exclusive' ? oneSilent(flat) : flat.filter(({ kind: k }) => k !== 'silent');
  const [only] = kept;
  if (only === undefined) return silent;
  return kept.length === 1 ? only : { kind, children: kept };
}

function oneSilent(children: readonly ProcessTree[]): ProcessTree[] {
  const first = children.findIndex(({ kind }) => kind === 'silent');
  return children.filter((child, at) => child.kind !== 'silent' || at === first);
}

const SIGNS = { sequence: '->', exclusive: 'X', parallel: '+', loop: '*' } as const;

/** Writes a tree as PM4Py does: `->( 'a', X( 'b', tau ) )`. */
export function treeText(tree: ProcessTree): string {
  if (tree.kind === 'activity') return `'${tree.name}'`;
  if (tree.kind === 'silent') return 'tau';
  return `${SIGNS[tree.kind]}( ${tree.children.map(treeText).join(', ')} )`;
}
