import { randomUUID } from 'node:crypto';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Answer, DatabaseFiles, FakeDatabase, Run } from './data-api-database.ts';

/** The S3 that a cluster imports from, by the rights of its role with the feature s3Import. */
export interface S3Imports {
  readonly endpoint: string;
  /** Of all buckets. */
  readonly region: string;
  /** Buckets that the role may read. */
  readonly reads: readonly string[];
}

/**
 * Extensions aws_commons and aws_s3 as files of PostgreSQL, which are there but not created, as on Aurora. The function of aws_s3 cannot
 * reach S3: it says which object it is called for, and the statement is run again with the object as a file.
 */
export function addImportExtensions(files: DatabaseFiles, folder: string): void {
  const write = (name: string, control: string, script: string) => {
    files.write(
      `${folder}/${name}.control`,
      Buffer.from(`default_version = '1.2'\nrelocatable = false\nschema = ${name}\n${control}`),
    );
    files.write(`${folder}/${name}--1.2.sql`, Buffer.from(script));
  };
  write('aws_commons', '', commons);
  write('aws_s3', "requires = 'aws_commons'\n", imports);
}

/** Runs statements that may import from S3. `inTransaction` says whether what fails breaks a transaction around it. */
export function importing(
  run: Run,
  { files }: Pick<FakeDatabase, 'files'>,
  source: S3Imports | null,
  inTransaction: boolean,
): Run {
  return async (text, values) => {
    if (files === null || !call.test(text)) return run(text, values);
    if (inTransaction) await run('savepoint s3_import', []);
    const wanted = await wantedBy(run, text, values);
    if ('rows' in wanted) return wanted;
    const content = await fetchAs(source, wanted);
    if (inTransaction) await run('rollback to savepoint s3_import', []);
    const path = `/tmp/${randomUUID()}`;
    files.write(path, content);
    try {
      return await run(text.replace(call, `aws_s3.import_fetched('${path}', ${content.length}, `), values);
    } finally {
      files.remove(path);
    }
  };
}

const call = /\baws_s3\.table_import_from_s3\s*\(/;

interface WantedObject {
  readonly bucket: string;
  readonly file_path: string;
  readonly region: string;
}

/** The object that the statement asks for; its answer, when it comes to asking for none. */
async function wantedBy(
  run: Run,
  text: string,
  values: readonly (string | Uint8Array | null)[],
): Promise<WantedObject | Answer> {
  try {
    return await run(text, values);
  } catch (thrown) {
    const { code, detail } = thrown as { readonly code?: string; readonly detail?: string };
    if (code === askingState) return JSON.parse(detail!) as WantedObject;
    throw thrown;
  }
}

/** What AWS writes in these messages is not documented: these have their status and nothing that a program should go by. */
async function fetchAs(source: S3Imports | null, { bucket, file_path, region }: WantedObject): Promise<Buffer> {
  if (source === null)
    throw refusal(
      "Credentials stored with the database cluster can't be accessed. Has a role with the feature-name s3Import been added?",
    );
  if (region !== source.region)
    throw refusal(`HTTP 301. The bucket must be addressed by the endpoint of its region, not ${region}.`);
  const client = new S3Client({
    endpoint: source.endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId: 'AKIAIMPORTROLE', secretAccessKey: 'role' },
  });
  try {
    if (!source.reads.includes(bucket)) throw Object.assign(new Error(), { $metadata: { httpStatusCode: 403 } });
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: file_path }));
    return Buffer.from(await Body!.transformToByteArray());
  } catch (thrown) {
    const status = (thrown as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode;
    if (status === 403) throw refusal('HTTP 403. Permission denied. Check bucket and role.');
    if (status === 404) throw refusal('HTTP 404. File not found. Check bucket, region and path.');
    throw refusal('CURL error code: 28 when attempting to validate pre-signed URL, 0 attempt(s) remaining');
  } finally {
    client.destroy();
  }
}

/** As PostgreSQL's own errors look to whoever passes them on. */
function refusal(message: string): Error {
  return Object.assign(new Error(message), { severity: 'ERROR', code: 'XX000' });
}

/** SQLSTATE of the question for an object, which PostgreSQL has none of. */
const askingState = 'PS3GO';

const commons = `
create type aws_commons._s3_uri_1 as (bucket text, file_path text, region text);

create function aws_commons.create_s3_uri(s3_bucket text, s3_key text, aws_region text) returns aws_commons._s3_uri_1
language sql immutable as $$ select row(s3_bucket, s3_key, aws_region)::aws_commons._s3_uri_1 $$;

revoke all on function aws_commons.create_s3_uri from public;
`;

// COPY from a file is a right of the owner's; what the caller may not write is refused before it.
const imports = `
create function aws_s3.table_import_from_s3(table_name text, column_list text, options text, s3_info aws_commons._s3_uri_1)
returns text language plpgsql as $$
begin
  raise exception 'an object is wanted' using errcode = '${askingState}', detail = to_json(s3_info)::text;
end
$$;

create function aws_s3.import_fetched(
  path text, bytes int, table_name text, column_list text, options text, s3_info aws_commons._s3_uri_1
) returns text language plpgsql as $$
begin
  if not has_table_privilege(table_name, 'insert') then
    raise exception 'permission denied for table %', table_name using errcode = '42501';
  end if;
  return aws_s3.copy_fetched(path, table_name, column_list, options) || ' rows imported into relation "' || table_name
    || '" from file ' || s3_info.file_path || ' of ' || bytes || ' bytes';
end
$$;

create function aws_s3.copy_fetched(path text, table_name text, column_list text, options text)
returns bigint language plpgsql security definer as $$
declare
  copied bigint;
begin
  execute format(
    'copy %s%s from %L %s', table_name, case column_list when '' then '' else '(' || column_list || ')' end, path, options
  );
  get diagnostics copied = row_count;
  return copied;
end
$$;

revoke all on all functions in schema aws_s3 from public;
`;
