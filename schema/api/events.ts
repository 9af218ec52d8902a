import * as z from 'zod';
import { freeDate } from './free-date.ts';

const text = z.string();
const time = text.describe('ISO 8601, UTC, Z');
const name = text.max(1024).optional();

const eventType = text
  .max(200)
  .regex(/^[a-z0-9\-_.*]+$/, 'give the name of a type, in which * stands for anything')
  .optional()
  .describe('Name of a type; * stands for anything');

function count(otherwise: number, most: number, description: string) {
  return text
    .regex(/^\d{1,9}$/, `give a number from 1 to ${most}`)
    .transform(Number)
    .refine((given) => given >= 1 && given <= most, `give a number from 1 to ${most}`)
    .default(otherwise)
    .meta({ type: 'integer', default: otherwise, minimum: 1, maximum: most, description });
}

const since = freeDate('Events from this moment on');
const before = freeDate('Events before this moment');
const level = name.describe('info or error');

function inOrder({ since, before }: { since?: number | undefined; before?: number | undefined }): boolean {
  return since === undefined || before === undefined || since < before;
}

const order = { message: "has to be before 'before'", path: ['since'] };

export const eventsQuery = z
  .object({
    source_servicename: name.describe('The part of the program that said it'),
    source_hostid: name,
    event_type: eventType,
    resource_type: name,
    resource_id: name,
    level,
    since,
    before,
    page: count(1, 1_000_000, 'Of so many events each, newest first'),
    limit: count(100, 1000, 'Events of a page'),
  })
  .refine(inOrder, order);

export type EventsQuery = z.infer<typeof eventsQuery>;

export const deleteEventsQuery = z.object({ since, before, level }).refine(inOrder, order);

export type DeleteEventsQuery = z.infer<typeof deleteEventsQuery>;

const details = z.record(text, z.unknown());

export const event = z
  .object({
    generated_uuid: text,
    created_at: time,
    event: z.object({
      type: text,
      level: z.enum(['info', 'error']),
      message: text,
      details: details.describe(
        'What `details_complete` false stands in is the beginning of what the details of the event tell',
      ),
      timestamp: time,
      resource: z.object({ user_id: text, type: text, id: text }),
      source: z.object({
        servicename: text,
        hostid: text,
        base_url: text,
        request_id: text.nullable(),
      }),
    }),
  })
  .meta({ id: 'EventResponse' });

export const events = z
  .object({
    results: z.array(event),
    next_page: z.boolean().describe('Whether there is a page after this one'),
    item_count: z.number().int(),
    page: z.number().int(),
  })
  .meta({ id: 'EventsList' });

export const deletedEvents = z.array(text);

export const eventDetails = details;

export const eventTypes = z
  .array(
    z
      .object({
        name: text,
        description: text,
        subcategories: z.array(
          z
            .object({
              name: text,
              description: text,
              events: z.array(
                z
                  .object({ name: text, type: text, message: text, resource_type: text })
                  .meta({ id: 'EventDescription' }),
              ),
            })
            .meta({ id: 'EventSubcategory' }),
        ),
      })
      .meta({ id: 'EventCategory' }),
  )
  .meta({ id: 'EventTypesList' });
