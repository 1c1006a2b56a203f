import { createHash } from 'node:crypto';

/** Our namespace for the ids of Azure Pipelines tasks. Changing it would make every task a different one. */
const namespace = 'df6e3d8d-ec8f-48d6-9670-37accc590d45';

/** The id of an action's Azure Pipelines task; for ever the same for the same name. */
export function taskId(name: string): string {
  return uuidV5(namespace, `mlops-actions/${name}`);
}

/** A name-based UUID of version 5 (RFC 9562 §5.5): SHA-1 over the namespace's bytes and the name. */
export function uuidV5(namespaceId: string, name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(namespaceId.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
