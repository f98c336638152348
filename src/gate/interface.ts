/** The interface of the old runtime against the new one's. */
import type { InterfaceChange, InterfaceSide, ItemChange } from './interface/change.js';

export type { Effect, InterfaceChange, InterfaceSide, ItemChange } from './interface/change.js';

/** All that callers, indexers or the upgrade meet otherwise in the new runtime. */
export const compareInterfaces = (_old: InterfaceSide, _next: InterfaceSide): InterfaceChange[] => [];

/** Storage items whose layout differs, by the old runtime's `Pallet.Item`. */
export const changedItems = (_old: InterfaceSide, _next: InterfaceSide): ReadonlyMap<string, ItemChange> => new Map();
