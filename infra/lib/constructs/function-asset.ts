import { existsSync, openSync, readSync, closeSync } from 'node:fs';
import * as path from 'node:path';

import * as lambda from 'aws-cdk-lib/aws-lambda';

/** One build of the workspace makes the bootstraps of all functions. */
const BUILD = 'scripts/build-functions --release';

/**
 * The code of the function `name`: the folder of that name with its `bootstrap`.
 *
 * Throws when it was not built, or was built for another processor, which Lambda would only say at the first invocation.
 */
export function functionAsset(directory: string, name: string, architecture: lambda.Architecture): lambda.Code {
  const folder = path.join(directory, name);
  const bootstrap = path.join(folder, 'bootstrap');
  if (!existsSync(bootstrap)) {
    throw new Error(`function ${name} is not built: ${bootstrap} does not exist; run ${BUILD}`);
  }
  const builtFor = elfMachine(bootstrap);
  if (builtFor !== undefined && builtFor !== architecture.name) {
    throw new Error(
      `function ${name} is deployed for ${architecture.name}, but ${bootstrap} is built for ${builtFor}; ` +
        `pass -c architecture=${builtFor}, or build it for ${architecture.name}`,
    );
  }
  return lambda.Code.fromAsset(folder);
}

/** `e_machine` of the ELF header. https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.eheader.html */
const ELF_MACHINES: Record<number, string> = { 0x3e: 'x86_64', 0xb7: 'arm64' };

/** The processor that an ELF file is for; undefined for a script, which runs on any. */
function elfMachine(file: string): string | undefined {
  const header = Buffer.alloc(20);
  const opened = openSync(file, 'r');
  try {
    readSync(opened, header, 0, header.length, 0);
  } finally {
    closeSync(opened);
  }
  if (header.toString('latin1', 0, 4) !== '\x7fELF') return undefined;
  const machine = header.readUInt16LE(18);
  return ELF_MACHINES[machine] ?? `ELF machine ${machine}`;
}
