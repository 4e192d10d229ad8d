/** Dialogs lie over each other; everything below the topmost takes no focus and no clicks. */
const layers: HTMLElement[] = [];

export function enterLayer(layer: HTMLElement): void {
  layers.push(layer);
  settle();
}

export function leaveLayer(layer: HTMLElement): void {
  const index = layers.indexOf(layer);
  if (index >= 0) layers.splice(index, 1);
  settle();
}

function settle(): void {
  document.getElementById('app')?.toggleAttribute('inert', layers.length > 0);
  layers.forEach((layer, index) => {
    layer.toggleAttribute('inert', index < layers.length - 1);
  });
}
