import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The name, version and licence text of each package in `folders`, in the order of the names. Fails when one has no licence. */
export async function licencesOf(folders) {
  const notices = await Promise.all(folders.map(noticeOf));
  const unique = [...new Set(notices)].sort();
  return [`Software of others in this bundle: ${unique.length} packages.\n`, ...unique].join(`\n${'-'.repeat(80)}\n\n`);
}

async function noticeOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  if (license === undefined) throw new Error(`${name}@${version} is in the bundle and states no licence.`);
  const texts = await Promise.all(
    (await readdir(folder))
      .filter((file) => /^(licen[cs]e|notice|copying)([.-]|$)/i.test(file))
      .sort()
      .map((file) => readFile(join(folder, file), 'utf8')),
  );
  return `${[`${name} ${version}\n${license}`, ...texts.map((text) => text.replaceAll('\r\n', '\n').trim())].join('\n\n')}\n`;
}
