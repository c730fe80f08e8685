import assert from 'node:assert/strict';
import * as path from 'node:path';
import { describe, test } from 'node:test';

import * as lambda from 'aws-cdk-lib/aws-lambda';

import { functionAsset } from '../lib/constructs/function-asset.ts';
import { builtFunction } from './synthesis.ts';

/** The start of an executable for a processor, as far as the header says it. */
function elf(machine: number): Buffer {
  const header = Buffer.alloc(64);
  header.write('\x7fELF', 'latin1');
  header.writeUInt16LE(machine, 18);
  return header;
}

const X86_64 = elf(0x3e);
const ARM64 = elf(0xb7);
const asset = (bootstrap: Buffer | string, architecture: lambda.Architecture) =>
  functionAsset(builtFunction('tested', bootstrap), 'tested', architecture);

describe('the code of a function', () => {
  test('that was not built is refused with the command that builds it', () => {
    const directory = builtFunction('other');
    assert.throws(() => functionAsset(directory, 'tested', lambda.Architecture.ARM_64), (error: Error) => {
      assert.ok(error.message.includes(path.join(directory, 'tested', 'bootstrap')));
      assert.ok(error.message.includes('scripts/build-functions --release'));
      return true;
    });
  });

  test('that was built for another processor is refused with both names', () => {
    assert.throws(() => asset(X86_64, lambda.Architecture.ARM_64), /deployed for arm64, but .* built for x86_64/);
    assert.throws(() => asset(ARM64, lambda.Architecture.X86_64), /deployed for x86_64, but .* built for arm64/);
    assert.throws(() => asset(elf(0xf3), lambda.Architecture.ARM_64), /built for ELF machine 243/);
  });

  test('that was built for its processor is taken', () => {
    asset(X86_64, lambda.Architecture.X86_64);
    asset(ARM64, lambda.Architecture.ARM_64);
  });

  test('that is a script runs on any processor', () => {
    asset('#!/bin/sh\n', lambda.Architecture.ARM_64);
    asset('', lambda.Architecture.X86_64);
  });
});
