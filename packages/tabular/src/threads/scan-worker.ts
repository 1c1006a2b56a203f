import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '@mlops-actions/core';
import { useKernelModule } from '../kernels/kernel.ts';
import { openTable } from '../open-table.ts';
import { buffersOf, type WorkerReply, type WorkerTask } from './message.ts';
import { profilePart } from './parts.ts';

/** What a worker that `profileTables` starts does: it reads its table, says one thing, and ends. */
export async function runScanWorker(): Promise<void> {
  const reply = await replyTo(workerData as WorkerTask);
  parentPort?.postMessage(reply, reply.kind === 'profiled' ? buffersOf(reply.table) : []);
}

async function replyTo({ module, address, open, wanted, part, profile }: WorkerTask): Promise<WorkerReply> {
  try {
    useKernelModule(module);
    const scanner = await openTable(address, open);
    return { kind: 'profiled', table: await profilePart(scanner, wanted, part, profile) };
  } catch (thrown) {
    if (thrown instanceof UserError) return { kind: 'user-error', message: thrown.message };
    const { message, stack } = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { kind: 'failure', message, stack };
  }
}
