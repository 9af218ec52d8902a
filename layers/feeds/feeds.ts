import type { Feed } from './feed.ts';
import { alpine } from './feeds/alpine.ts';
import { amazon } from './feeds/amazon.ts';
import { arch } from './feeds/arch.ts';
import { azurelinux } from './feeds/azurelinux.ts';
import { chainguard } from './feeds/chainguard.ts';
import { debian } from './feeds/debian.ts';
import { epss } from './feeds/epss.ts';
import { fedora } from './feeds/fedora.ts';
import { kev } from './feeds/kev.ts';
import { lifecycle } from './feeds/lifecycle.ts';
import { minimos } from './feeds/minimos.ts';
import { nvd } from './feeds/nvd.ts';
import { oracle } from './feeds/oracle.ts';
import { osv } from './feeds/osv.ts';
import { photon } from './feeds/photon.ts';
import { redhat } from './feeds/redhat.ts';
import { suse } from './feeds/suse.ts';
import { ubuntu } from './feeds/ubuntu.ts';
import { wolfi } from './feeds/wolfi.ts';

/** Every upstream of advisories. */
export const feeds: readonly Feed[] = [
  alpine,
  amazon,
  arch,
  azurelinux,
  chainguard,
  debian,
  epss,
  fedora,
  kev,
  lifecycle,
  minimos,
  nvd,
  oracle,
  osv,
  photon,
  redhat,
  suse,
  ubuntu,
  wolfi,
];
