import type { Dossier } from '../../../api/dossier.ts';

/** One insurance in one line. */
export interface InsuranceLine {
  readonly insurance: string;
  readonly paidMonths: number;
  readonly from: string | null;
  readonly to: string | null;
  readonly gapMonths: number;
  readonly benefitFrom: string | null;
  readonly benefitTo: string | null;
}

export function insuranceLines({ timelines }: Dossier): InsuranceLine[] {
  return Object.values(timelines).map(({ insurance, contributions, benefits }) => {
    const runs = benefits.flatMap((benefit) => benefit.runs);
    return {
      insurance,
      paidMonths: contributions.paid_months,
      from: contributions.runs[0]?.from ?? null,
      to: contributions.runs.at(-1)?.to ?? null,
      gapMonths: contributions.gaps.reduce((sum, { months }) => sum + months, 0),
      benefitFrom: least(runs.map(({ from }) => from)),
      benefitTo: greatest(runs.map(({ to }) => to)),
    };
  });
}

const least = (texts: string[]) => texts.sort()[0] ?? null;
const greatest = (texts: string[]) => texts.sort().at(-1) ?? null;
