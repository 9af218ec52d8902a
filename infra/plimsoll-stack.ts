import { Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Storage } from './storage.ts';

/** Plimsoll in one AWS account and region. What is stateful keeps its logical id for ever. */
export class PlimsollStack extends Stack {
  readonly storage: Storage;

  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, { description: 'Plimsoll: says at any time whether a container image may ship', ...props });
    this.storage = new Storage(this, 'Storage');
    Tags.of(this).add('application', 'plimsoll');
  }
}
