import type { SchemeName } from '../model.ts';
import { gjgxjhpt, gjzwfwpt } from './exchange.ts';
import { clientId, tif } from './gateway.ts';
import { medical } from './medical.ts';
import type { Scheme } from './scheme.ts';

/** Every scheme by the name the configuration uses. */
export const SCHEMES: Readonly<Record<SchemeName, Scheme>> = {
  gjgxjhpt,
  gjzwfwpt,
  'client-id': clientId,
  tif,
  medical,
};

export { openSecret, refreshHeaders } from './exchange.ts';
export { isObject, jsonCall, type PreparedCall, type Scheme } from './scheme.ts';
