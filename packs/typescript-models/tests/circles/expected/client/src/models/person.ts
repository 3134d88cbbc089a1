/**
 * Someone.
 *
 * http://example.org/circles#Person
 */
import { z } from "zod";

import * as base from "../base.js";
import { type Thing, thingShape } from "./thing.js";

export interface Person extends Thing {
  /** Knows. */
  knows?: base.Ref<Person>[] | undefined;
}

export function personShape(): base.Shape<Person> {
  return {
    ...thingShape(),
    knows: z.array(base.ref(() => personSchema)).optional(),
  };
}

export const personSchema: z.ZodType<Person> = base.model(personShape);
