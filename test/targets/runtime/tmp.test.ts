import { it, expect } from 'vitest';
import { targetOf, GENESIS, wasmOf, refusalOf, assemble, watOf } from './wat-runtime.js';
import { callOf } from '../../../src/spec/calls.js';
it('works', async () => {
  const t = await targetOf({});
  t.reset(GENESIS);
  console.log(t.dispatch(callOf('Compute.mark_compute_request_fulfilled', { node_id: '0x01', request_id: 1n }), { kind: 'none' }));
  console.log(t.advance(1n), wasmOf().length, t.name);
});
const cases: [string, Parameters<typeof watOf>[0]][] = [
 ['start loops', { fields: '(func $s (loop (br 0))) (start $s)' }],
 ['start traps', { fields: '(func $s unreachable) (start $s)' }],
 ['shared', { memory: '(import "env" "memory" (memory 32 64 shared))' }],
 ['own shared', { memory: '(memory (export "memory") 32 64 shared)' }],
 ['own', { memory: '(memory (export "memory") 32)' }],
 ['own unexported', { memory: '(memory 32)' }],
 ['huge', { memory: '(import "env" "memory" (memory 65536))' }],
 ['huge own', { memory: '(memory (export "memory") 65536)' }],
 ['30000 own', { memory: '(memory (export "memory") 30000)' }],
 ['small', { memory: '(import "env" "memory" (memory 1))' }],
 ['proto', { imports: '(import "__proto__" "assayPolluted" (func))' }],
 ['heap i64', { heapBase: '(global (export "__heap_base") i64 (i64.const 5))' }],
 ['heap neg', { heapBase: '(global (export "__heap_base") i32 (i32.const -16))' }],
 ['heap beyond', { heapBase: '(global (export "__heap_base") i32 (i32.const 99999999))' }],
 ['heap 0', { heapBase: '(global (export "__heap_base") i32 (i32.const 0))' }],
 ['version i32', { bodies: { Core_version: null }, fields: '(func (export "Core_version") (param i32 i32) (result i32) (i32.const 1))' }],
 ['version i64 param', { bodies: { Core_version: null }, fields: '(func (export "Core_version") (param i64 i32) (result i64) (i64.const 1))' }],
 ['wrong host', { imports: '(import "env" "ext_storage_get_version_1" (func $g (param i32) (result i64)))', bodies: { Core_version: '(call $g (i32.const 1))' } }],
 ['wrong host result', { imports: '(import "env" "ext_storage_exists_version_1" (func $g (param i64) (result i64)))', bodies: { Core_version: '(call $g (i64.const 1))' } }],
 ['no memory', { memory: '(import "env" "mem" (memory 32))' }],
];
it.each(cases)('%s', async (name, r) => {
  try { console.log(name, '=>', String(await refusalOf(wasmOf(r), 300)).slice(0, 200)); } catch (e) { console.log(name, 'THREW', String(e).slice(0, 300)); }
  console.log(Reflect.has({}, 'assayPolluted'));
}, 20000);
