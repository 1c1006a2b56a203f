import { posix } from 'node:path';
import {
  type JobWork,
  jobFolders,
  type ScriptMachine,
  scriptArguments,
  scriptEnvironment,
  shellWord,
} from '@mlops-actions/provider';

/** The channel that brings the code, and the script that runs it. */
export const codeChannel = 'mlops';

/** The last thing that the script prints: what follows the log is known to be nothing. */
export const endOfLog = 'mlops-actions: end of log';

/** The container's first words. SageMaker mounts the channels below `/opt/ml/input/data`. */
export const entrypoint = ['/bin/sh', posix.join('/opt/ml/input/data', codeChannel, 'run.sh')];

/** Stand for what only the container knows, in texts that are made here. */
const unknown: ScriptMachine = {
  cpus: '\uE000cpus\uE001',
  gpus: '\uE000gpus\uE001',
  currentHost: '\uE000host\uE001',
  hosts: '\uE000hosts\uE001',
};

/**
 * The script that a container runs: it sets the variables of the script contract, unpacks the code, and runs the command in it. It needs
 * `sh`, `tar`, `gzip` and `sed`, which is every Linux image, and nothing of SageMaker's toolkits. Variables that the user asked for come
 * by the job's environment, never in this text.
 */
export function jobScript(work: JobWork): string {
  const [program = '', ...words] = work.command;
  const command = [program, ...words, ...scriptArguments(work.hyperparameters)].map(shellWord).join(' ');
  const folders = jobFolders('\uE000root\uE001');
  const variables = Object.entries(scriptEnvironment(work, folders, unknown))
    .filter(([name]) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    .map(([name, value]) => `export ${name}=${filled(shellWord(value))}`);
  return `#!/bin/sh
# Made by mlops-actions for one job. Its folder is <root>/input/data/${codeChannel}; SageMaker's root is /opt/ml.
root=$(cd "$(dirname "$0")/../../.." && pwd)
config=$(tr -d '\\n' < "$root/input/config/resourceconfig.json")
host=$(printf '%s' "$config" | sed -n 's/.*"current_host" *: *"\\([^"]*\\)".*/\\1/p')
hosts=$(printf '%s' "$config" | sed -n 's/.*"hosts" *: *\\(\\[[^]]*\\]\\).*/\\1/p')
cpus=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
gpus=$(nvidia-smi -L 2>/dev/null | grep -c '^GPU')
${variables.join('\n')}
fail() {
  printf '%s' "$1" > "$root/output/failure"
  printf '\\n%s\\n' '${endOfLog}'
  exit "$2"
}
mkdir -p "$root/code" "$root/model" "$root/output/data"
tar -xzf "$root/input/data/${codeChannel}/sourcedir.tar.gz" -C "$root/code" || fail 'The code could not be unpacked: the image needs tar and gzip.' 1
cd "$root/code" || exit 1
command -v ${shellWord(program)} > /dev/null || fail ${shellWord(`The program ${program} was not found. Use an image that has it, or give its path.`)} 127
${command} &
script=$!
trap 'kill -TERM "$script" 2> /dev/null' TERM
# A shell says by itself that its child was killed, which is no line of the script's.
wait "$script" 2> /dev/null
code=$?
while kill -0 "$script" 2> /dev/null; do wait "$script" 2> /dev/null; code=$?; done
if [ "$code" -ne 0 ]; then fail '' "$code"; fi
printf '\\n%s\\n' '${endOfLog}'
`;
}

/** Puts the shell's variables in the place of what stands for them. As JSON they are no texts: `"hosts"` is a list. */
function filled(text: string): string {
  return text
    .replaceAll(/"\uE000(hosts|cpus|gpus)\uE001"/g, `'"$$$1"'`)
    .replaceAll(/\uE000(root|host|hosts|cpus|gpus)\uE001/g, `'"$$$1"'`);
}
