export { controlPath, openControl } from './control.ts';
export { forwardCommand } from './forward.ts';
