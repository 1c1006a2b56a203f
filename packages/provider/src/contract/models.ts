import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { readTree } from '@mlops-actions/files';
import type { ModelRegistration, ModelRegistry } from '../models.ts';
import type { Provider } from '../provider.ts';
import { badNames, contentOf, temporaryFolders } from './fixtures.ts';

/** Registers the tests that every provider's model registry must pass. `open` gives a provider that holds nothing yet; the caller cleans up. */
export function modelContract(name: string, open: () => Promise<Pick<Provider, 'models'>>): void {
  describe(`models of ${name}`, () => {
    const folders = temporaryFolders();
    let models: ModelRegistry;
    beforeEach(async () => {
      ({ models } = await open());
    });

    const content = { 'model.json': '{"w":[1,2]}', 'code/serve.py': 'print(1)\n' };
    const registration = (source: string, change: Partial<ModelRegistration> = {}): ModelRegistration => ({
      name: 'churn',
      source,
      metrics: { accuracy: 0.93, 'loss-é': -1e-300 },
      approvalStatus: 'PendingManualApproval',
      card: '# Churn\n\nTabs\tand | pipes.',
      description: 'first',
      lineage: { commit: 'abc', 'run-url': 'https://example.org/1' },
      ...change,
    });
    const register = async (text: string, change: Partial<ModelRegistration> = {}) =>
      models.register(registration(await folders.with({ 'model.bin': text }), change));

    test('the first is version 1 and is found as it was registered', async () => {
      const folder = await folders.with(content);
      const { model, created } = await models.register(registration(folder));
      expect(created).toBe(true);
      const { source: _, ...said } = registration(folder);
      expect(model).toMatchObject({ ...said, version: 1, aliases: [] });
      expect(model.artifact).toMatchObject({ digest: (await readTree(folder)).digest, files: 2, bytes: 20 });
      expect(new Date(model.created).toISOString()).toBe(model.created);
      for (const reference of [{ name: 'churn' }, { name: 'churn', version: 1 }]) {
        expect(await models.get(reference)).toEqual(model);
      }
      expect(await models.list('churn')).toEqual([model]);
    });

    test('the same artifact is registered once; a second time changes nothing', async () => {
      const first = await register('a');
      const again = await register('a', { metrics: {}, approvalStatus: 'Approved', card: 'other', lineage: {} });
      expect(again).toEqual({ model: first.model, created: false });
      expect(await models.list('churn')).toHaveLength(1);
    });

    test('other artifacts are the next versions, listed oldest first; a bare name is the newest', async () => {
      for (let index = 0; index < 11; index++) await register(`${index}`);
      expect((await models.list('churn')).map((model) => model.version)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
      expect((await models.get({ name: 'churn' }))?.version).toBe(11);
    });

    test('a source may be a file, or the address of an artifact that the provider holds', async () => {
      const folder = await folders.with({ 'model.pkl': 'pickle' });
      const fromFile = await models.register(registration(join(folder, 'model.pkl')));
      const fromFolder = await models.register(registration(folder));
      expect(fromFolder).toEqual({ model: fromFile.model, created: false });
      const { uri, digest } = fromFile.model.artifact;
      const other = await models.register(registration(uri, { name: 'other' }));
      expect(other).toMatchObject({ created: true, model: { version: 1, artifact: { uri, digest } } });
      const asUrl = await models.register(registration(pathToFileURL(folder).href));
      expect(asUrl.created).toBe(false);
    });

    test('many registrations at once: as many versions as artifacts, numbered without a gap', async () => {
      const results = await Promise.all(Array.from({ length: 12 }, (_, index) => register(`${index % 4}`)));
      const versions = results.filter(({ created }) => created).map(({ model }) => model.version);
      expect(versions.sort()).toEqual([1, 2, 3, 4]);
      expect((await models.list('churn')).map((model) => model.version)).toEqual([1, 2, 3, 4]);
    });

    test('an alias points at one version at a time', async () => {
      await register('a');
      await register('b');
      await models.setAlias('churn', 'champion', 1);
      await models.setAlias('churn', 'constructor', 1);
      expect((await models.get({ name: 'churn', alias: 'champion' }))?.version).toBe(1);
      expect((await models.setAlias('churn', 'champion', 2)).aliases).toEqual(['champion']);
      expect((await models.list('churn')).map((model) => model.aliases)).toEqual([['constructor'], ['champion']]);
      expect((await models.get({ name: 'churn', alias: 'champion' }))?.version).toBe(2);
    });

    test('an approval status is changed, and nothing else', async () => {
      const { model } = await register('a');
      await models.setAlias('churn', 'next', 1);
      const approved = await models.setApprovalStatus('churn', 1, 'Approved');
      expect(approved).toEqual({ ...model, approvalStatus: 'Approved', aliases: ['next'] });
      expect(await models.get({ name: 'churn' })).toEqual(approved);
    });

    test('aliases and approvals set at the same time are all kept', async () => {
      await register('a');
      const aliases = Array.from({ length: 8 }, (_, index) => `alias-${index}`);
      await Promise.all([
        ...aliases.map((alias) => models.setAlias('churn', alias, 1)),
        models.setApprovalStatus('churn', 1, 'Rejected'),
      ]);
      expect(await models.get({ name: 'churn' })).toMatchObject({ aliases, approvalStatus: 'Rejected' });
    });

    test('fetching gives the files that were registered', async () => {
      const { model } = await models.register(registration(await folders.with(content)));
      const into = await folders.absent();
      await models.fetch(model, into);
      expect(await contentOf(into)).toEqual(content);
      await expect(models.fetch(model, into)).rejects.toThrow('not an empty folder');
    });

    test('there is nothing under a name, version or alias that was never set', async () => {
      expect(await models.get({ name: 'churn' })).toBeUndefined();
      expect(await models.list('churn')).toEqual([]);
      await register('a');
      for (const reference of [{ version: 2 }, { alias: 'champion' }, { alias: 'constructor' }]) {
        expect(await models.get({ name: 'churn', ...reference })).toBeUndefined();
      }
    });

    describe('is refused and leaves no version:', () => {
      test.each(badNames)('the name %j', async (bad) => {
        await expect(register('a', { name: bad })).rejects.toThrow('is not a name for a model');
      });

      test.each(['', 'a b', '../up', 'é', '-a', 'x'.repeat(300), '__proto__'])('the alias %j', async (alias) => {
        await register('a');
        await expect(models.setAlias('churn', alias, 1)).rejects.toThrow('is not an alias');
      });

      test('a version that is not there', async () => {
        await register('a');
        await expect(models.setAlias('churn', 'champion', 2)).rejects.toThrow('no model churn@2');
        await expect(models.setApprovalStatus('churn', 2, 'Approved')).rejects.toThrow('no model churn@2');
      });

      test.each([Number.NaN, Number.POSITIVE_INFINITY])('the metric %p', async (value) => {
        await expect(register('a', { metrics: { loss: value } })).rejects.toThrow('"loss"');
        expect(await models.list('churn')).toEqual([]);
      });

      test('a source that does not exist, has no files, is relative or holds a link', async () => {
        const folder = await folders.with(content);
        await symlink('/etc/hostname', join(folder, 'link'));
        const sources = [await folders.absent(), await folders.with({}), 'relative/path', folder];
        for (const source of sources) await expect(models.register(registration(source))).rejects.toThrow();
        expect(await models.list('churn')).toEqual([]);
      });

      test('a cancelled registration', async () => {
        const source = await folders.with(content);
        const signal = AbortSignal.abort(new Error('cancelled'));
        await expect(models.register(registration(source), { signal })).rejects.toThrow();
        expect(await models.list('churn')).toEqual([]);
      });
    });
  });
}
