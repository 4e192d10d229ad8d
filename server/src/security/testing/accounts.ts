export { createUsableAccount, type UsableAccount } from '../identity/accounts/usable-account.ts';
