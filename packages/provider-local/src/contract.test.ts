import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import { systemClock } from '@mlops-actions/core';
import { datasetContract, modelContract } from '@mlops-actions/provider/contract';
import { localDatasets } from './datasets.ts';
import { localModels } from './models.ts';
import { openStore } from './store/store.ts';

const roots: string[] = [];
afterEach(async () => {
  await Promise.all(roots.splice(0).map((root) => rm(root, { recursive: true, force: true })));
});

async function newStore() {
  const root = await mkdtemp(join(tmpdir(), 'store with é-'));
  roots.push(root);
  return openStore(join(root, '.mlops'));
}

datasetContract('provider-local', async () => ({ datasets: localDatasets(await newStore(), systemClock) }));
modelContract('provider-local', async () => ({ models: localModels(await newStore(), systemClock) }));
