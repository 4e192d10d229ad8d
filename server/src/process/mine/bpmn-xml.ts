import { layOut } from './bpmn-layout.ts';
import type { BpmnFlow, BpmnNode } from './bpmn-parts.ts';
import type { ProcessTree } from './process-tree.ts';

/** Writes a process tree as BPMN 2.0 with its diagram, for any BPMN editor. */
export function bpmnXml(tree: ProcessTree, title: string): string {
  const { nodes, flows } = layOut(tree);
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="definitions" targetNamespace="urn:huiliu:process">
  <process id="process" name="${escaped(title)}" isExecutable="false">
${nodes.map((node) => nodeXml(node, flows)).join('\n')}
${flows.map((flow) => `    <sequenceFlow id="${flow.id}" sourceRef="${flow.from}" targetRef="${flow.to}"/>`).join('\n')}
  </process>
  <bpmndi:BPMNDiagram id="diagram">
    <bpmndi:BPMNPlane id="plane" bpmnElement="process">
${nodes.map(shapeXml).join('\n')}
${flows.map(edgeXml).join('\n')}
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</definitions>
`;
}

function nodeXml({ id, kind, name }: BpmnNode, flows: readonly BpmnFlow[]): string {
  const incoming = flows
    .filter(({ to }) => to === id)
    .map((flow) => `<incoming>${flow.id}</incoming>`);
  const outgoing = flows
    .filter(({ from }) => from === id)
    .map((flow) => `<outgoing>${flow.id}</outgoing>`);
  const label = name === '' ? '' : ` name="${escaped(name)}"`;
  return `    <${kind} id="${id}"${label}>${[...incoming, ...outgoing].join('')}</${kind}>`;
}

function shapeXml({ id, x, y, width, height }: BpmnNode): string {
  return `      <bpmndi:BPMNShape id="${id}_shape" bpmnElement="${id}"><dc:Bounds x="${x}" y="${y}" width="${width}" height="${height}"/></bpmndi:BPMNShape>`;
}

function edgeXml({ id, points }: BpmnFlow): string {
  const waypoints = points.map(({ x, y }) => `<di:waypoint x="${x}" y="${y}"/>`).join('');
  return `      <bpmndi:BPMNEdge id="${id}_edge" bpmnElement="${id}">${waypoints}</bpmndi:BPMNEdge>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
