/**
 * Anything.
 *
 * http://example.org/circles#Thing
 */
import { z } from "zod";

import * as base from "../base.js";
import { type Person, personSchema } from "./person.js";
import { type Ring, ringSchema } from "./ring.js";

export interface Thing extends base.Node {
  /** Name. */
  name: string[];
  /** Near. */
  near?: (string | base.Ref<Person | Ring>)[] | undefined;
}

export function thingShape(): base.Shape<Thing> {
  return {
    ...base.nodeShape(),
    name: z.array(z.string()).min(1),
    near: z.array(z.union([base.ref(() => personSchema), base.ref(() => ringSchema), z.string()])).optional(),
  };
}

export const thingSchema: z.ZodType<Thing> = base.model(thingShape);
