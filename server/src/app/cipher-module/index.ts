export { type InstallRequest, installedModule, installModule } from './install-module.ts';
