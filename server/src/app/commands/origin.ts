import { userInfo } from 'node:os';

/** Audit origin of what is done at the command line: the account of the machine stands beside the name given. */
export const ORIGIN = `cli:${userInfo().username}`;
