import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resources, synthesised } from './synthesised.ts';

const onTasks = { feeds: [{ group: 'in-use', every: 'rate(6 hours)', on: 'task' }] };
const definitions = resources(synthesised(onTasks), 'AWS::ECS::TaskDefinition');

test('a task can write to a folder of its own disk and to nothing else', () => {
  assert.equal(definitions.length, 2);
  for (const [id, { Properties }] of definitions) {
    const [container] = Properties['ContainerDefinitions'];
    assert.equal(container.ReadonlyRootFilesystem, true, id);
    assert.deepEqual(container.MountPoints, [{ ContainerPath: '/tmp', ReadOnly: false, SourceVolume: 'tmp' }], id);
    assert.deepEqual(Properties['Volumes'], [{ Name: 'tmp' }], id);
  }
});

test('a task has a first process, so that its watchdog can end it, and no right of the kernel', () => {
  for (const [id, { Properties }] of definitions) {
    const { LinuxParameters } = Properties['ContainerDefinitions'][0];
    assert.deepEqual(LinuxParameters, { Capabilities: { Drop: ['ALL'] }, InitProcessEnabled: true }, id);
  }
});

test('a task is on arm64 and has two minutes to give its messages back', () => {
  for (const [id, { Properties }] of definitions) {
    assert.deepEqual(Properties['RuntimePlatform'].CpuArchitecture, 'ARM64', id);
    assert.equal(Properties['ContainerDefinitions'][0].StopTimeout, 120, id);
  }
});
