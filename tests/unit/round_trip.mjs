// Reads diagrams and writes them again as the designer does: paths come as arguments, contents go out as JSON.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [assets, descriptor, ...paths] = process.argv.slice(2);
const { resolve } = createRequire(`${assets}/package.json`);
const { BpmnModdle } = await import(pathToFileURL(resolve('bpmn-moddle')));
const moddle = new BpmnModdle({ spiffworkflow: JSON.parse(await readFile(descriptor, 'utf8')) });
const written = {};
for (const path of paths) {
  const { rootElement, warnings } = await moddle.fromXML(await readFile(path, 'utf8'));
  if (warnings.length) throw new Error(`${path}: ${warnings.map((each) => each.message).join('; ')}`);
  written[path] = (await moddle.toXML(rootElement, { format: true })).xml;
}
process.stdout.write(JSON.stringify(written));
