const KEPT = 'huiliu.screen-token';

/** The token stands behind the hash, which never leaves the browser; it is taken off the address. */
export function takeToken(): string | null {
  const found = /#token=([\w-]+)/.exec(window.location.hash)?.[1] ?? null;
  if (found === null) return sessionStorage.getItem(KEPT);
  // Survives the nightly reload of an unattended screen, and ends with the window.
  sessionStorage.setItem(KEPT, found);
  window.history.replaceState(null, '', '/screen');
  return found;
}
