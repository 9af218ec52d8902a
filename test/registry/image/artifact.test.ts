import assert from 'node:assert/strict';
import { test } from 'node:test';
import { artifactOf } from '#registry/image/artifact.ts';

const config = 'application/vnd.oci.image.config.v1+json';
const tar = 'application/vnd.oci.image.layer.v1.tar+gzip';
const subject = { digest: `sha256:${'a'.repeat(64)}` };

/** Manifests as tools push them: type of the config, types of the layers, artifact type. */
const cases: readonly [string, Parameters<typeof artifactOf>[0], string | null][] = [
  ['an image', { config: { mediaType: config }, layers: [{ mediaType: tar }] }, null],
  ['an image of nothing', { config: { mediaType: config }, layers: [] }, null],
  ['an old image', { config: { mediaType: 'application/octet-stream' }, layers: [{ mediaType: '' }] }, null],
  [
    'an encrypted image, or one of Windows',
    {
      config: { mediaType: 'application/vnd.docker.container.image.v1+json' },
      layers: [
        { mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip' },
        { mediaType: `${tar}+encrypted` },
      ],
    },
    null,
  ],
  [
    "cosign's signature by tag",
    { config: { mediaType: config }, layers: [{ mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json' }] },
    'a signature',
  ],
  [
    "cosign's attestation by tag",
    { config: { mediaType: config }, layers: [{ mediaType: 'application/vnd.dsse.envelope.v1+json' }] },
    'an attestation',
  ],
  ["cosign's SBOM", { config: { mediaType: config }, layers: [{ mediaType: 'text/spdx+json' }] }, 'an SBOM or report'],
  [
    'an attestation of BuildKit',
    { config: { mediaType: config }, layers: [{ mediaType: 'application/vnd.in-toto+json' }] },
    'an attestation',
  ],
  [
    "Notation's signature",
    {
      artifactType: 'application/vnd.cncf.notary.signature',
      subject,
      config: { mediaType: 'application/vnd.oci.empty.v1+json' },
      layers: [{ mediaType: 'application/jose+json' }],
    },
    `a signature of ${subject.digest}`,
  ],
  [
    'a bundle of sigstore',
    {
      artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      subject,
      config: { mediaType: 'application/vnd.oci.empty.v1+json' },
      layers: [{ mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json' }],
    },
    `a signature or attestation of ${subject.digest}`,
  ],
  [
    'a chart',
    {
      config: { mediaType: 'application/vnd.cncf.helm.config.v1+json' },
      layers: [{ mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip' }],
    },
    'a Helm chart',
  ],
  [
    'something new',
    { artifactType: 'application/vnd.example.thing', config: { mediaType: config }, layers: [{ mediaType: tar }] },
    'an artifact of type application/vnd.example.thing',
  ],
  [
    'a model with the config of an image',
    { config: { mediaType: config }, layers: [{ mediaType: 'application/vnd.ollama.image.model' }] },
    'an artifact of type application/vnd.ollama.image.model',
  ],
  [
    'what is about an image and looks like one',
    { subject, config: { mediaType: config }, layers: [{ mediaType: tar }] },
    `an artifact of ${subject.digest}`,
  ],
];

for (const [name, manifest, what] of cases)
  test(`${name} is ${what ?? 'an image'}`, () => assert.equal(artifactOf(manifest), what));
