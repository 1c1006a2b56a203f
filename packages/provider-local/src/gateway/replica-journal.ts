import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { errorCode, type ProcessIdentity } from '@mlops-actions/files';
import type { Store } from '../store/store.ts';
import { killAbandonedGroup } from './process-group.ts';

/** Which replica processes this gateway has started and not yet seen gone, on disk, for whoever comes after a killed gateway. */
export interface ReplicaJournal {
  add(replica: ProcessIdentity): void;
  remove(replica: ProcessIdentity): void;
}

/** Written at once and not in the background: between a start and its entry, a killed gateway would leave a process that nobody knows. */
export function replicaJournal(store: Store): ReplicaJournal {
  const running = new Map<number, ProcessIdentity>();
  const save = (): void => {
    const draft = store.path('gateway', 'replicas.json.tmp');
    mkdirSync(store.path('gateway'), { recursive: true });
    writeFileSync(draft, JSON.stringify([...running.values()]));
    renameSync(draft, journalFile(store));
  };
  return {
    add: (replica) => {
      running.set(replica.pid, replica);
      save();
    },
    remove: (replica) => {
      running.delete(replica.pid);
      save();
    },
  };
}

/** Kills what a gateway that is gone has left running. Call it only while no gateway of this store runs. */
export function endOrphans(store: Store): number {
  const orphans = recorded(store);
  for (const orphan of orphans) killAbandonedGroup(orphan);
  return orphans.length;
}

function recorded(store: Store): ProcessIdentity[] {
  try {
    const value: unknown = JSON.parse(readFileSync(journalFile(store), 'utf8'));
    return Array.isArray(value) ? value.filter(isIdentity) : [];
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return [];
    throw error;
  }
}

function isIdentity(value: unknown): value is ProcessIdentity {
  const { pid, started } = (value ?? {}) as Partial<ProcessIdentity>;
  return Number.isSafeInteger(pid) && (pid as number) > 1 && typeof started === 'string';
}

function journalFile(store: Store): string {
  return store.path('gateway', 'replicas.json');
}
