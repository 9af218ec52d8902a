import type { Classifier, VersionPattern } from './classifier.ts';

/**
 * Beats of Elastic have their version as a constant among other constants, ordered by length: these are its neighbours in
 * versions 8 and 9.
 */
const beatVersions: readonly VersionPattern[] = [
  { near: 'Test ', is: /Test (?<version>\d+\.\d+\.\d+)(?=[a-z%])/ },
  { near: 'plugin', is: /plugin(?:output)?(?<version>\d+\.\d+\.\d+)(?=[-a-z])/ },
  { near: '5m.rate', is: /5m\.rate(?<version>\d+\.\d+\.\d+)-/ },
];
const beats = ['github.com/elastic/beats'];

/** Programs written in Go: mostly the build or the linker tell the version (see go-version.ts), and patterns are for the others. */
export const goPrograms: readonly Classifier[] = [
  goProgram('go', ['go'], ['cmd/go'], 'golang:go'),
  {
    name: 'go',
    kind: 'script',
    files: ['VERSION'],
    versions: [{ near: 'go1.', is: /^go(?<version>1\.\d{1,2}(?:\.\d{1,2})?(?:(?:beta|rc)\d{1,2})?)(?:\s|$)/ }],
    cpes: ['golang:go'],
  },
  goProgram('consul', ['consul'], ['github.com/hashicorp/consul'], 'hashicorp:consul', [
    { near: 'CONSUL_VERSION: ', is: /CONSUL_VERSION: (?<version>\d+\.\d+\.\d+)/ },
  ]),
  goProgram('vault', ['vault'], ['github.com/hashicorp/vault'], 'hashicorp:vault'),
  goProgram('nomad', ['nomad'], ['github.com/hashicorp/nomad'], 'hashicorp:nomad'),
  goProgram('traefik', ['traefik'], ['github.com/traefik/traefik', 'github.com/containous/traefik'], 'traefik:traefik'),
  goProgram('helm', ['helm'], ['helm.sh/helm', 'k8s.io/helm'], 'helm:helm'),
  goProgram('caddy', ['caddy'], ['github.com/caddyserver/caddy'], 'caddyserver:caddy'),
  goProgram('prometheus', ['prometheus'], ['github.com/prometheus/prometheus'], 'prometheus:prometheus'),
  goProgram('istio', ['pilot-discovery', 'pilot-agent'], ['istio.io/istio'], 'istio:istio'),
  goProgram('grafana', ['grafana', 'grafana-server'], ['github.com/grafana/grafana'], 'grafana:grafana'),
  goProgram(
    'nginx-ingress-controller',
    ['nginx-ingress-controller'],
    ['k8s.io/ingress-nginx'],
    'kubernetes:ingress-nginx',
  ),
  goProgram('filebeat', ['filebeat'], beats, 'elastic:filebeat', beatVersions),
  goProgram('metricbeat', ['metricbeat'], beats, 'elastic:metricbeat', beatVersions),
  goProgram('heartbeat', ['heartbeat'], beats, 'elastic:heartbeat', beatVersions),
  goProgram('packetbeat', ['packetbeat'], beats, 'elastic:packetbeat', beatVersions),
  goProgram('auditbeat', ['auditbeat'], beats, 'elastic:auditbeat', beatVersions),
  goProgram('elastic-agent', ['elastic-agent'], ['github.com/elastic/elastic-agent'], 'elastic:elastic_agent', [
    { near: 'enroll', is: /enroll(?:: true)?(?<version>\d+\.\d+\.\d+)-?header/ },
    { near: ':https', is: /PM(?<version>\d+\.\d+\.\d+):https/ },
  ]),
];

function goProgram(
  name: string,
  files: readonly string[],
  goModules: readonly string[],
  cpe: string,
  versions: readonly VersionPattern[] = [],
): Classifier {
  return { name, files, goModules, versions, cpes: [cpe] };
}
