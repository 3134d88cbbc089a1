/**
 * Worker.
 *
 * http://example.org/circles#Worker
 */
import { z } from "zod";

import * as base from "../base.js";
import { type Person, personShape } from "./person.js";

export interface Worker extends base.Without<Person, "near"> {
  /** Near. */
  near?: undefined;
  /** Share. */
  share?: number[] | undefined;
}

export function workerShape(): base.Shape<Worker> {
  return {
    ...personShape(),
    near: z.undefined().optional(),
    share: z.array(z.number()).optional(),
  };
}

export const workerSchema: z.ZodType<Worker> = base.model(workerShape);
