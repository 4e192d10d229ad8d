import { onActivated, onBeforeUnmount, onDeactivated, onMounted, reactive } from 'vue';
import { topLayer } from './layers.ts';

/** One line of the keyboard map; `?` shows all that hold at the moment. */
export interface KeyAction {
  /** `n`, `?`, `ctrl+k`, `ctrl+enter`, `escape`. */
  readonly key: string;
  readonly title: string;
  readonly run: (event: KeyboardEvent) => void;
  /** Also while a field has the focus; letters never do. */
  readonly inFields?: boolean;
  /** Also while a dialog lies over the page. */
  readonly overLayers?: boolean;
  readonly global?: boolean;
}

export const keyActions = reactive<KeyAction[]>([]);

/** Keys that hold while the calling component is on the screen. */
export function useKeys(actions: readonly KeyAction[]): void {
  const add = () => {
    remove();
    keyActions.push(...actions);
  };
  const remove = () => {
    for (const action of actions) {
      const index = keyActions.findIndex((one) => one.run === action.run && one.key === action.key);
      if (index >= 0) keyActions.splice(index, 1);
    }
  };
  onMounted(add);
  onActivated(add);
  onDeactivated(remove);
  onBeforeUnmount(remove);
}

/** Listens once for the whole page. */
export function listenToKeys(): void {
  window.addEventListener('keydown', (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    const key = nameOf(event);
    const layer = topLayer();
    // Heard here and not in the dialog: the focus is lost with a control that goes out of use.
    if (key === 'escape' && layer !== undefined) return layer.leave();
    // The newest wins: a screen may give a key a meaning of its own.
    const action = [...keyActions].reverse().find((one) => one.key === key && fits(one, event));
    if (action === undefined) return;
    event.preventDefault();
    action.run(event);
  });
}

function nameOf(event: KeyboardEvent): string {
  const ctrl = event.ctrlKey || event.metaKey ? 'ctrl+' : '';
  return ctrl + (event.altKey ? 'alt+' : '') + event.key.toLowerCase();
}

function fits(action: KeyAction, event: KeyboardEvent): boolean {
  // A dialog keeps the keys of the page below it away, wherever the focus is.
  if (topLayer() !== undefined && action.overLayers !== true) return false;
  const target = event.target as HTMLElement;
  const inField = target.closest('input, textarea, select, [contenteditable]') !== null;
  return !inField || action.inFields === true;
}
