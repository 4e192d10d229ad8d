/** Something that lies over the page, e.g. a dialog. */
export interface Layer {
  readonly element: HTMLElement;
  /** What Esc does; a cover that only a password opens does nothing. */
  readonly leave: () => void;
}

/** They lie over each other; everything below the topmost takes no focus, no clicks and no keys. */
const layers: Layer[] = [];

export function enterLayer(layer: Layer): void {
  layers.push(layer);
  settle();
}

export function leaveLayer(layer: Layer): void {
  const index = layers.indexOf(layer);
  if (index >= 0) layers.splice(index, 1);
  settle();
}

export function topLayer(): Layer | undefined {
  return layers.at(-1);
}

function settle(): void {
  document.getElementById('app')?.toggleAttribute('inert', layers.length > 0);
  layers.forEach(({ element }, index) => {
    element.toggleAttribute('inert', index < layers.length - 1);
  });
}
