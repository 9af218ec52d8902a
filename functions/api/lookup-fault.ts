import { Fault, type FaultCode } from '#core/fault.ts';

/** What an image could not be added for: the lookup in its registry, or something else. */
export type AddFault =
  | { readonly kind: 'lookup'; readonly fault: Fault; readonly errorCodes: readonly string[] }
  | { readonly kind: 'other'; readonly fault: Fault };

/** The lookup happens while the client waits; what goes wrong there is the client's to know, as a 400 with the code of the contract. */
export function lookupFault(fault: Fault): AddFault {
  const code = registryErrors[fault.code];
  if (code === undefined) return { kind: 'other', fault };
  if ('max_compressed_image_size_mb' in fault.detail)
    return { kind: 'other', fault: new Fault('input/invalid', fault.message, { detail: fault.detail, cause: fault }) };
  // What is no image is told in the first words that people see.
  const message =
    fault.code === 'image/not-an-image' ? fault.message : 'cannot fetch image digest/manifest from registry';
  const detail = { error_codes: [code], raw_exception_message: fault.message };
  return {
    kind: 'lookup',
    fault: new Fault('input/invalid', message, { detail, cause: fault }),
    errorCodes: detail.error_codes,
  };
}

const registryErrors: Partial<Record<FaultCode, string>> = {
  'registry/denied': 'REGISTRY_PERMISSION_DENIED',
  'registry/not-found': 'REGISTRY_IMAGE_NOT_FOUND',
  'registry/failed': 'REGISTRY_NOT_ACCESSIBLE',
  'network/unreachable': 'REGISTRY_NOT_ACCESSIBLE',
  'network/refused': 'REGISTRY_NOT_ACCESSIBLE',
  'network/offline': 'REGISTRY_NOT_ACCESSIBLE',
  'image/unsupported': 'REGISTRY_NOT_SUPPORTED',
  'image/not-an-image': 'REGISTRY_NOT_SUPPORTED',
  'image/platform-missing': 'OSARCH_MISMATCH',
  'image/corrupt': 'UNKNOWN',
  'image/digest-mismatch': 'UNKNOWN',
  'image/too-large': 'UNKNOWN',
};
