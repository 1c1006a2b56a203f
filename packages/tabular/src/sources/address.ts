import type { ByteSource, SourceAddress } from '../source.ts';
import { fileSource } from './file.ts';

/** Opens the source that an address names: the same content as where the address comes from, or an error. */
export async function sourceAt(address: SourceAddress): Promise<ByteSource> {
  if (address.kind === 'files') {
    const { filesSource } = await import('./files.ts');
    return filesSource(address.files, address.label);
  }
  if (address.kind === 'file') return fileSource(address.path, address.label);
  const { httpSource } = await import('./http.ts');
  const { url, label, version } = address;
  return httpSource(url, { label, ...(version === undefined ? {} : { version }) });
}
