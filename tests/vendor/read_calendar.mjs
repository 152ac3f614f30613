// Reads a calendar file from standard input; writes what it says as one JSON object.
import { readFileSync } from "node:fs";
import ICAL from "./ical.mjs";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) {
  ICAL.TimezoneService.register(zone);
}
const component = calendar.getFirstSubcomponent("vevent");
const event = new ICAL.Event(component);
const start = event.startDate;
process.stdout.write(
  JSON.stringify({
    method: calendar.getFirstPropertyValue("method"),
    uid: event.uid,
    sequence: event.sequence,
    status: component.getFirstPropertyValue("status"),
    summary: event.summary,
    start: start.isDate ? start.toString() : start.toJSDate().toISOString(),
    zone: start.zone ? start.zone.tzid : null,
  }),
);
