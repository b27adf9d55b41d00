// `memvault model`: lists, installs, chooses and removes the models that find memories by meaning.

import { setTimeout as pause } from 'node:timers/promises';
import { resolve } from 'node:path';
import { MemvaultError } from '../../model/errors.ts';
import { cleanLine } from '../../system/clean-text.ts';
import { dataPaths } from '../../system/paths.ts';
import { askQueryVector } from '../../system/query-vector.ts';
import { writeSetting } from '../../system/settings.ts';
import { readWorkerFile } from '../../system/worker-file.ts';
import { findInCatalogue } from '../../index/embed/catalogue.ts';
import { installFromFolder, installFromHub, megabytes } from '../../index/embed/install-model.ts';
import {
  RUNTIME_DISK_BYTES,
  RUNTIME_DOWNLOAD_BYTES,
  installRuntime,
  readRuntimeVersion,
} from '../../index/embed/install-runtime.ts';
import {
  installedBytes,
  listInstalled,
  modelId,
  notInstalled,
  readInstalled,
  removeInstalled,
} from '../../index/embed/installed.ts';
import { faultOfInstalled } from '../../index/embed/open-installed.ts';
import type { ModelManifest } from '../../index/embed/installed.ts';
import { openVaultHere, readSettingsHere } from '../../app.ts';
import { describeInstalled, describeProgress, describeWorker, modelLines, modelRows } from '../model-lines.ts';
import { textOption } from '../command.ts';
import type { Command, CommandInput, CommandResult } from '../command.ts';

/** How long the command waits for the worker to hear of a project; a search waits much shorter. */
const PATIENCE_MS = 5_000;

export const modelCommand: Command = {
  name: 'model',
  summary: 'Install and choose a model that finds memories by meaning.',
  usage: 'list | install <name> [--from <folder>] | use <name|none> | status | remove <name>',
  options: {
    from: {
      type: 'string',
      value: 'folder',
      meaning: 'With `install`: take the files from this folder, without a network.',
    },
  },
  positionals: { min: 0, max: 2 },
  examples: [
    'memvault model list',
    'memvault model install potion-base-8m',
    'memvault model use potion-base-8m',
    'memvault model install bge-small-en --from ~/Downloads/bge-small-en',
    'memvault model status',
    'memvault model use none',
  ],
  async run(input) {
    const [verb = 'status', name] = input.positionals;
    if (textOption(input, 'from') !== undefined && verb !== 'install')
      throw new MemvaultError('invalid_input', '--from goes with `memvault model install` only');
    switch (verb) {
      case 'list':
        return list(input);
      case 'install':
        return install(input, requireName(verb, name));
      case 'use':
        return use(input, requireName(verb, name));
      case 'status':
        return status(input);
      case 'remove':
        return remove(input, requireName(verb, name));
      default:
        throw new MemvaultError(
          'invalid_input',
          `\`memvault model\` expects list, install, use, status or remove, got "${cleanLine(verb, 40)}"`,
          { hint: 'For example: memvault model list' },
        );
    }
  },
};

function list(input: CommandInput): CommandResult {
  const { inUse, paths } = here(input);
  const installed = listInstalled(paths.models);
  const rows = modelRows(installed);
  return {
    text: [
      ...modelLines(rows, inUse),
      '',
      inUse === 'none' ? 'No model is in use: searches go by words alone.' : `In use: ${inUse}.`,
      `Static models are tables and run at once; transformers need a runtime, which \`memvault model install\` brings (about ${megabytes(RUNTIME_DOWNLOAD_BYTES)} to download, ${megabytes(RUNTIME_DISK_BYTES)} on disk).`,
    ].join('\n'),
    json: { models: rows, inUse, runtime: readRuntimeVersion(paths.runtime) ?? null },
  };
}

async function install(input: CommandInput, name: string): Promise<CommandResult> {
  const { settings, hub, paths, inUse } = here(input);
  const from = textOption(input, 'from');
  const say = (line: string): void => void input.stderr.write(`${line}\n`);
  const clock = { now: () => Date.now() };
  const before = readInstalled(paths.models, name);
  const common = { modelsDir: paths.models, clock, say };
  const runtime = { runtimeDir: paths.runtime, env: input.env, offline: settings.offline, say };
  // From the hub the runtime comes first: what cannot run need not be downloaded.
  if (from === undefined && !settings.offline && findInCatalogue(name)?.kind === 'transformer')
    await installRuntime(runtime);
  const model =
    from === undefined
      ? await installFromHub(name, { ...common, hub: requireHub(hub), offline: settings.offline, fetch, pause })
      : await installFromFolder(name, resolve(input.cwd, from), common);
  if (model.kind === 'transformer') await installRuntimeFor(name, runtime);
  const hasChanged = before !== undefined && before.hash !== model.hash;
  const text = [
    `Installed ${name} (${model.kind}, ${megabytes(installedBytes(model))}) as ${modelId(model)}.`,
    ...(hasChanged ? ['Its files differ from those before: memories are embedded anew.'] : []),
    inUse === name ? 'It is in use.' : `Use it: memvault model use ${name}`,
  ];
  return { text: text.join('\n'), json: { ...factsOf(model), inUse: inUse === name } };
}

/** The model is there already: its error must say so, and that a second run goes on from here. */
async function installRuntimeFor(name: string, parts: Parameters<typeof installRuntime>[0]): Promise<void> {
  try {
    await installRuntime(parts);
  } catch (error) {
    if (!(error instanceof MemvaultError)) throw error;
    throw new MemvaultError(error.code, `${name} is installed, but cannot run yet: ${error.message}`, {
      hint: error.hint,
      cause: error,
    });
  }
}

async function use(input: CommandInput, name: string): Promise<CommandResult> {
  const { file, project, paths } = here(input);
  const model = readInstalled(paths.models, name);
  if (name !== 'none' && model === undefined) throw notInstalled(name);
  if (model?.kind === 'transformer' && readRuntimeVersion(paths.runtime) === undefined)
    throw new MemvaultError(
      'unavailable',
      `${name} is a transformer, and the runtime for transformers is not installed`,
      {
        hint: `Run \`memvault model install ${name}\`.`,
      },
    );
  writeSetting(file, 'search.embedding', name);
  const after = here(input);
  const overruled =
    after.inUse === name ? '' : ` It does not take effect here: the ${after.origin} says "${after.inUse}".`;
  if (name === 'none' || model === undefined)
    return { text: `Searches go by words alone.${overruled}`, json: { inUse: after.inUse } };
  const vault = openVaultHere(whereOf(input));
  try {
    // Tells a running worker about this project, so that it begins now and not with the next session.
    const worker = readWorkerFile(paths.workerFile, Date.now());
    if (worker !== undefined) await askQueryVector(paths.workerFile, { text: name, model: name, project }, PATIENCE_MS);
    const begins =
      worker === undefined
        ? 'The worker embeds your memories when it runs next; `memvault worker start` starts it now.'
        : 'The worker embeds your memories in the background.';
    return {
      text: `${name} is in use.${overruled} ${begins}\nSee how far it is: memvault model status`,
      json: { inUse: after.inUse, model: modelId(model), embedding: (await vault.status()).embedding ?? null },
    };
  } finally {
    vault.close();
  }
}

async function status(input: CommandInput): Promise<CommandResult> {
  const { inUse, origin, paths, settings } = here(input);
  const model = readInstalled(paths.models, inUse);
  const fault = model === undefined ? undefined : await faultOfInstalled(paths.models, inUse, paths.runtime);
  const runtime = readRuntimeVersion(paths.runtime);
  const worker = readWorkerFile(paths.workerFile, Date.now());
  const vault = openVaultHere(whereOf(input));
  try {
    const { embedding } = await vault.status();
    const lines = [
      `Model     ${inUse === 'none' ? 'none: searches go by words alone (`memvault model list` shows what there is)' : `${inUse} (set by the ${origin === 'user' ? 'settings' : origin})`}`,
      ...(inUse === 'none' ? [] : [`Installed ${describeInstalled(inUse, model)}`]),
      ...(model?.kind === 'transformer'
        ? [`Runtime   ${runtime ?? `missing: run \`memvault model install ${inUse}\``}`]
        : []),
      ...(fault?.code === 'corrupt' ? [`Broken    ${fault.message}: searches go by words. ${fault.hint}`] : []),
      ...(embedding === undefined || model === undefined ? [] : [`Memories  ${describeProgress(embedding)}`]),
      ...(inUse === 'none' ? [] : [`Worker    ${describeWorker(worker?.port, settings.viewer)}`]),
    ];
    return {
      text: lines.join('\n'),
      json: {
        inUse,
        origin,
        model: model === undefined ? null : factsOf(model),
        fault: fault === undefined ? null : { code: fault.code, message: fault.message, hint: fault.hint },
        runtime: runtime ?? null,
        embedding: embedding ?? null,
        worker: { running: worker !== undefined },
      },
    };
  } finally {
    vault.close();
  }
}

function remove(input: CommandInput, name: string): CommandResult {
  const { inUse, paths } = here(input);
  const model = removeInstalled(paths.models, name);
  const remark =
    inUse === name
      ? ' It is still in the settings; searches go by words. Run `memvault model use none`, or install it again.'
      : '';
  return {
    text: `Removed ${name} (${megabytes(installedBytes(model))}).${remark}`,
    json: { removed: name, inUse: inUse === name },
  };
}

function here(input: CommandInput) {
  const { settings, file, project } = readSettingsHere(whereOf(input));
  const isDefaultHub = settings.origins['search.modelHub'] === 'default';
  return {
    settings: settings.values,
    file,
    project,
    paths: dataPaths(input.env),
    inUse: settings.values['search.embedding'],
    origin: settings.origins['search.embedding'],
    hub: (isDefaultHub && input.env['HF_ENDPOINT']) || settings.values['search.modelHub'],
  };
}

function whereOf(input: CommandInput) {
  return { cwd: input.cwd, env: input.env, vaultFlag: textOption(input, 'vault') };
}

function requireName(verb: string, name: string | undefined): string {
  if (name !== undefined) return name;
  throw new MemvaultError('invalid_input', `\`memvault model ${verb}\` expects a name`, {
    hint: 'Run `memvault model list` to see the names.',
  });
}

function requireHub(hub: string): string {
  const url = URL.parse(hub);
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return hub;
  throw new MemvaultError(
    'invalid_config',
    `search.modelHub: expected an address such as https://huggingface.co, got "${cleanLine(hub, 80)}"`,
    {
      hint: 'Run `memvault config set search.modelHub https://huggingface.co`.',
    },
  );
}

function factsOf(model: ModelManifest) {
  const { name, kind, source, hash, installedAt } = model;
  return { name, id: modelId(model), kind, source, hash, installedAt, bytes: installedBytes(model) };
}
