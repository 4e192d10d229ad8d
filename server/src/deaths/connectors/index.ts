export { type Network, realNetwork } from './call-department.ts';
export * from './errors.ts';
export { type ConnectorLetter, listLetters, replayLetter } from './letters.ts';
export { type ConnectorConfig, type InterfacesConfig, interfaceOfConnector } from './model.ts';
export { type Connectors, openConnectors } from './open-connectors.ts';
export type { Visit } from './poll.ts';
export { loadInterfaces, parseInterfaces } from './read-config.ts';
