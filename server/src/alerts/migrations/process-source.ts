/** Deviations from described processes are findings too. */
export const processSource = `
  alter table alert drop constraint alert_source_check;
  alter table alert add constraint alert_source_check
    check (source in ('rules', 'deaths', 'process', 'governance', 'reconcile'));
`;
