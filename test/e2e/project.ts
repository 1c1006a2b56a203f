import { cp, mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { repository } from './suite.ts';

/** A user's repository in small, whose scripts need nothing but a shell and the Node that runs the steps. */
const files: Readonly<Record<string, string>> = {
  'data.csv': [
    'size,colour,label',
    ...Array.from({ length: 100 }, (_, row) => `${row},${row % 3 === 0 ? 'red' : 'blue'},${row % 2}`),
  ]
    .join('\n')
    .concat('\n'),
  'schema.yml': 'columns:\n  size: { type: integer, min: 0 }\n  label: { type: integer, min: 0, max: 1 }\n',
  'src/train.sh': `set -e
rows=$(cat "$SM_CHANNEL_TRAIN"/*.csv | wc -l)
echo "rows: $rows, lr: $SM_HP_LR"
echo "weights of $rows rows at $SM_HP_LR" > "$SM_MODEL_DIR/model.txt"
echo "{\\"accuracy\\": 0.9$SM_HP_LR}" > "$SM_OUTPUT_DATA_DIR/metrics.json"
`,
  'src/prepare.sh': 'cp "$SM_CHANNEL_INPUT/data.csv" "$SM_OUTPUT_DATA_DIR/data.csv"\n',
  'src/answer.sh': `echo 'label,prediction' > "$SM_MODEL_DIR/answers.csv"
for row in $(seq 100); do printf '0,0\\n1,1\\n0,0\\n1,1\\n' >> "$SM_MODEL_DIR/answers.csv"; done
`,
  'src/serve.js': `const { createServer } = require('node:http');
const { readFileSync } = require('node:fs');
const model = readFileSync(process.env.SM_MODEL_DIR + '/model.txt', 'utf8').trim();
createServer((request, response) => {
  request.resume().on('end', () => response.end(request.url === '/ping' ? '' : model));
}).listen(Number(process.env.PORT), '127.0.0.1');
`,
  'src/hostile.sh': `echo '::set-output name=job::stolen'
echo '::error::not ours'
echo '##vso[task.setvariable variable=job;isOutput=true]stolen'
echo '##vso[task.complete result=Succeeded]'
echo "$API_KEY"
exit 3
`,
  'src/endless.sh': `echo "the script runs as $$"
sleep 600 & sleep 600
`,
};

/** Writes the project's files below `workspace`. */
export async function writeProject(workspace: string): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(workspace, path)), { recursive: true });
    await writeFile(join(workspace, path), text);
  }
}

/** Copies the example project to `workspace`, as its README says: without the demo itself. */
export async function writeDemo(workspace: string): Promise<void> {
  const demo = join(repository, 'demo');
  for (const name of (await readdir(demo)).filter((each) => !each.endsWith('.mjs'))) {
    await cp(join(demo, name), join(workspace, name), { recursive: true });
  }
}

/** The steps of one model's life and their inputs, in order: [action, inputs by kebab-case name]. */
export const lifecycle: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['prepare-data', { dataset: 'toys', data: 'data.csv', schema: 'schema.yml', split: 'train: 0.8\ntest: 0.2' }],
  ['train', { 'entry-point': 'train.sh', 'source-dir': 'src', hyperparameters: 'lr: 5', 'max-runtime': '5m' }],
  ['evaluate-gate', { rules: 'accuracy >= 0.9' }],
  ['register-model', { model: 'toys', aliases: 'champion' }],
  [
    'deploy-endpoint',
    {
      endpoint: 'toys',
      'entry-point': 'serve.js',
      'source-dir': 'src',
      'smoke-request': '{}',
      'smoke-expect': '/^weights of 81 rows at 5$/',
    },
  ],
];

/** The processes of this machine that work in `folder` or name it on their command line: `<pid> <command line>` each. Linux only. */
export async function processesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim();
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
    // A process that is gone but not yet reaped has no command line.
    if (command !== '' && (command.includes(folder) || cwd.startsWith(folder))) found.push(`${pid} ${command}`);
  }
  return found;
}

/** Waits until no process is left in `folder`. What ends by itself may need a moment; what does not makes the test run into its time limit. */
export async function untilNothingRunsIn(folder: string): Promise<void> {
  while ((await processesIn(folder)).length > 0) await setTimeout(20);
}
