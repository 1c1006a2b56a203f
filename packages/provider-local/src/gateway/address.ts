import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, isAlive, type ProcessIdentity, writeWhole } from '@mlops-actions/files';
import { isObject } from '@mlops-actions/provider';
import type { Store } from '../store/store.ts';

/** A gateway that runs, as its steps find it. */
export interface GatewayAddress {
  readonly process: ProcessIdentity;
  readonly port: number;
  readonly adminToken: string;
}

/** `gateway/gateway.json`. The port stays when the gateway has ended, so that the next one takes it again and URLs stay valid. */
interface AddressDocument {
  readonly format: 1;
  readonly port: number;
  readonly process?: ProcessIdentity;
  readonly adminToken?: string;
}

const file = ['gateway', 'gateway.json'] as const;

/** The gateway of this store, when its process is alive. */
export async function readAddress(store: Store): Promise<GatewayAddress | undefined> {
  const document = await readDocument(store);
  if (document?.process === undefined || document.adminToken === undefined) return undefined;
  const { process, port, adminToken } = document;
  return isAlive(process) ? { process, port, adminToken } : undefined;
}

/** The port that the last gateway of this store listened on. */
export async function rememberedPort(store: Store): Promise<number | undefined> {
  return (await readDocument(store))?.port;
}

/** Readable by this user alone: who has the token can stop every endpoint. */
export async function writeAddress(store: Store, address: GatewayAddress): Promise<void> {
  await save(store, { format: 1, ...address });
}

/** Forgets process and token, keeps the port. */
export async function forgetGateway(store: Store, port: number): Promise<void> {
  await save(store, { format: 1, port });
}

async function save(store: Store, document: AddressDocument): Promise<void> {
  const folder = await store.temporary();
  try {
    await writeWhole(store.path(...file), `${JSON.stringify(document)}\n`, 0o600, join(folder, 'gateway.json'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A damaged file is as good as none: all that is lost is the port. */
async function readDocument(store: Store): Promise<AddressDocument | undefined> {
  try {
    return await store.read(file, isAddressDocument);
  } catch (error) {
    if (errorCode(error) === undefined) return undefined;
    throw error;
  }
}

function isAddressDocument(value: unknown): value is AddressDocument {
  return isObject(value) && value.format === 1 && Number.isSafeInteger(value.port);
}
