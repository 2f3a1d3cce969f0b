// Times as people say them.  The API's times are UTC; those without a zone too.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const dayOfYear = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric' });
const dayAndYear = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', year: 'numeric' });
const weekday = new Intl.DateTimeFormat('en', { weekday: 'long', month: 'long', day: 'numeric' });
const month = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric' });
const clock = new Intl.DateTimeFormat('en', { hour: 'numeric', minute: '2-digit' });
const full = new Intl.DateTimeFormat('en', { dateStyle: 'full', timeStyle: 'short' });

export function parse(text) {
  return new Date(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text}Z`);
}

// now, 5m, 3h, then the day.
export function age(date, now = Date.now()) {
  const passed = now - date;
  if (passed < MINUTE) return 'now';
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)}m`;
  if (passed < DAY) return `${Math.floor(passed / HOUR)}h`;
  return (date.getFullYear() === new Date(now).getFullYear() ? dayOfYear : dayAndYear).format(date);
}

// What is left of a life, to the nearest: 6d, 30h, 80m, <1m.
export function left(until, now = Date.now()) {
  const rest = until - now;
  if (rest >= 1.5 * DAY) return `${Math.round(rest / DAY)}d`;
  if (rest >= 1.5 * HOUR) return `${Math.round(rest / HOUR)}h`;
  if (rest >= MINUTE) return `${Math.round(rest / MINUTE)}m`;
  return rest > 0 ? '<1m' : 'over';
}

export const exact = (date) => full.format(date);
export const timeOfDay = (date) => clock.format(date);
export const monthAndYear = (date) => month.format(date);

export function day(date, now = Date.now()) {
  const start = new Date(now).setHours(0, 0, 0, 0);
  if (date >= start) return 'Today';
  if (date >= start - DAY) return 'Yesterday';
  return now - date < 300 * DAY ? weekday.format(date) : dayAndYear.format(date);
}
