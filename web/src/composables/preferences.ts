import { reactive, watchEffect } from 'vue';

/** How this person likes the screen; kept in this browser, no personal data in it. */
export interface Preferences {
  theme: 'light' | 'dark';
  font: '14' | '16' | '18';
  colour: 'normal' | 'grey' | 'weak';
  density: 'dense' | 'normal' | 'comfortable';
  sideFolded: boolean;
}

const STORE = 'huiliu.preferences';
const DEFAULTS: Preferences = {
  theme: 'light',
  font: '14',
  colour: 'normal',
  density: 'normal',
  sideFolded: false,
};

export const preferences = reactive<Preferences>({ ...DEFAULTS, ...read() });

function read(): Partial<Preferences> {
  try {
    return JSON.parse(localStorage.getItem(STORE) ?? '{}') as Partial<Preferences>;
  } catch {
    return {};
  }
}

/** Writes preferences onto the page and into the store whenever they change. */
export function applyPreferences(): void {
  watchEffect(() => {
    const root = document.documentElement;
    root.classList.toggle('dark', preferences.theme === 'dark');
    root.dataset.font = preferences.font;
    root.dataset.colour = preferences.colour;
    root.dataset.density = preferences.density;
    try {
      localStorage.setItem(STORE, JSON.stringify(preferences));
    } catch {
      // A browser that keeps nothing still shows everything.
    }
  });
}
