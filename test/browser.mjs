import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * The path of Chromium: `CHROMIUM`, or one in the PATH, or else Debian's package, which is installed when this is root's. Throws when there
 * is none to be had.
 */
export async function prepareChromium() {
  const found = process.env.CHROMIUM ?? chromiumInPath();
  if (found !== undefined) return found;
  if (process.getuid?.() !== 0) {
    throw new Error('There is no Chromium. On Debian: apt-get install chromium; elsewhere set CHROMIUM to its path.');
  }
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, maxBuffer: 1 << 26 };
  await execute('apt-get', ['update'], options);
  await execute('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium'], options);
  const installed = chromiumInPath();
  if (installed === undefined) throw new Error('The package chromium brought no program of that name.');
  return installed;
}

function chromiumInPath() {
  const paths = (process.env.PATH ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return paths.find((path) => existsSync(path));
}
