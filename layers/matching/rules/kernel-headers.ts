import type { Rule } from '../rule.ts';

/**
 * Packages made of the kernel's sources that hold declarations only: linux-libc-dev stands in every image with a compiler, and
 * would bring thousands of vulnerabilities of a program that is not there. Kernels themselves, their modules and tools are judged.
 */
export const kernelHeaders: Rule = {
  name: 'kernel-headers',
  description: 'Headers of the kernel hold none of its code.',
  asksVerdicts: false,
  suppresses({ package: found }) {
    const source = found.origin?.name ?? found.name;
    if (!/^(?:linux|kernel)(?:-|$)/.test(source)) return null;
    const patterns = found.type === 'deb' ? debs : found.type === 'rpm' ? rpms : others;
    return patterns.test(found.name) ? 'headers of the kernel hold none of its code' : null;
  },
};

const debs = /^linux-(?:libc-dev(?:-[\w-]+)?|(?:[\w.+-]+-)?headers-[\w.+-]+|kbuild-[\w.+-]+|buildinfo-[\w.+-]+)$/;

const rpms = /^kernel-(?:[\w-]+-)?(?:headers|devel)(?:-matched)?$|^kernel-cross-headers$/;

const others = /^linux(?:-[\w.]+)*-headers$/;
