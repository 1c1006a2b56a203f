import { fileURLToPath } from 'node:url';
import { registry } from '@mlops-actions/actions';
import { writeWhole } from '@mlops-actions/files';
import { generate } from '@mlops-actions/spec/generate';

const root = fileURLToPath(new URL('..', import.meta.url));
process.exitCode = await generate(root, registry, process.argv.slice(2), {
  write: writeWhole,
  print: (line) => console.log(line),
});
