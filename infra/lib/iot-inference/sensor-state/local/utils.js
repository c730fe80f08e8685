/** What AppSync and the emulator give a resolver. */
export const { util } = globalThis;
