import type { Deploy, Scalar } from './event-features.js';
import type { Property } from './property.js';

/** Properties that hold together, in words. Times are UTC. `oneTopic`: the topic need not be named with the partition. */
export function describeProperties(
  properties: readonly Property[],
  deploys: readonly Deploy[],
  oneTopic: boolean,
): string {
  const [one, other] = properties;
  if (one !== undefined && other !== undefined && isMoment(one) && isMoment(other) && one.is !== other.is) {
    const [from, to] = one.is === 'at least' ? [one, other] : [other, one];
    return `${moment(from.cut)} to ${moment(to.cut)}`;
  }
  return properties.map((property) => describeProperty(property, deploys, oneTopic)).join(' and ');
}

type CutProperty = Extract<Property, { readonly cut: number }>;

function isMoment(property: Property): property is CutProperty {
  return 'cut' in property && property.column.field.origin === 'time';
}

function describeProperty(property: Property, deploys: readonly Deploy[], oneTopic: boolean): string {
  const isTime = property.column.field.origin === 'time';
  switch (property.is) {
    case 'equal':
      return describeValue(property.column.values[property.code] as Scalar, property, deploys, oneTopic);
    case 'absent':
      return `${nameOf(property)} is absent`;
    case 'present':
      return `${nameOf(property)} is there`;
    case 'at least':
      return isTime ? `from ${moment(property.cut)} on` : `${nameOf(property)} >= ${property.cut}`;
    case 'below':
      return isTime ? `before ${moment(property.cut)}` : `${nameOf(property)} < ${property.cut}`;
  }
}

function describeValue(value: Scalar, property: Property, deploys: readonly Deploy[], oneTopic: boolean): string {
  switch (property.column.field.origin) {
    case 'deploy': {
      const deploy = deploys[Number(value)];
      if (deploy !== undefined) return `deploy ${deploy.name} (${moment(deploy.at)})`;
      return `before deploy ${deploys[0]?.name ?? ''}`;
    }
    case 'partition':
      return oneTopic ? `partition ${String(value).replace(/^.*\[|\]$/g, '')}` : `partition ${value}`;
    case 'topic':
      return `topic ${value}`;
    case 'day':
      return Math.abs(Number(value)) <= 1e8
        ? new Date(Number(value) * 24 * 3_600_000).toISOString().slice(0, 10)
        : `day ${value}`;
    case 'hour':
      return `${moment(Number(value) * 3_600_000)} to ${clock(Number(value) + 1)}`;
    case 'hour of day':
      return `${clock(Number(value))} to ${clock(Number(value) + 1)} of any day`;
    case 'time':
      return moment(Number(value));
    case 'key':
    case 'header':
    case 'value':
      return `${nameOf(property)} = ${JSON.stringify(value)}`;
  }
}

function nameOf({ column: { field } }: Property): string {
  switch (field.origin) {
    case 'header':
      return `header ${field.name}`;
    case 'value':
      return field.name === '' ? 'value' : `value.${field.name}`;
    default:
      return field.origin;
  }
}

function clock(hours: number): string {
  return `${String(((hours % 24) + 24) % 24).padStart(2, '0')}:00`;
}

/** No more digits than the moment has. */
function moment(time: number): string {
  if (Math.abs(time) > 8.64e15) return String(time);
  const text = new Date(time).toISOString().replace('T', ' ').replace('Z', '');
  return text.endsWith(':00.000') ? text.slice(0, -7) : text.endsWith('.000') ? text.slice(0, -4) : text;
}
