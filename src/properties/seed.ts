/** The largest seed: fast-check's are 32-bit. A file of its own, because the command line reads it before it loads fast-check. */
export const LARGEST_SEED = 0x7fff_ffff;
