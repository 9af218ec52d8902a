/** One right: who may do what to what. */
export interface IamRow {
  /** Logical id of the role, or of the resource whose policy says it. */
  readonly holder: string;
  readonly action: string;
  readonly resource: string;
  /** The condition, as JSON; empty when there is none. */
  readonly condition: string;
}

/** The parts of a synthesised template that are read here. */
export interface TemplateJson {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> }>
  >;
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Condition?: unknown;
}

/** Everything that roles of the template are allowed, a row an action and resource, in order of holders. */
export function iamRows({ Resources }: TemplateJson): readonly IamRow[] {
  return Object.entries(Resources)
    .flatMap(([id, { Type, Properties = {} }]) => {
      if (Type === 'AWS::IAM::Policy') {
        const roles = (Properties['Roles'] ?? []) as readonly unknown[];
        return roles.flatMap((role) => rowsOf(written(role).slice(1, -1), Properties['PolicyDocument']));
      }
      if (Type !== 'AWS::IAM::Role') return [];
      const inline = (Properties['Policies'] ?? []) as readonly { readonly PolicyDocument: unknown }[];
      return inline.flatMap(({ PolicyDocument }) => rowsOf(id, PolicyDocument));
    })
    .sort((a, b) => (a.holder < b.holder ? -1 : a.holder > b.holder ? 1 : 0));
}

/** A value of a template as text: references are `<LogicalId.Attribute>`. */
export function written(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, inner] = ['', null]] = Object.entries(value);
  if (name === 'Ref') return `<${String(inner)}>`;
  if (name === 'Fn::GetAtt') return `<${(inner as readonly string[]).join('.')}>`;
  if (name === 'Fn::Join') {
    const [by, parts] = inner as [string, readonly unknown[]];
    return parts.map(written).join(by);
  }
  return JSON.stringify(value);
}

function rowsOf(holder: string, document: unknown): IamRow[] {
  const { Statement } = document as { readonly Statement: readonly Statement[] };
  return Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action, Resource, Condition }) =>
    [Action].flat().flatMap((action) =>
      (Array.isArray(Resource) ? Resource : [Resource]).map((resource) => ({
        holder,
        action: String(action),
        resource: written(resource),
        condition: Condition === undefined ? '' : JSON.stringify(Condition),
      })),
    ),
  );
}
