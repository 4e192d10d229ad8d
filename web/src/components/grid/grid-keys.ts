/** What the keys of a grid act on. */
export interface GridMoves {
  readonly count: () => number;
  readonly at: () => number;
  /** Rows that PageDown goes over. */
  readonly page: () => number;
  readonly moveTo: (index: number) => void;
  readonly open: (index: number) => void;
  readonly toggle: (index: number) => void;
}

/** Keys of a grid; those pressed in a button or field inside a cell belong to that. */
export function useGridKeys(grid: GridMoves): (event: KeyboardEvent) => void {
  const within = (index: number) => Math.min(Math.max(0, index), grid.count() - 1);
  const moves: Readonly<Record<string, () => number>> = {
    ArrowDown: () => grid.at() + 1,
    ArrowUp: () => grid.at() - 1,
    PageDown: () => grid.at() + grid.page(),
    PageUp: () => grid.at() - grid.page(),
    Home: () => 0,
    End: () => grid.count() - 1,
  };
  return (event) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.altKey) return;
    const move = moves[event.key];
    if (move !== undefined) grid.moveTo(within(move()));
    else if (event.key === 'Enter') grid.open(grid.at());
    else if (event.key === ' ') grid.toggle(grid.at());
    else return;
    event.preventDefault();
  };
}
