import { type LogEventType, logEventTypes } from '#schema/event-log.ts';

const categories = {
  user: 'What happened to images, tags and policies of an account',
  system: 'What the system did or could not do',
} as const;

const subcategories: Readonly<Record<string, string>> = {
  'user.checks': 'Verdicts and vulnerabilities of tags',
  'user.image': 'Analyses of images, and tags that move',
  'user.policy': 'The policy by which an account judges',
  'system.image_analysis': 'Steps of the analysis of an image',
  'system.analysis_archive': 'Analyses that are archived',
  'system.repository': 'Repositories that are watched',
  'system.feeds': 'Syncs of feeds',
  'system.service': 'Services of the system',
  'system.test': 'Tests',
};

/** Every type of event by category and subcategory, as `GET /event_types` answers. */
export const eventTypeTree = Object.entries(categories).map(([name, description]) => ({
  name,
  description,
  subcategories: Object.keys(subcategories)
    .filter((path) => path.startsWith(`${name}.`))
    .map((path) => ({
      name: path.slice(name.length + 1),
      description: subcategories[path]!,
      events: (Object.keys(logEventTypes) as LogEventType[])
        .filter((type) => type.startsWith(`${path}.`))
        .map((type) => ({
          name: type.slice(path.length + 1),
          type,
          message: logEventTypes[type].message,
          resource_type: logEventTypes[type].resource,
        })),
    })),
}));
