/**
 * The access key comes in the fragment of the address (`#key=…`), which browsers never send to a
 * server. It is moved to this tab's session storage and taken out of the address, so that it
 * stays out of the history and of copied links.
 */
const slot = 'huiliu.access-key';

/** Takes a key out of the address, if there is one, and returns the key of this tab or null. */
export function takeAccessKey(browser = window) {
  const key = new URLSearchParams(browser.location.hash.slice(1)).get('key');
  if (key !== null && key !== '') {
    browser.sessionStorage.setItem(slot, key);
    browser.history.replaceState(null, '', browser.location.pathname + browser.location.search);
  }
  return browser.sessionStorage.getItem(slot);
}

/** Keeps a key that was typed in. */
export function keepAccessKey(key, browser = window) {
  browser.sessionStorage.setItem(slot, key.trim());
}
