/** A vulnerability of one image, as a hub for the findings of many tools takes it. */
export interface HubFinding {
  /** The same for the same finding at any time: a later one replaces it. At most 400 characters. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly severity: 'informational' | 'low' | 'medium' | 'high' | 'critical';
  /** False when it is over: fixed, or the image is gone. */
  readonly active: boolean;
  /** Milliseconds since the epoch. */
  readonly firstSeenAt: number;
  readonly updatedAt: number;
  readonly image: {
    /** ARN in ECR, else the reference. */
    readonly id: string;
    readonly digest: string;
    readonly repository: string;
    readonly tags: readonly string[];
    readonly architecture: string;
  };
  /** CVE or the like. */
  readonly vulnerability: string;
  readonly packages: readonly { readonly name: string; readonly version: string; readonly fixedIn: string | null }[];
  readonly urls: readonly string[];
}

/** Where findings of all tools come together. */
export interface FindingHub {
  /** Brings findings in, or up to date; which of them were refused, and why. The same may be brought in again. */
  bringIn(findings: readonly HubFinding[]): Promise<readonly { readonly id: string; readonly why: string }[]>;
}
