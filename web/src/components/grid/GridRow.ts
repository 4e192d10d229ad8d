import { defineComponent, h, type PropType, type Slots, type VNode } from 'vue';
import { type Column, cellText, isNumber } from './columns.ts';

type AnyRow = Readonly<Record<string, unknown>>;

/**
 * One row. A component of its own, so that scrolling draws only the rows that come into sight: its
 * properties stay the same for the others. It listens to nothing; the grid listens for all rows.
 */
export default defineComponent({
  name: 'GridRow',
  props: {
    row: { type: Object as PropType<AnyRow>, required: true },
    columns: { type: Array as unknown as PropType<readonly Column<AnyRow>[]>, required: true },
    /** The slots of the grid; the row calls those named `cell-<key>`. */
    cells: { type: Object as PropType<Slots>, required: true },
    /** Place on this page, from 0. */
    index: { type: Number, required: true },
    /** Place in the whole list, from 1. */
    place: { type: Number, required: true },
    active: Boolean,
    selectable: Boolean,
    chosen: Boolean,
  },
  setup(props) {
    const cell = (column: Column<AnyRow>): VNode => {
      const slot = props.cells[`cell-${column.key}`];
      return h(
        'td',
        {
          key: column.key,
          class: { num: isNumber(column), mono: column.kind === 'mono' },
        },
        slot === undefined
          ? cellText(column, props.row)
          : slot({ row: props.row, index: props.index }),
      );
    };
    const tick = (): VNode =>
      h('td', { key: '', class: 'grid-tick' }, [
        h('input', {
          type: 'checkbox',
          tabindex: -1,
          'aria-label': `选择第 ${props.place} 行`,
          checked: props.chosen,
        }),
      ]);
    return () =>
      h(
        'tr',
        {
          'data-index': props.index,
          'aria-rowindex': props.place + 1,
          'aria-selected': props.selectable ? props.chosen : undefined,
          class: { 'grid-active': props.active },
        },
        [...(props.selectable ? [tick()] : []), ...props.columns.map(cell)],
      );
  },
});
