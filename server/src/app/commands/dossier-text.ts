import type { MunicipalContent } from '../../contract/index.ts';
import { type Dossier, maskDossier, rowsOf } from '../../municipal/index.ts';

/** A dossier on paper: who, the periods of each insurance, and how much of what there is. */
export function dossierText(dossier: Dossier, content: MunicipalContent): string {
  const masked = maskDossier(dossier, content);
  const { person } = masked;
  const { package_id: packageId, line } = person.provenance;
  const lines = [
    `${person.name}  ${person.id_no}  个人编号 ${person.person_id}`,
    `来源 ${packageId} ${content.tables.get('person')?.title ?? 'person'} 第 ${line} 行`,
    '',
  ];
  for (const [insurance, timeline] of Object.entries(dossier.timelines)) {
    lines.push(`险种 ${insuranceTitle(insurance, content)}`);
    const { runs, gaps, paid_months: paid } = timeline.contributions;
    if (runs.length > 0) {
      lines.push(`  缴费 ${paid} 个月：${runs.map((run) => `${run.from}–${run.to}`).join('、')}`);
    }
    for (const gap of gaps) lines.push(`  断缴 ${gap.from}–${gap.to}（${gap.months} 个月）`);
    for (const benefit of timeline.benefits) {
      const periods = benefit.runs.map((run) => `${run.from}–${run.to}`).join('、');
      lines.push(`  待遇 ${benefit.item}：${periods}`);
    }
  }
  lines.push('');
  for (const [name, section] of Object.entries(dossier.sections)) {
    if (section.total > 0) lines.push(`${section.title}  ${rowsOf(dossier, name).length} 条`);
  }
  lines.push('', '逐条内容与每条的来源（包、数据集、行号）请加 --json 查看。');
  return lines.join('\n');
}

function insuranceTitle(insurance: string, content: MunicipalContent): string {
  const label = content.codeLists.get('CL_INS')?.values.find((item) => item.value === insurance);
  return label === undefined ? insurance : `${insurance} ${label.label}`;
}
