/** The schemas by the IRI of their class, for data that says what it is. */
import type { z } from "zod";

import { cycleSchema } from "./models/cycle.js";
import { ellipseSchema } from "./models/ellipse.js";
import { loopSchema } from "./models/loop.js";
import { ownerSchema } from "./models/owner.js";
import { partnerSchema } from "./models/partner.js";
import { personSchema } from "./models/person.js";
import { ringSchema } from "./models/ring.js";
import { selfishSchema } from "./models/selfish.js";
import { thingSchema } from "./models/thing.js";
import { workerSchema } from "./models/worker.js";

export const schemas: ReadonlyMap<string, z.ZodType> = new Map<string, z.ZodType>([
  ["http://example.org/circles#Cycle", cycleSchema],
  ["http://example.org/circles#Ellipse", ellipseSchema],
  ["http://example.org/circles#Loop", loopSchema],
  ["http://example.org/circles#Owner", ownerSchema],
  ["http://example.org/circles#Partner", partnerSchema],
  ["http://example.org/circles#Person", personSchema],
  ["http://example.org/circles#Ring", ringSchema],
  ["http://example.org/circles#Selfish", selfishSchema],
  ["http://example.org/circles#Thing", thingSchema],
  ["http://example.org/circles#Worker", workerSchema],
]);
