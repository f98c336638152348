/** What is known of nodes: INV-30 and INV-31, each broken in every way that its statement forbids. */
import { describe, expect, it } from 'vitest';
import type { Step } from '../../../src/spec/steps.js';
import type { NodeMetricsData, SystemInfo } from '../../../src/spec/types/execution-unit.js';
import { M, reportPinChecks, reportSpecs } from '../../../src/spec/witnesses/cast.js';
import { metricsOf, specs } from '../../../src/spec/witnesses/metrics.js';
import { byId, holds, isBroken, reportMetrics, show, time, type Breaking, type Seen } from './scene.js';

const record =
  (change: (is: NodeMetricsData, was: NodeMetricsData | undefined) => Partial<NodeMetricsData>) => (seen: Seen) => ({
    state: {
      ...seen.state,
      metrics: seen.state.metrics.map(([node, is]) => {
        const [, was] = seen.before.metrics.find(([other]) => other === node) ?? [];
        return [node, { ...is, ...change(is, was) }] as const;
      }),
    },
    hasChanged: true,
  });

const U32_MAX = 2 ** 32 - 1;

const BY_CHECKS = ['total_pin_checks', 'successful_pin_checks'] as const;
const BY_METRICS = [
  'total_latency_ms',
  'total_times_latency_checked',
  'failed_challenges_count',
  'successful_challenges',
  'total_challenges',
] as const;

describe('INV-30, counters grow', () => {
  const checked: readonly Step[] = [reportSpecs(), reportPinChecks(7), reportMetrics(M.node), reportPinChecks(7)];
  const measured: readonly Step[] = [...checked, reportMetrics(M.node)];
  const counters = [...BY_CHECKS, ...BY_METRICS];

  isBroken('INV-30', [
    ...counters.flatMap((name): Breaking[] => [
      [`${name} goes down with a report of checks`, checked, record((is) => ({ [name]: is[name] - 1 }))],
      [`${name} goes down with a report of metrics`, measured, record((is) => ({ [name]: is[name] - 1 }))],
      [`${name} goes back with a report of specs`, [...measured, reportSpecs()], record(() => ({ [name]: -1 }))],
      [`${name} grows by more than is reported`, measured, record((is) => ({ [name]: is[name] + 1 }))],
    ]),
    ...BY_METRICS.map((name): Breaking => [
      `${name} stays, whatever is reported`,
      measured,
      record((_, was) => ({ [name]: was?.[name] })),
    ]),
    [
      'the total of checks stays, whatever is reported',
      checked,
      record((_, was) => ({ total_pin_checks: was?.total_pin_checks ?? 0 })),
    ],
    [
      'a counter wraps',
      [reportSpecs(), reportPinChecks(U32_MAX), reportPinChecks(1)],
      record(() => ({ total_pin_checks: 0 })),
    ],
    [
      'a counter stops before its edge',
      [reportSpecs(), reportPinChecks(U32_MAX), reportPinChecks(1)],
      record(() => ({ total_pin_checks: U32_MAX - 1 })),
    ],
  ]);

  holds('INV-30', [
    ['a counter is at its edge', [reportSpecs(), reportPinChecks(U32_MAX), reportPinChecks(1), reportPinChecks(2)]],
    ['specs are reported, too', [...measured, reportSpecs({ vm_count: 3 })]],
  ]);

  it('says nothing of a first report, nor of one that fails', () => {
    expect(show(byId('INV-30'), [reportPinChecks(1), reportSpecs(), time(1n)]).spoke).toBe(0);
  });
});

describe('INV-31, specs are stored', () => {
  const FIELDS = [
    'bandwidth_mbps',
    'ipfs_repo_size',
    'ipfs_storage_max',
    'cpu_model',
    'cpu_cores',
    'memory_mb',
    'free_memory_mb',
    'is_sev_enabled',
    'zfs_info',
    'ipfs_zfs_pool_size',
    'ipfs_zfs_pool_alloc',
    'ipfs_zfs_pool_free',
    'raid_info',
    'vm_count',
    'gpu_name',
    'gpu_memory_mb',
    'hypervisor_disk_type',
    'vm_pool_disk_type',
    'primary_network_interface',
    'disks',
    'disk_info',
    'geolocation',
    'miner_id',
    'current_storage_bytes',
    'total_storage_bytes',
  ] as const;
  /** A record in which nothing is as in {@link specs}. */
  const other: NodeMetricsData = {
    ...metricsOf('0x6f74686572'),
    bandwidth_mbps: 1,
    cpu_model: '0x78',
    memory_mb: 1n,
    free_memory_mb: 1n,
    vm_pool_disk_type: '0x78',
  };
  const { primary_network_interface } = other;
  const steps = [reportSpecs({ primary_network_interface: null })];
  const located: Partial<SystemInfo> = {
    primary_network_interface: primary_network_interface && {
      ...primary_network_interface,
      network_details: { network_type: 'Public', city: null, region: null, country: null, loc: '0x6c6f63' },
    },
  };
  const AT_THE_EDGE = { storage_total_mb: 2n ** 64n - 1n, storage_free_mb: 1n };

  isBroken('INV-31', [
    ...FIELDS.filter((name) => name !== 'geolocation').map((name): Breaking => [
      `${name} is not what was reported first`,
      steps,
      record(() => ({ [name]: other[name] })),
    ]),
    ...FIELDS.map((name): Breaking => [
      `${name} is not what was reported later`,
      [...steps, reportSpecs(located)],
      record(() => ({ [name]: other[name] })),
    ]),
    ['a node has no record', steps, ({ before }) => ({ state: before })],
    ['storage wraps', [reportSpecs(AT_THE_EDGE)], record(() => ({ total_storage_bytes: 2n ** 64n - 2n ** 20n }))],
    [
      'more is in use than there is',
      [reportSpecs({ storage_total_mb: 1n, storage_free_mb: 2n })],
      record(() => ({ current_storage_bytes: 2n ** 64n - 2n ** 20n })),
    ],
    [
      'what is free is in use',
      steps,
      record(() => ({ current_storage_bytes: specs.storage_free_mb * 2n ** 20n + 1n })),
    ],
  ]);

  holds('INV-31', [
    [
      'a node says it again, otherwise',
      [...steps, reportSpecs(located), reportSpecs({ is_sev_enabled: true, gpu_name: '0x67' })],
    ],
    ['a node has more storage than bytes can be counted', [reportSpecs(AT_THE_EDGE)]],
    ['a node has more free than there is', [reportSpecs({ storage_total_mb: 1n, storage_free_mb: 2n })]],
    ['a node does not say where it is', [...steps, reportSpecs(located), ...steps]],
  ]);

  it('says nothing of other reports', () => {
    const { spoke } = show(byId('INV-31'), [reportPinChecks(1), reportMetrics(M.node)]);
    expect(spoke).toBe(0);
  });
});
