import type { Gate } from './gate.ts';
import { always } from './gates/always.ts';
import { analysis } from './gates/analysis.ts';
import { baseImage } from './gates/base-image.ts';
import { distribution } from './gates/distribution.ts';
import { dockerfile } from './gates/dockerfile.ts';
import { files } from './gates/files.ts';
import { licenses } from './gates/licenses.ts';
import { malware } from './gates/malware.ts';
import { metadata } from './gates/metadata.ts';
import { npms } from './gates/npms.ts';
import { packages } from './gates/packages.ts';
import { passwdFile } from './gates/passwd-file.ts';
import { retrievedFiles } from './gates/retrieved-files.ts';
import { rubyGems } from './gates/ruby-gems.ts';
import { secretScans } from './gates/secret-scans.ts';
import { vulnerabilities } from './gates/vulnerabilities.ts';

/** Every gate, in the order of the policy spec: the original's first, in its order. */
export const gates: readonly Gate[] = [
  always,
  dockerfile,
  files,
  rubyGems,
  metadata,
  licenses,
  malware,
  npms,
  packages,
  passwdFile,
  retrievedFiles,
  secretScans,
  vulnerabilities,
  analysis,
  baseImage,
  distribution,
];
